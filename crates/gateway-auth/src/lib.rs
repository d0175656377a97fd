#![doc = include_str!("../README.md")]

mod caller;
mod iam;
mod jwt;
mod refusal;

pub use caller::Caller;
pub use iam::{AccessKey, AwsIam, IamConfig, IamConfigError, SERVICE};
pub use jwt::{
    AuthorizerConfiguration, ClaimMatch, ClaimMatchOperator, ClaimMatchValue, ClaimValueType,
    CustomClaim, CustomJwt, CustomJwtConfig, FieldProblem, InvalidConfig, JwtOptions,
};
pub use refusal::{PROTECTED_RESOURCE_METADATA_PATH, Refusal};

use http::request::Parts;
use serde_json::Value;

/// How a gateway decides who may call it: the `authorizerType` of the control plane with what it needs.
#[derive(Debug)]
pub enum InboundAuth {
    /// `NONE`: everybody.
    None,
    /// `CUSTOM_JWT`: whoever has a token of the configured issuer that meets the configuration.
    CustomJwt(Box<CustomJwt>),
    /// `AWS_IAM`: whoever signs with one of the configured access keys.
    AwsIam(AwsIam),
}

impl From<CustomJwt> for InboundAuth {
    fn from(custom_jwt: CustomJwt) -> Self {
        Self::CustomJwt(Box::new(custom_jwt))
    }
}

impl From<AwsIam> for InboundAuth {
    fn from(aws_iam: AwsIam) -> Self {
        Self::AwsIam(aws_iam)
    }
}

impl InboundAuth {
    /// Says who sent the request. `body` is the request's body, whole: SigV4 signs it.
    ///
    /// # Errors
    ///
    /// A [`Refusal`], which knows its own response. Log [`Refusal::reason`]; it holds nothing secret.
    pub async fn authenticate(&self, parts: &Parts, body: &[u8]) -> Result<Caller, Refusal> {
        match self {
            Self::None => Ok(Caller::anonymous()),
            Self::CustomJwt(custom_jwt) => custom_jwt.authenticate(parts).await,
            Self::AwsIam(aws_iam) => aws_iam.authenticate(parts, body),
        }
    }

    /// The RFC 9728 document that says where to get a token, served without authorization under
    /// [`PROTECTED_RESOURCE_METADATA_PATH`]; `None` where no tokens are taken (answer 404).
    ///
    /// `resource_url` is the URL that clients send their messages to, such as `http://127.0.0.1:8080/mcp`.
    pub fn protected_resource_metadata(&self, resource_url: &str) -> Option<Value> {
        match self {
            Self::CustomJwt(custom_jwt) => Some(custom_jwt.metadata(resource_url)),
            Self::None | Self::AwsIam(_) => None,
        }
    }
}
