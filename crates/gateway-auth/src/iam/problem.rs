//! Every reason to refuse a signature, by the names and in the words of AWS.

use crate::Refusal;

/// Why a request is refused. The message goes to the caller, as AWS's does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureProblem {
    #[error("Missing Authentication Token")]
    Missing,
    #[error("{0}")]
    Incomplete(String),
    #[error("{0}")]
    Invalid(String),
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    #[error(
        "The payload is not signed: UNSIGNED-PAYLOAD is not accepted here. Sign the SHA-256 of the body."
    )]
    UnsignedPayload,
    #[error(
        "Signed chunks (STREAMING-...) are not accepted here. Sign the SHA-256 of the whole body."
    )]
    StreamingPayload,
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    PayloadMismatch,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

impl SignatureProblem {
    /// All are 403, as AWS's REST services answer.
    pub(crate) fn refusal(&self) -> Refusal {
        let error_type = match self {
            Self::Missing => "MissingAuthenticationTokenException",
            Self::Incomplete(_) => "IncompleteSignatureException",
            Self::UnknownKey => "UnrecognizedClientException",
            Self::Invalid(_)
            | Self::UnsignedPayload
            | Self::StreamingPayload
            | Self::PayloadMismatch
            | Self::Mismatch => "InvalidSignatureException",
        };
        Refusal::aws(error_type, &self.to_string())
    }
}
