//! What a gateway's inbound authorization wants to see.

use std::time::SystemTime;

use aws_clients::RegionName;
use aws_credential_types::Credentials;
use http::{HeaderValue, StatusCode, header};
use url::Url;

use crate::client::Prepare;

/// Name under which requests to a gateway are signed.
const SERVICE: &str = "bedrock-agentcore";

/// How requests are authorized.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// Not at all.
    None,
    /// By a token from an environment variable.
    Bearer {
        /// Name of the variable.
        variable: String,
        /// `Bearer <token>`, marked as sensitive.
        header: HeaderValue,
    },
    /// By a signature.
    SigV4 {
        /// Region of the gateway.
        region: RegionName,
        /// Whose signature.
        credentials: Credentials,
    },
}

/// A variable that holds no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is not set, or empty.
    #[error(
        "the environment variable {0} holds no token: set it, or name another with `--bearer-token-env`"
    )]
    Missing(String),
    /// It cannot be sent. The reason is not shown: it could hold the token.
    #[error("what {0} holds cannot be a token")]
    NotAToken(String),
}

impl Authorization {
    /// The token in the environment variable `variable`.
    ///
    /// # Errors
    ///
    /// When it holds none.
    pub fn bearer_from_env(variable: &str) -> Result<Self, TokenError> {
        Self::bearer(variable, &std::env::var(variable).unwrap_or_default())
    }

    fn bearer(variable: &str, token: &str) -> Result<Self, TokenError> {
        let (variable, token) = (variable.to_owned(), token.trim());
        if token.is_empty() {
            return Err(TokenError::Missing(variable));
        }
        let Ok(mut header) = HeaderValue::from_str(&format!("Bearer {token}")) else {
            return Err(TokenError::NotAToken(variable));
        };
        header.set_sensitive(true);
        Ok(Self::Bearer { variable, header })
    }

    /// What is done to each request.
    pub fn prepare(&self) -> Option<Prepare> {
        match self {
            Self::None => None,
            Self::Bearer { header, .. } => {
                let header = header.clone();
                Some(Box::new(move |request| {
                    let headers = request.headers_mut();
                    headers.insert(header::AUTHORIZATION, header.clone());
                    Ok(())
                }))
            }
            Self::SigV4 {
                region,
                credentials,
            } => {
                let (region, credentials) = (region.clone(), credentials.clone());
                Some(Box::new(move |request| {
                    let now = SystemTime::now();
                    aws_clients::sign(request, SERVICE, &region, &credentials, now)?;
                    Ok(())
                }))
            }
        }
    }

    /// What a person can do when a gateway answered with 401 or 403 to requests that were authorized so.
    pub fn advice(&self, status: StatusCode) -> String {
        let forbidden = status == StatusCode::FORBIDDEN;
        match self {
            Self::None => "the gateway wants to know who asks: give `--bearer-token-env NAME` where it \
                 takes a JWT, `--sigv4` where it takes IAM"
                .to_owned(),
            Self::Bearer { variable, .. } if forbidden => format!(
                "the token in {variable} is valid and lacks a scope that the gateway's authorizer asks for: \
                 get one with it"
            ),
            Self::Bearer { variable, .. } => format!(
                "the token in {variable} has expired, or is for another issuer, audience or client than the \
                 gateway's authorizer allows: get a new one. A gateway with IAM wants `--sigv4`"
            ),
            Self::SigV4 { region, .. } if forbidden => format!(
                "allow these credentials `bedrock-agentcore:InvokeGateway` on the gateway's ARN, and check its \
                 Region: the request is signed for {}",
                region.as_str()
            ),
            Self::SigV4 { .. } => "the credentials are wrong or have expired, see `aws sts \
                 get-caller-identity`; a gateway with a JWT authorizer wants `--bearer-token-env NAME`"
                .to_owned(),
        }
    }
}

/// The Region in `<id>.gateway.bedrock-agentcore.<region>.amazonaws.com`.
pub fn region_of(url: &Url) -> Option<RegionName> {
    let (_, rest) = url.host_str()?.split_once(".gateway.bedrock-agentcore.")?;
    let (region, _) = rest.split_once('.')?;
    RegionName::try_from(region.to_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Request;

    #[test]
    fn the_address_of_a_gateway_names_its_region() {
        let region = |url: &str| region_of(&url.parse().unwrap());
        let gateway =
            "https://fleet-0123456789.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp";
        assert_eq!(region(gateway).unwrap().as_str(), "eu-west-1");
        assert_eq!(region("https://mcp.example.com/mcp"), None);
        assert_eq!(region("https://a.gateway.bedrock-agentcore.EVIL"), None);
    }

    #[test]
    fn a_token_is_sent_without_the_white_space_around_it_and_never_shown() {
        let bearer = Authorization::bearer("TOKEN", " abc.def\n").unwrap();
        assert!(!format!("{bearer:?}").contains("abc"));
        let mut request = Request::new(Bytes::new());
        bearer.prepare().unwrap()(&mut request).unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer abc.def");
        let errors = ["", "a\u{7f}b"].map(|token| Authorization::bearer("TOKEN", token));
        assert!(matches!(&errors[0], Err(TokenError::Missing(name)) if name == "TOKEN"));
        assert!(matches!(&errors[1], Err(TokenError::NotAToken(name)) if name == "TOKEN"));
    }
}
