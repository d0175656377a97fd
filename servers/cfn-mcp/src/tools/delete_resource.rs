//! `delete_resource`: tells what goes, and deletes it.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{AwsError, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Answer;
use crate::arguments::scope;
use crate::aws_call;
use crate::error::CfnError;
use crate::names::{Identifier, TypeName};
use crate::resource;
use crate::server::Server;
use crate::wait::{self, Outcome};

/// Input of `delete_resource`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Resource type: `AWS::S3::Bucket`.
    #[schemars(with = "String")]
    resource_type: TypeName,
    /// Primary identifier of the resource, as `list_resources` gives it. The parts of one that has
    /// several are joined by `|`.
    #[schemars(with = "String")]
    identifier: Identifier,
    /// AWS region of the resource. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Only show the resource that would go, and delete nothing. Default: false.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize)]
struct Planned {
    dry_run: bool,
    action: &'static str,
    resource_type: String,
    identifier: String,
    region: String,
    #[serde(flatten)]
    before: Before,
    message: &'static str,
}

#[derive(Debug, Serialize)]
struct Deleted {
    #[serde(flatten)]
    outcome: Outcome,
    region: String,
    #[serde(flatten)]
    before: Before,
}

/// What is there before it goes.
#[derive(Debug, Serialize)]
struct Before {
    #[serde(skip_serializing_if = "Option::is_none")]
    properties_before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties_note: Option<&'static str>,
}

#[tool_router(router = delete_resource_router, vis = "pub(crate)")]
impl Server {
    /// Delete an AWS resource of any type that Cloud Control knows, and wait until it is gone. The
    /// answer holds the properties that it had. With `dry_run` it only shows what would go. What
    /// takes longer than the call answers with a `request_token` for `get_resource_request_status`.
    #[tool(
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = true,
            open_world_hint = true
        ),
        meta = tool_meta(
            &[
                "cloudformation:DeleteResource",
                "cloudformation:GetResource",
                "cloudformation:GetResourceRequestStatus"
            ],
            None
        )
    )]
    async fn delete_resource(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let (type_name, identifier) = (&input.resource_type, &input.identifier);
        let (session, client) = self.control.get(&scope(input.region)).await?;
        let region = session.region().to_string();
        let found = resource::read(&session, &client, type_name, identifier, deadline).await;
        let before = before(found)?;
        if input.dry_run {
            return Ok(Answer::json(&Planned {
                dry_run: true,
                action: "delete",
                resource_type: type_name.to_string(),
                identifier: identifier.to_string(),
                region,
                before,
                message: "Nothing was deleted. Without `dry_run` this resource goes, for good.",
            }));
        }
        aws_call::time_for_a_change("delete_resource", deadline)?;
        let subject = resource::subject(type_name, identifier);
        let call = session.call("cloudformation:DeleteResource", Some(subject.clone()));
        let request = client
            .delete_resource()
            .type_name(type_name.as_str())
            .identifier(identifier.as_str());
        let output = aws_call::write(deadline, call.clone(), request.send()).await?;
        let event = output
            .progress_event
            .ok_or_else(|| AwsError::unreadable(call, "there is no `ProgressEvent`"))?;
        let subject = format!("deleting {subject}");
        let wait = self.config.wait;
        let outcome = wait::settle(&session, &client, event, subject, deadline, wait).await?;
        Ok(Answer::json(&Deleted {
            outcome,
            region,
            before,
        }))
    }
}

/// Some resource types can be deleted but not read: that does not make them stay.
fn before(found: Result<resource::Resource, CfnError>) -> Result<Before, CfnError> {
    match found {
        Ok(resource) => Ok(Before {
            properties_before: Some(resource.properties),
            properties_note: None,
        }),
        Err(error) if error.is_unsupported() => Ok(Before {
            properties_before: None,
            properties_note: Some(
                "Cloud Control cannot read resources of this type, so its properties are not known.",
            ),
        }),
        Err(error) => Err(error),
    }
}
