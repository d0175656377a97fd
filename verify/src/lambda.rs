//! The Lambda API, through the AWS SDK.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::aws;

/// The functions of an account, or of a local gateway.
#[derive(Debug, Clone)]
pub(crate) struct Functions {
    client: Client,
}

/// Why there was no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// This one call failed: it may not be made, or its answer is not as it should be.
    Call(String),
    /// There is no function of this name.
    NoFunction(String),
    /// Cannot be checked, and nothing is wrong with that.
    Skipped(String),
    /// The Lambda API cannot be reached or used at all.
    Unusable(String),
}

impl Functions {
    /// A client for the endpoint that is named, or for AWS.
    pub(crate) async fn connect(arguments: &Arguments) -> anyhow::Result<Self> {
        let config = aws::for_functions(arguments).await?;
        Ok(Self {
            client: Client::new(&config),
        })
    }

    /// The configuration of one function.
    pub(crate) async fn configuration(
        &self,
        function: &str,
    ) -> Result<GetFunctionConfigurationOutput, Failure> {
        let request = self
            .client
            .get_function_configuration()
            .function_name(function);
        request.send().await.map_err(|error| failure(&error))
    }

    /// Calls one function with an event and, like the gateway, a client context.
    pub(crate) async fn invoke(
        &self,
        function: &str,
        event: &Value,
        tool: Option<&str>,
    ) -> Result<Value, Failure> {
        let context = tool.map(|tool| {
            let context = json!({"custom": {
                "bedrockAgentCoreMessageVersion": "1.0",
                "bedrockAgentCoreMcpMessageId": "verify",
                "bedrockAgentCoreToolName": tool,
            }});
            BASE64_STANDARD.encode(context.to_string())
        });
        let request = self
            .client
            .invoke()
            .function_name(function)
            .payload(Blob::new(event.to_string()))
            .set_client_context(context);
        let answer = request.send().await.map_err(|error| failure(&error))?;
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        if let Some(kind) = answer.function_error {
            return Err(Failure::Call(format!(
                "the function failed ({kind}): {}",
                String::from_utf8_lossy(&payload)
            )));
        }
        serde_json::from_slice(&payload)
            .map_err(|error| Failure::Call(format!("the answer is not JSON: {error}")))
    }
}

/// Sorts what the SDK reports: an answer from AWS concerns the one call, no answer concerns all.
fn failure<E>(error: &SdkError<E>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let known = error
        .as_service_error()
        .and_then(|service| Some((service.code()?, service.message().unwrap_or("no message"))));
    match (error, known) {
        (_, Some((code, message))) => match code {
            "ExpiredTokenException"
            | "UnrecognizedClientException"
            | "InvalidSignatureException" => Failure::Unusable(format!("{code}: {message}")),
            "ResourceNotFoundException" => Failure::NoFunction(format!(
                "{code}: {message}\nhint: is it deployed, in this Region and account, under this `--prefix`?"
            )),
            _ => Failure::Call(format!("{code}: {message}")),
        },
        (SdkError::DispatchFailure(_), None) => Failure::Unusable(format!(
            "the Lambda API cannot be reached: {}. Is the local gateway running (`scripts/up`)?",
            DisplayErrorContext(error)
        )),
        (_, None) => Failure::Call(DisplayErrorContext(error).to_string()),
    }
}
