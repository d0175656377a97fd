//! Which failure an answer of AWS stands for.

use super::{Answer, AwsError};

/// The failure with this answer.
pub(super) fn of(answer: Box<Answer>) -> AwsError {
    if is_of_another_time(&answer) {
        return AwsError::ClockSkewed(answer);
    }
    let failure = class(answer.status, &answer.code);
    failure(answer)
}

/// AWS services name the same thing differently: by code first, by status when that says nothing.
/// Codes: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html> and the
/// SDK's own list of throttling codes.
fn class(status: u16, code: &str) -> fn(Box<Answer>) -> AwsError {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "ForbiddenException"
        | "UnauthorizedOperation" => AwsError::Denied,
        "BandwidthLimitExceeded"
        | "LimitExceededException"
        | "PriorRequestNotComplete"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "TransactionInProgressException" => AwsError::Throttled,
        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => AwsError::CredentialsRejected,
        code if code.contains("NotFound") || code.starts_with("NoSuch") => AwsError::NotFound,
        _ => match status {
            403 => AwsError::Denied,
            401 => AwsError::CredentialsRejected,
            404 => AwsError::NotFound,
            429 => AwsError::Throttled,
            500.. => AwsError::Service,
            _ => AwsError::Invalid,
        },
    }
}

/// Whether AWS refuses a signature for its time. Most services say so in the message only.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
fn is_of_another_time(answer: &Answer) -> bool {
    match answer.code.as_str() {
        "RequestExpired" | "RequestInTheFuture" | "RequestTimeTooSkewed" => true,
        "InvalidSignatureException" | "SignatureDoesNotMatch" => {
            let message = &answer.message;
            message.starts_with("Signature expired")
                || message.starts_with("Signature not yet current")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Call;
    use crate::names::RegionName;

    fn call() -> Call {
        Call {
            action: "aps:DescribeWorkspace",
            subject: Some("workspace `ws-1`".to_owned()),
            region: RegionName::try_from("eu-west-1".to_owned()).unwrap(),
            profile: None,
        }
    }

    fn answered(status: u16, code: Option<&str>) -> AwsError {
        AwsError::from_answer(
            call(),
            status,
            code,
            Some("said AWS\n"),
            Some("id-1".to_owned()),
        )
    }

    #[test]
    fn answers_are_classed_by_code_then_by_status() {
        for (status, code, expected) in [
            (403, Some("AccessDeniedException"), "aws_access_denied"),
            (
                403,
                Some("ExpiredTokenException"),
                "aws_credentials_rejected",
            ),
            (
                400,
                Some("UnrecognizedClientException"),
                "aws_credentials_rejected",
            ),
            (400, Some("ThrottlingException"), "aws_throttled"),
            (400, Some("NoSuchBucket"), "aws_not_found"),
            (400, Some("ResourceNotFoundException"), "aws_not_found"),
            (400, Some("ValidationException"), "aws_invalid_request"),
            (500, Some("InternalServerException"), "aws_service_error"),
            (401, None, "aws_credentials_rejected"),
            (403, None, "aws_access_denied"),
            (404, None, "aws_not_found"),
            (429, None, "aws_throttled"),
            (502, None, "aws_service_error"),
            (418, None, "aws_invalid_request"),
        ] {
            assert_eq!(answered(status, code).code(), expected, "{status} {code:?}");
        }
    }

    #[test]
    fn a_wrong_clock_is_not_taken_for_wrong_credentials() {
        let said = |code: &str, message: &str| {
            AwsError::from_answer(call(), 403, Some(code), Some(message), None).code()
        };
        let (signature, skewed) = ("InvalidSignatureException", "aws_clock_skewed");
        for (code, message, expected) in [
            (
                signature,
                "Signature expired: 1 is now earlier than 2",
                skewed,
            ),
            (
                signature,
                "Signature not yet current: 1 is still later than 2",
                skewed,
            ),
            (
                "RequestTimeTooSkewed",
                "The difference is too large",
                skewed,
            ),
            (
                signature,
                "The signature does not match",
                "aws_credentials_rejected",
            ),
        ] {
            assert_eq!(said(code, message), expected, "{code}: {message}");
        }
    }

    #[test]
    fn a_denial_names_action_subject_region_request_and_remedy() {
        assert_eq!(
            answered(403, Some("AccessDeniedException")).to_string(),
            "`aps:DescribeWorkspace` for workspace `ws-1` in region `eu-west-1` failed: \
             AccessDeniedException: said AWS (request id id-1)\n\
             hint: allow `aps:DescribeWorkspace` in the policy of the role or user whose credentials these are"
        );
        assert!(
            answered(503, None)
                .to_string()
                .starts_with("`aps:DescribeWorkspace` for workspace `ws-1` in region `eu-west-1` failed: HTTP 503: said AWS")
        );
    }
}
