//! Secrets and parameters by name: two requests, without the SDK clients of two services, which would cost a megabyte each.

use std::time::Duration;

use http::{Request, Response};
use secret_references::Reference;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::error::AwsError;
use crate::names::RegionName;
use crate::scope::{Scope, Session};

/// Each of up to three attempts.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;

/// A secret has 64 KiB at most, and JSON may double it.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// What differs between the two services, which speak the same protocol:
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>.
struct Service {
    signing_name: &'static str,
    target: &'static str,
    endpoint_variable: &'static str,
}

const SECRETS_MANAGER: Service = Service {
    signing_name: "secretsmanager",
    target: "secretsmanager.GetSecretValue",
    endpoint_variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
};
const SYSTEMS_MANAGER: Service = Service {
    signing_name: "ssm",
    target: "AmazonSSM.GetParameter",
    endpoint_variable: "AWS_ENDPOINT_URL_SSM",
};

/// What either service answers.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Body {
    secret_string: Option<String>,
    parameter: Option<Parameter>,
    #[serde(rename = "__type")]
    error: Option<String>,
    #[serde(alias = "message")]
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

/// What a reference stands for, read now, in the region of its ARN or of the environment, with the default credentials.
///
/// # Errors
///
/// When it cannot be read, or has no such text. No error holds any of the secret's text.
pub async fn secret(reference: &Reference) -> Result<String, AwsError> {
    Aws::from_env().secret(reference).await
}

impl Aws {
    /// What a reference stands for, read now.
    ///
    /// # Errors
    ///
    /// As [`secret`].
    pub async fn secret(&self, reference: &Reference) -> Result<String, AwsError> {
        let region = reference
            .region()
            .map(|region| RegionName::try_from(region.to_owned()));
        let region = region
            .transpose()
            .map_err(|reason| AwsError::RegionInvalid {
                variable: "the ARN",
                reason,
            })?;
        let session = self
            .session(&Scope {
                region,
                profile: None,
            })
            .await?;
        let mut attempt = 1;
        loop {
            match self.read(&session, reference).await {
                Err(
                    AwsError::Service(_)
                    | AwsError::Throttled(_)
                    | AwsError::Timeout { .. }
                    | AwsError::Unreachable { .. },
                ) if attempt < ATTEMPTS => {
                    tokio::time::sleep(Duration::from_millis(100) * attempt).await;
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    async fn read(&self, session: &Session, reference: &Reference) -> Result<String, AwsError> {
        let (service, input) = match reference {
            Reference::Secret { id, .. } => (SECRETS_MANAGER, json!({ "SecretId": id })),
            Reference::Parameter(name) => (
                SYSTEMS_MANAGER,
                json!({ "Name": name, "WithDecryption": true }),
            ),
        };
        let call = || session.call(reference.action(), Some(format!("`{reference}`")));
        let answer = self.send(session, &service, &input, reference).await?;
        let status = answer.status().as_u16();
        let body: Body = serde_json::from_slice(answer.body()).unwrap_or_default();
        if status != 200 {
            let code = body
                .error
                .as_deref()
                .map(|code| code.rsplit('#').next().unwrap_or(code));
            return Err(AwsError::from_answer(
                call(),
                status,
                code,
                body.message.as_deref(),
                None,
            ));
        }
        let text = body
            .secret_string
            .or(body.parameter.map(|parameter| parameter.value));
        let text = text.ok_or_else(|| {
            AwsError::unreadable(
                call(),
                "it has no text: a binary secret cannot be a variable",
            )
        })?;
        match reference {
            Reference::Secret { key: Some(key), .. } => {
                member(&text, key).map_err(|reason| AwsError::unreadable(call(), reason))
            }
            _ => Ok(text),
        }
    }

    async fn send(
        &self,
        session: &Session,
        service: &Service,
        input: &Value,
        reference: &Reference,
    ) -> Result<Response<Vec<u8>>, AwsError> {
        let mut request = Request::post(self.endpoint(service, session.region()))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", service.target)
            .body(input.to_string().into_bytes())
            .map_err(AwsError::not_signable)?;
        session.sign(&mut request, service.signing_name).await?;
        let call = session.call(reference.action(), Some(format!("`{reference}`")));
        let http = self.http();
        let sent = http.send(request, LONGEST_ANSWER, ATTEMPT_TIMEOUT);
        sent.await.map_err(|error| error.of_call(call))
    }

    fn endpoint(&self, service: &Service, region: &RegionName) -> String {
        let given = self.endpoint_override(service.endpoint_variable);
        given.unwrap_or_else(|| {
            let domain = if region.as_str().starts_with("cn-") {
                "amazonaws.com.cn"
            } else {
                "amazonaws.com"
            };
            format!("https://{}.{region}.{domain}/", service.signing_name)
        })
    }
}

/// A member of a JSON object, as text. The reasons name nothing of what is in it.
fn member(text: &str, key: &str) -> Result<String, &'static str> {
    let Ok(Value::Object(mut object)) = serde_json::from_str(text) else {
        return Err("the secret is no JSON object, so it has no member of that name");
    };
    match object.remove(key) {
        Some(Value::String(text)) => Ok(text),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Some(_) => Err("that member of the secret is no text, number or truth value"),
        None => Err("the secret has no member of that name"),
    }
}
