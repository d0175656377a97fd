//! One resource as it is now.

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Session};
use serde::Serialize;
use serde_json::Value;

use crate::aws_call;
use crate::error::CfnError;
use crate::names::{Identifier, TypeName};

/// What Cloud Control's `GetResource` tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Resource {
    pub(crate) identifier: String,
    pub(crate) properties: Value,
}

/// Reads a resource.
pub(crate) async fn read(
    session: &Session,
    client: &aws_sdk_cloudcontrol::Client,
    type_name: &TypeName,
    identifier: &Identifier,
    deadline: Deadline,
) -> Result<Resource, CfnError> {
    let call = session.call(
        "cloudformation:GetResource",
        Some(subject(type_name, identifier)),
    );
    let request = client
        .get_resource()
        .type_name(type_name.as_str())
        .identifier(identifier.as_str());
    let output = aws_call::read(deadline, call.clone(), request.send()).await?;
    let described = output
        .resource_description()
        .ok_or_else(|| AwsError::unreadable(call, "there is no `ResourceDescription`"))?;
    Ok(Resource {
        identifier: described
            .identifier()
            .unwrap_or(identifier.as_str())
            .to_owned(),
        properties: properties(described.properties().unwrap_or("{}")),
    })
}

/// Properties, which AWS sends as JSON inside of JSON. What is none stays the text that it is.
pub(crate) fn properties(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// ``resource `b-1` of type `AWS::S3::Bucket` ``, for errors.
pub(crate) fn subject(type_name: &TypeName, identifier: &Identifier) -> String {
    format!("resource `{identifier}` of type `{type_name}`")
}
