//! Every failure of an AWS call in one form: what AWS said, and what to do about it.

mod answer;
mod class;

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use crate::names::{InvalidName, ProfileName};

pub use answer::{Answer, Call, one_line};

use answer::LONGEST_MESSAGE;

pub(crate) type Source = Box<dyn StdError + Send + Sync>;

/// Why a call to AWS failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by the messages")]
pub enum AwsError {
    /// The credentials are good, but may not do this.
    #[error("{0}\nhint: allow `{action}` in the policy of the role or user whose credentials these are", action = .0.call.action)]
    Denied(Box<Answer>),
    /// Too many requests.
    #[error(
        "{0}\nhint: AWS throttles these requests; wait some seconds and call again, with fewer calls at once"
    )]
    Throttled(Box<Answer>),
    /// What the call was about does not exist there.
    #[error("{0}\nhint: check the name, and that it is in region `{region}` of this account", region = .0.call.region)]
    NotFound(Box<Answer>),
    /// AWS does not accept the credentials.
    #[error("{0}\nhint: the credentials are expired, unknown or wrong; renew them")]
    CredentialsRejected(Box<Answer>),
    /// The signature is of another time than AWS has. The SDK's clients have corrected it by then, where AWS said its time.
    #[error("{0}\nhint: the clock of this machine is wrong; set it")]
    ClockSkewed(Box<Answer>),
    /// AWS does not accept the request as it is.
    #[error("{0}")]
    Invalid(Box<Answer>),
    /// AWS failed, after retries.
    #[error("{0}\nhint: this failed on AWS's side; call again in a moment")]
    Service(Box<Answer>),
    /// No answer in the time there was.
    #[error("{call} did not answer in time\nhint: call again, or ask for less at once")]
    Timeout {
        call: Call,
        #[source]
        source: Source,
    },
    /// No connection.
    #[error(
        "{call} failed: its endpoint cannot be reached\nhint: check that the region exists and that the network lets this function out"
    )]
    Unreachable {
        call: Call,
        #[source]
        source: Source,
    },
    /// An answer that is not AWS's.
    #[error(
        "{call} failed: the answer is not one of this AWS service\nhint: check `AWS_ENDPOINT_URL`, if it is set"
    )]
    Unreadable {
        call: Call,
        #[source]
        source: Source,
    },
    /// Nothing provides credentials.
    #[error(
        "no AWS credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, name a profile, or run with an execution role"
    )]
    CredentialsMissing {
        #[source]
        source: Source,
    },
    /// The profile exists, but gives no credentials.
    #[error("profile `{profile}` gives no usable AWS credentials{hint}")]
    ProfileCredentials {
        profile: ProfileName,
        hint: &'static str,
        #[source]
        source: Source,
    },
    /// The profile does not exist.
    #[error("profile `{profile}` is not in the AWS configuration files; {known}")]
    ProfileNotFound { profile: ProfileName, known: String },
    /// The configuration files cannot be read.
    #[error(
        "the AWS configuration files cannot be read\nhint: `aws configure list` names the mistake"
    )]
    ProfileFiles {
        #[source]
        source: Source,
    },
    /// Nothing names a region.
    #[error("no AWS region: pass `region`, or set `AWS_REGION`")]
    RegionMissing,
    /// A variable or the profile names something that is not a region.
    #[error("{variable}: {reason}")]
    RegionInvalid {
        variable: &'static str,
        reason: InvalidName,
    },
    /// A request cannot be signed as it is.
    #[error("the request cannot be signed")]
    NotSignable {
        #[source]
        source: Source,
    },
}

