//! What to do when a gateway lets nobody in.

use std::error::Error as _;

use gateway_client::{ClientError, is_loopback};
use http::StatusCode;

use super::Authorization;

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
        ClientError::Denied { status, .. } => denied(*status, authorization),
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

fn denied(status: StatusCode, authorization: &Authorization) -> String {
    let forbidden = status == StatusCode::FORBIDDEN;
    match authorization {
        Authorization::None => {
            "the gateway wants to know who asks: give `--bearer-token-env NAME` where it \
             takes a JWT, `--sigv4` where it takes IAM"
                .to_owned()
        }
        Authorization::Bearer { variable, .. } if forbidden => format!(
            "the token in {variable} is valid and lacks a scope that the gateway's authorizer asks for: \
             get one with it"
        ),
        Authorization::Bearer { variable, .. } => format!(
            "the token in {variable} has expired, or is for another issuer, audience or client than the \
             gateway's authorizer allows: get a new one. A gateway with IAM wants `--sigv4`"
        ),
        Authorization::SigV4 { region, .. } if forbidden => format!(
            "allow these credentials `bedrock-agentcore:InvokeGateway` on the gateway's ARN, and check its \
             Region: the request is signed for {}",
            region.as_str()
        ),
        Authorization::SigV4 { .. } => "the credentials are wrong or have expired, see `aws sts \
             get-caller-identity`; a gateway with a JWT authorizer wants `--bearer-token-env NAME`"
            .to_owned(),
    }
}
