//! Keeps web pages away from a server on this machine.
//!
//! A browser sends a page's requests to 127.0.0.1 too, and DNS rebinding makes them look same-origin.
//! They still carry the page's host name, in `Host` or in `Origin`.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::uri::Authority;
use http::{StatusCode, Uri, header};

/// Middleware: answers only requests addressed to this machine by its own name.
pub(crate) async fn only(request: Request, next: Next) -> Response {
    match refusal(&request) {
        None => next.run(request).await,
        Some((status, text)) => (status, text).into_response(),
    }
}

fn refusal(request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let Some(host) = headers.get(header::HOST) else {
        return Some((
            StatusCode::BAD_REQUEST,
            "Bad Request: the Host header is missing",
        ));
    };
    let host = host
        .to_str()
        .ok()
        .and_then(|host| host.parse::<Authority>().ok());
    if !host.is_some_and(|host| is_loopback(host.host())) {
        return Some((
            StatusCode::FORBIDDEN,
            "Forbidden: the Host header does not name this machine",
        ));
    }
    let origin = headers.get(header::ORIGIN)?;
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.parse::<Uri>().ok());
    if !origin.is_some_and(|origin| origin.host().is_some_and(is_loopback)) {
        return Some((
            StatusCode::FORBIDDEN,
            "Forbidden: the Origin header names another site",
        ));
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
        || address.is_some_and(|address| {
            address
                .parse::<Ipv6Addr>()
                .is_ok_and(|address| address.is_loopback())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn status(headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder().uri("/mcp");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        refusal(&request.body(Body::empty()).unwrap()).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn only_this_machine_by_its_own_name() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8080",
        ] {
            assert_eq!(status(&[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:8080",
            "10.0.0.1",
            "[::2]",
            "0.0.0.0",
            "a b",
            "::1",
        ] {
            assert_eq!(status(&[("host", host)]), Some(403), "{host}");
        }
        assert_eq!(status(&[]), Some(400));
    }

    #[test]
    fn an_origin_must_be_this_machine_too() {
        for origin in [
            "http://localhost:3000",
            "https://127.0.0.1",
            "http://[::1]:6274",
        ] {
            assert_eq!(
                status(&[("host", "localhost"), ("origin", origin)]),
                None,
                "{origin}"
            );
        }
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://localhost.evil.example",
            "file://",
        ] {
            assert_eq!(
                status(&[("host", "localhost"), ("origin", origin)]),
                Some(403),
                "{origin}"
            );
        }
    }
}
