//! Where the tools of a server come from: exactly one of three keys.

use url::Url;

use crate::fields::{Field, Fields};
use crate::headers::read_headers;
use crate::id::is_slug;
use crate::manifest::Places;
use crate::node::shorten;
use crate::problem::{Position, Problems};
use crate::scalars::line;
use crate::server::Source;

const SOURCES: [&str; 3] = ["server", "command", "url"];

pub(crate) fn read_source(
    fields: &Fields,
    shown: &str,
    at: Position,
    places: &mut Places,
    problems: &mut Problems,
) -> Option<Source> {
    let mut written: Vec<Field> = SOURCES
        .iter()
        .filter_map(|key| fields.written(key))
        .collect();
    written.sort_by_key(|field| field.key_position);
    let Some(first) = written.first() else {
        problems.push(
            at,
            format!("{shown} has no source"),
            "add one of `server: <folder in servers/>`, `command: <program>`, `url: <address>`",
        );
        return None;
    };
    for extra in written.iter().skip(1) {
        problems.push(
            extra.key_position,
            format!(
                "{shown} has two sources, `{}` and `{}`",
                first.key, extra.key
            ),
            "keep exactly one of them",
        );
    }
    places.source = first.position();
    let headers = read_headers(fields, first.key == "url", problems);
    let text = line(first, problems)?;
    match first.key {
        // It becomes part of a Rust name, which starts with a letter.
        "server" if is_slug(&text) && !text.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(Source::Native { server: text })
        }
        "server" => {
            problems.push(
                first.position(),
                format!("`{}` is not a folder in `servers/`", shorten(&text)),
                "write the folder's name alone: a letter, then lower-case letters, digits and single hyphens",
            );
            None
        }
        "command" => Some(Source::Command { command: text }),
        _ => match read_url(&text) {
            Ok(url) => Some(Source::Url { url, headers }),
            Err((message, hint)) => {
                problems.push(first.position(), message, hint);
                None
            }
        },
    }
}

fn read_url(text: &str) -> Result<Url, (String, &'static str)> {
    const HINT: &str = "write `https://host/path`";
    let shown = shorten(text);
    let url =
        Url::parse(text).map_err(|error| (format!("`{shown}` is no address: {error}"), HINT))?;
    let loopback = match url.host() {
        Some(url::Host::Domain(domain)) => domain == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err((format!("`{shown}` has no host"), HINT)),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err((
            "the address holds a user name or password".to_owned(),
            "take it out: the manifest is no place for secrets",
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err((
            format!("`{shown}` is not encrypted"),
            "write `https://…`; `http://` is for `localhost` and `127.0.0.1` only",
        )),
        other => Err((format!("`{other}` is no way to reach an MCP server"), HINT)),
    }
}