impl AwsError {
    /// Stable name of the failure, the same for every AWS server.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "aws_access_denied",
            Self::Throttled(_) => "aws_throttled",
            Self::NotFound(_) => "aws_not_found",
            Self::CredentialsRejected(_) => "aws_credentials_rejected",
            Self::ClockSkewed(_) => "aws_clock_skewed",
            Self::Invalid(_) => "aws_invalid_request",
            Self::Service(_) => "aws_service_error",
            Self::Timeout { .. } => "aws_timeout",
            Self::Unreachable { .. } => "aws_unreachable",
            Self::Unreadable { .. } => "aws_unreadable_answer",
            Self::CredentialsMissing { .. } | Self::ProfileCredentials { .. } => {
                "aws_credentials_missing"
            }
            Self::ProfileNotFound { .. } => "aws_profile_not_found",
            Self::ProfileFiles { .. } => "aws_profile_files_invalid",
            Self::RegionMissing => "aws_region_missing",
            Self::RegionInvalid { .. } => "aws_region_invalid",
            Self::NotSignable { .. } => "aws_not_signable",
        }
    }

    /// AWS's answer, when there was one.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Denied(answer)
            | Self::Throttled(answer)
            | Self::NotFound(answer)
            | Self::CredentialsRejected(answer)
            | Self::ClockSkewed(answer)
            | Self::Invalid(answer)
            | Self::Service(answer) => Some(answer),
            _ => None,
        }
    }

    /// The failure of an SDK client's call.
    pub fn from_sdk<E>(call: Call, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let request_id = error.request_id().map(str::to_owned);
        match error {
            // A good status with a body that the client cannot read comes as a service error too.
            SdkError::ServiceError(ref refused) if refused.raw().status().is_success() => {
                Self::Unreadable {
                    call,
                    source: Box::new(error),
                }
            }
            SdkError::ServiceError(refused) => {
                let meta = refused.err().meta();
                Self::from_answer(
                    call,
                    refused.raw().status().as_u16(),
                    meta.code(),
                    meta.message(),
                    request_id,
                )
            }
            SdkError::TimeoutError(_) => Self::Timeout {
                call,
                source: Box::new(error),
            },
            SdkError::ResponseError(_) => Self::Unreadable {
                call,
                source: Box::new(error),
            },
            SdkError::DispatchFailure(ref failure) => {
                let timed_out = failure.is_timeout();
                let of_credentials = chain_has::<CredentialsError>(&error);
                let source = Box::new(error);
                match (of_credentials, timed_out) {
                    (true, _) => Self::credentials(call.profile, source),
                    (false, true) => Self::Timeout { call, source },
                    (false, false) => Self::Unreachable { call, source },
                }
            }
            _ if chain_has::<CredentialsError>(&error) => {
                Self::credentials(call.profile, Box::new(error))
            }
            _ => Self::NotSignable {
                source: Box::new(error),
            },
        }
    }

    /// The failure of a call that was made without an SDK client, by what AWS answered.
    pub fn from_answer(
        call: Call,
        status: u16,
        code: Option<&str>,
        message: Option<&str>,
        request_id: Option<String>,
    ) -> Self {
        let code = code.map_or_else(|| format!("HTTP {status}"), |code| one_line(code, 100));
        let message = one_line(message.unwrap_or_default(), LONGEST_MESSAGE);
        let answer = Box::new(Answer {
            call,
            status,
            code,
            message,
            request_id: request_id.map(|id| one_line(&id, 100)),
        });
        class::of(answer)
    }

    pub(crate) fn credentials(profile: Option<ProfileName>, source: Source) -> Self {
        match profile {
            None => Self::CredentialsMissing { source },
            Some(profile) => {
                let hint = if chain_text(source.as_ref()).contains("sso") {
                    "\nhint: single sign-on needs the AWS CLI: run `aws configure export-credentials --format env` and set what it prints"
                } else {
                    ""
                };
                Self::ProfileCredentials {
                    profile,
                    hint,
                    source,
                }
            }
        }
    }

    /// An answer that lacks what the service promises.
    pub fn unreadable(call: Call, reason: &'static str) -> Self {
        Self::Unreadable {
            call,
            source: reason.into(),
        }
    }

    /// A request that cannot even be built.
    pub fn not_signable(source: impl Into<Source>) -> Self {
        Self::NotSignable {
            source: source.into(),
        }
    }

    pub(crate) fn profile_not_found(profile: ProfileName, known: &[String]) -> Self {
        let known = match known {
            [] => "there are none here, leave `profile` out".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        Self::ProfileNotFound { profile, known }
    }
}

fn chain_has<E: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source()).any(|error| error.is::<E>())
}

fn chain_text(error: &(dyn StdError + 'static)) -> String {
    std::iter::successors(Some(error), |error| (*error).source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_profile_lists_those_that_exist() {
        let profile = ProfileName::try_from("nope".to_owned()).unwrap();
        let some = AwsError::profile_not_found(profile.clone(), &["a".to_owned(), "b".to_owned()]);
        assert_eq!(
            some.to_string(),
            "profile `nope` is not in the AWS configuration files; there are: a, b"
        );
        let none = AwsError::profile_not_found(profile, &[]);
        assert_eq!(
            none.to_string(),
            "profile `nope` is not in the AWS configuration files; there are none here, leave `profile` out"
        );
    }
}
