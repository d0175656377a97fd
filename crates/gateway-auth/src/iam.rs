//! `AWS_IAM`: requests signed with AWS Signature Version 4 by a known access key.
//!
//! Why not a crate: `aws-sigv4` signs and does not verify; the one crate that verifies brings its own
//! HTTP, time and error types for what is four small steps here.

mod canonical;
mod config;
mod problem;
mod signature;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::request::Parts;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use crate::{Caller, Refusal};
pub use config::{AccessKey, IamConfig, IamConfigError};
use problem::SignatureProblem;
use signature::Signature;

/// The service name that requests to a gateway are signed for.
pub const SERVICE: &str = "bedrock-agentcore";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// Checks signatures against the access keys of an [`IamConfig`].
#[derive(Debug)]
pub struct AwsIam {
    config: IamConfig,
    service: &'static str,
}

impl AwsIam {
    /// # Errors
    ///
    /// When the region is none, or there is no access key, or two keys have the same id.
    pub fn new(config: IamConfig) -> Result<Self, IamConfigError> {
        config.validate()?;
        Ok(Self {
            config,
            service: SERVICE,
        })
    }

    pub(crate) fn authenticate(&self, parts: &Parts, body: &[u8]) -> Result<Caller, Refusal> {
        let key = self
            .check(parts, body, Timestamp::now())
            .map_err(|problem| problem.refusal())?;
        Ok(Caller::new(
            "aws",
            key.principal.as_deref().unwrap_or(&key.id),
        ))
    }

    fn check(
        &self,
        parts: &Parts,
        body: &[u8],
        now: Timestamp,
    ) -> Result<&AccessKey, SignatureProblem> {
        let signature = Signature::read(parts)?;
        signature.check_scope(&self.config.region, self.service)?;
        signature.check_time(now)?;
        let key = self.key(&signature)?;
        let payload = hex(&Sha256::digest(body));
        check_payload(parts, &payload)?;
        let request = canonical::request(parts, &signature, &payload);
        let scope = format!(
            "{}/{}/{}/{TERMINATOR}",
            signature.date, signature.region, signature.service
        );
        let digest = hex(&Sha256::digest(&request));
        let text = format!("{ALGORITHM}\n{}\n{scope}\n{digest}", signature.time);
        // `verify_slice` takes the same time wherever the first difference is.
        mac(&signing_key(key, &signature), text.as_bytes())
            .verify_slice(&signature.bytes)
            .map_err(|_| SignatureProblem::Mismatch)?;
        Ok(key)
    }

    /// The key that the request names, if its session token is this key's.
    fn key(&self, signature: &Signature) -> Result<&AccessKey, SignatureProblem> {
        let key = self
            .config
            .access_keys
            .iter()
            .find(|key| key.id == signature.access_key_id);
        let key = key.ok_or(SignatureProblem::UnknownKey)?;
        let same = match (&key.session_token, &signature.session_token) {
            (None, None) => true,
            // Digests: comparing them tells nothing about the token, however long it takes.
            (Some(known), Some(given)) => {
                Sha256::digest(known.expose_secret()) == Sha256::digest(given.expose_secret())
            }
            _ => false,
        };
        if same {
            Ok(key)
        } else {
            Err(SignatureProblem::UnknownKey)
        }
    }
}

/// What the request says of its payload must be true of this one.
fn check_payload(parts: &Parts, digest: &str) -> Result<(), SignatureProblem> {
    let Some(stated) = parts.headers.get("x-amz-content-sha256") else {
        return Ok(());
    };
    match stated.as_bytes() {
        b"UNSIGNED-PAYLOAD" => Err(SignatureProblem::UnsignedPayload),
        stated if stated.starts_with(b"STREAMING-") => Err(SignatureProblem::StreamingPayload),
        stated if stated == digest.as_bytes() => Ok(()),
        _ => Err(SignatureProblem::PayloadMismatch),
    }
}

/// One key per secret, day, region and service.
fn signing_key(key: &AccessKey, signature: &Signature) -> Vec<u8> {
    let secret = format!("AWS4{}", key.secret.expose_secret());
    [
        signature.date.as_str(),
        &signature.region,
        &signature.service,
        TERMINATOR,
    ]
    .iter()
    .fold(secret.into_bytes(), |key, part| {
        mac(&key, part.as_bytes()).finalize().into_bytes().to_vec()
    })
}

fn mac(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
