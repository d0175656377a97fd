//! The Lambda API, through the AWS SDK.

use std::time::Duration;

use anyhow::bail;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use url::{Host, Url};

/// The longest that a call may take: Lambda's own limit for a function.
const CALL_TIMEOUT: Duration = Duration::from_secs(900);
/// The longest to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The functions of an account, or of a local gateway.
#[derive(Debug, Clone)]
pub(crate) struct Functions {
    client: Client,
}

/// Why there was no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// This one call failed: the function is missing, may not be called, or answered nonsense.
    Call(String),
    /// The Lambda API cannot be reached or used at all.
    Unusable(String),
}

impl Functions {
    /// A client for `endpoint`, or for AWS.
    ///
    /// A loopback endpoint needs no credentials and no region: made-up ones do.
    pub(crate) async fn connect(endpoint: Option<&Url>) -> anyhow::Result<Self> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
        if let Some(endpoint) = endpoint {
            loader = loader.endpoint_url(endpoint.as_str());
        }
        if endpoint.is_some_and(is_loopback) {
            loader = loader
                .region(Region::from_static("us-east-1"))
                .credentials_provider(Credentials::new("local", "local", None, None, "verify"));
        }
        let config = loader.load().await;
        if config.region().is_none() {
            bail!("no AWS region: set AWS_REGION, or give `--endpoint-url` for a local gateway");
        }
        let credentials = match config.credentials_provider() {
            Some(provider) => provider.provide_credentials().await,
            None => bail!("no AWS credentials are configured"),
        };
        if let Err(error) = credentials {
            bail!(
                "no usable AWS credentials ({}): set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give `--endpoint-url` for a local gateway",
                DisplayErrorContext(&error)
            );
        }
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
        .and_then(|service| Some((service.code()?, service.message())));
    match (error, known) {
        (
            _,
            Some((
                code @ ("ExpiredTokenException"
                | "UnrecognizedClientException"
                | "InvalidSignatureException"),
                message,
            )),
        ) => Failure::Unusable(format!("{code}: {}", message.unwrap_or("no message"))),
        (_, Some((code, message))) => {
            Failure::Call(format!("{code}: {}", message.unwrap_or("no message")))
        }
        (SdkError::DispatchFailure(_), None) => Failure::Unusable(format!(
            "the Lambda API cannot be reached: {}. Is the local gateway running (`scripts/up`)?",
            DisplayErrorContext(error)
        )),
        (_, None) => Failure::Call(DisplayErrorContext(error).to_string()),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
