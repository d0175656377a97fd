//! Where a remote server is.

use crate::catalog::ToolListError;
use url::{Host, Url};

/// An endpoint that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "named by the message")]
pub enum EndpointError {
    /// It is no address.
    #[error("`{url}` is no address of an MCP server; write `https://host/path`")]
    Url { url: String },
    /// What is sent there could be read on the way.
    #[error("`{url}` is not encrypted; write `https://…` (`http://` is for this machine alone)")]
    NotEncrypted { url: String },
    /// It is no header.
    #[error("`{name}` is no name of a header; write letters, digits and `-`")]
    HeaderName { name: String },
    /// A value has `${` without a name and `}`.
    #[error(
        "the value of the header `{name}` is broken; write `${{NAME}}` where an environment variable belongs"
    )]
    HeaderValue { name: String },
    /// The list of tools is none.
    #[error(transparent)]
    Tools(#[from] ToolListError),
}

/// An address that may be connected to.
#[derive(Debug, Clone)]
pub(super) struct Address {
    url: Url,
    /// Host, and the port where it is not the usual one.
    host: String,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, EndpointError> {
        let broken = || EndpointError::Url {
            url: text.to_owned(),
        };
        let url = Url::parse(text).map_err(|_| broken())?;
        let host = url.host_str().ok_or_else(broken)?;
        if !url.username().is_empty() || url.password().is_some() {
            // Not repeated: it holds a secret.
            return Err(EndpointError::Url {
                url: format!("{}://…@{host}", url.scheme()),
            });
        }
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let address = Self { url, host };
        match address.url.scheme() {
            "https" => Ok(address),
            "http" if address.is_loopback() => Ok(address),
            "http" => Err(EndpointError::NotEncrypted {
                url: text.to_owned(),
            }),
            _ => Err(broken()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(domain)) => domain == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_or_local_addresses_are_taken() {
        for (url, host) in [
            ("https://mcp.example.com/mcp?x=1", "mcp.example.com"),
            ("https://mcp.example.com:8443", "mcp.example.com:8443"),
            ("http://127.0.0.1:8080/mcp", "127.0.0.1:8080"),
            ("http://[::1]:8080/mcp", "[::1]:8080"),
            ("http://localhost/", "localhost"),
        ] {
            assert_eq!(Address::parse(url).unwrap().host(), host, "{url}");
        }
        for (url, message) in [
            ("http://example.com/mcp", "is not encrypted"),
            ("http://localhost.example.com/mcp", "is not encrypted"),
            ("ftp://example.com/mcp", "is no address"),
            ("mcp", "is no address"),
            (
                "https://user:secret@example.com/",
                "`https://…@example.com` is no address",
            ),
        ] {
            let error = Address::parse(url).unwrap_err().to_string();
            assert!(
                error.contains(message) && !error.contains("secret"),
                "{url}: {error}"
            );
        }
    }
}
