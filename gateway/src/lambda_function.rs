//! A target that is a Lambda function, called through the Lambda API.

use std::fmt;
use std::time::Duration;

use aws_clients::{Aws, Clients, RegionName, Scope};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::Config;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::types::InvocationType;
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::chain::Chain;
use crate::invoke::{Failure, Invocation, Invoke, Invoking, Returned};
use crate::local_function::function_error;

/// A function runs for 15 minutes at most.
const CALL_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// A dry run runs nothing.
const DRY_RUN_TIMEOUT: Duration = Duration::from_secs(20);

/// ARN of a function, perhaps with a version or an alias, 170 characters at most:
/// `arn:aws:lambda:eu-central-1:123456789012:function:orders:live`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionArn {
    text: String,
    region: RegionName,
    name: String,
}

impl std::str::FromStr for FunctionArn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("`{text}` is not the ARN of a Lambda function");
        let parts: Vec<&str> = text.split(':').collect();
        let (region, name) = match parts.as_slice() {
            [
                "arn",
                partition,
                "lambda",
                region,
                account,
                "function",
                name,
            ]
            | [
                "arn",
                partition,
                "lambda",
                region,
                account,
                "function",
                name,
                _,
            ] if partition.starts_with("aws")
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                (*region, *name)
            }
            _ => return Err(bad()),
        };
        let word = |part: &&str| {
            let valid =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$');
            !part.is_empty() && part.bytes().all(valid)
        };
        if text.len() > 170 || !parts.iter().skip(6).all(word) {
            return Err(bad());
        }
        Ok(Self {
            region: RegionName::try_from(region.to_owned()).map_err(|_| bad())?,
            text: text.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for FunctionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FunctionArn {
    /// The function's name, without version and alias.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A Lambda function, called with the credentials and the endpoint of this process's environment.
pub struct LambdaFunction {
    clients: Clients<Client>,
    arn: FunctionArn,
}

impl LambdaFunction {
    /// The function `arn`. Contacts nobody.
    pub fn new(arn: FunctionArn) -> Self {
        let clients = Clients::new(Aws::from_env(), Client::new);
        Self { clients, arn }
    }

    /// Asks Lambda whether the function could be invoked, and invokes nothing.
    ///
    /// # Errors
    ///
    /// When it could not.
    pub async fn dry_run(&self) -> Result<(), Failure> {
        let request = self
            .client()
            .await?
            .invoke()
            .invocation_type(InvocationType::DryRun);
        let request = request.function_name(&self.arn.text);
        let sent = request
            .customize()
            .config_override(settings(DRY_RUN_TIMEOUT))
            .send();
        sent.await
            .map(drop)
            .map_err(|error| self.refused(reason(&error)))
    }

    async fn call(&self, invocation: Invocation) -> Result<Returned, Failure> {
        let context = STANDARD.encode(invocation.call.client_context()?);
        let request = self.client().await?.invoke().function_name(&self.arn.text);
        let request = request
            .client_context(context)
            .payload(Blob::new(invocation.arguments));
        let sent = request
            .customize()
            .config_override(settings(CALL_TIMEOUT))
            .send();
        let answer: InvokeOutput = sent.await.map_err(|error| self.refused(reason(&error)))?;
        let payload = Bytes::from(answer.payload.map(Blob::into_inner).unwrap_or_default());
        match answer.function_error {
            None => Ok(Returned::Value(payload)),
            Some(_) => Err(function_error(self.arn.name.clone(), &payload)),
        }
    }

    async fn client(&self) -> Result<Client, Failure> {
        let scope = Scope {
            region: Some(self.arn.region.clone()),
            ..Scope::default()
        };
        let session = self.clients.get(&scope).await;
        session
            .map(|(_, client)| client)
            .map_err(|error| self.refused(error.to_string()))
    }

    fn refused(&self, reason: String) -> Failure {
        Failure::Refused {
            function: self.arn.to_string(),
            source: reason.into(),
        }
    }
}

/// What Lambda said, or why it said nothing.
fn reason<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => Chain(error).to_string(),
    }
}

/// Never twice: whether a call may be repeated, only its tool knows.
fn settings(timeout: Duration) -> aws_sdk_lambda::config::Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_timeout(timeout)
        .operation_attempt_timeout(timeout)
        .read_timeout(timeout)
        .build();
    Config::builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
}

impl Invoke for LambdaFunction {
    fn invoke(&self, invocation: Invocation) -> Invoking<'_> {
        Box::pin(self.call(invocation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_arn_of_a_function_is_one() {
        for (text, name) in [
            (
                "arn:aws:lambda:eu-central-1:123456789012:function:orders",
                "orders",
            ),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:a_b-1:live",
                "a_b-1",
            ),
            (
                "arn:aws-cn:lambda:cn-north-1:123456789012:function:x:$LATEST",
                "x",
            ),
        ] {
            assert_eq!(text.parse::<FunctionArn>().unwrap().name(), name);
        }
        let long = format!(
            "arn:aws:lambda:eu-central-1:123456789012:function:{}",
            "x".repeat(140)
        );
        for text in [
            "orders",
            "arn:aws:s3:eu-central-1:123456789012:function:orders",
            "arn:aws:lambda:eu-central-1:12345:function:orders",
            "arn:aws:lambda:eu-central-1:123456789012:function:",
            "arn:aws:lambda:eu-central-1:123456789012:function:a/../b",
            "arn:aws:lambda:evil.example/:123456789012:function:orders",
            "arn:aws:lambda:eu-central-1:123456789012:function:orders:live:more",
            long.as_str(),
        ] {
            let error = text.parse::<FunctionArn>().unwrap_err();
            assert_eq!(
                error,
                format!("`{text}` is not the ARN of a Lambda function")
            );
        }
    }
}
