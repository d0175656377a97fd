//! What to do when a gateway lets nobody in.

use std::error::Error as _;

use gateway_client::{Authorization, ClientError, is_loopback};

/// The error, its cause, and what to do.
pub(crate) fn explained(error: ClientError, authorization: &Authorization) -> String {
    let hint = hint(&error, authorization);
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    match hint {
        Some(hint) => format!("{text}\nhint: {hint}"),
        None => text,
    }
}

fn hint(error: &ClientError, authorization: &Authorization) -> Option<String> {
    let text = match error {
        ClientError::Unreachable { url, .. } if is_loopback(url) => {
            "`scripts/up` starts a local gateway".to_owned()
        }
        ClientError::Unreachable { .. } => {
            "compare the address with the output of the deployed stack".to_owned()
        }
        ClientError::Denied { status, .. } => authorization.advice(*status),
        ClientError::NotMcp { status, .. } => match status.as_u16() {
            404 => {
                "no gateway has this address: it ends in `/mcp`, and its id and Region are in the \
                    output of the deployed stack"
                    .to_owned()
            }
            429 => "the gateway is asked too often: try again in a minute".to_owned(),
            500.. => "the gateway itself fails: try again in a minute".to_owned(),
            _ => "compare the address with the output of the deployed stack: it ends in `/mcp`"
                .to_owned(),
        },
        _ => return None,
    };
    Some(text)
}
