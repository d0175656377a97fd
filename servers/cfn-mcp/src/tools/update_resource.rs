//! `update_resource`: tells what a patch changes, and applies it.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{AwsError, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Answer;
use crate::arguments::{bounded, scope};
use crate::aws_call;
use crate::error::CfnError;
use crate::names::{Identifier, TypeName};
use crate::patch::{self, Change, Operation};
use crate::resource;
use crate::schema::{Forbidden, forbidden};
use crate::server::Server;
use crate::wait::{self, Outcome};

/// Input of `update_resource`.
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
    /// What to change: JSON Patch (RFC 6902) operations on the resource's properties, at least one,
    /// as in `[{"op": "replace", "path": "/VisibilityTimeout", "value": 60}]`.
    #[serde(default)]
    patch_document: Vec<Operation>,
    /// AWS region of the resource. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Only show what would change, before and after, and change nothing. Default: false.
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
    changes: Vec<Change>,
    properties_after: Value,
    /// Changes that AWS will refuse.
    refused: Vec<Forbidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    message: &'static str,
}

#[derive(Debug, Serialize)]
struct Updated {
    #[serde(flatten)]
    outcome: Outcome,
    region: String,
    changes: Vec<Change>,
}

#[tool_router(router = update_resource_router, vis = "pub(crate)")]
impl Server {
    /// Change properties of an AWS resource of any type that Cloud Control knows, and wait until
    /// that is done. The answer lists each change with the value before and after. With `dry_run`
    /// it only shows them, and which of them AWS would refuse. What takes longer than the call
    /// answers with a `request_token` for `get_resource_request_status`.
    #[tool(
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = false,
            open_world_hint = true
        ),
        meta = tool_meta(
            &[
                "cloudformation:DescribeType",
                "cloudformation:GetResource",
                "cloudformation:GetResourceRequestStatus",
                "cloudformation:UpdateResource"
            ],
            None
        )
    )]
    async fn update_resource(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        if input.patch_document.is_empty() {
            return Err(CfnError::Arguments(
                "`patch_document` is empty; write at least one operation, such as {\"op\": \"replace\", \"path\": \"/Tags\", \"value\": []}".to_owned(),
            ));
        }
        let document = serde_json::to_string(&input.patch_document).expect("JSON writes itself");
        let document = bounded("patch_document", document)?;
        let (type_name, identifier) = (&input.resource_type, &input.identifier);
        let scope = scope(input.region);
        let (session, client) = self.control.get(&scope).await?;
        let region = session.region().to_string();
        let current = resource::read(&session, &client, type_name, identifier, deadline).await?;
        let preview = patch::preview(&current.properties, &input.patch_document)?;
        if input.dry_run {
            let schema = self.schema(&scope, type_name, deadline).await;
            let unchanged = preview.after == current.properties;
            let (refused, note) = match schema {
                Ok(schema) => (forbidden(&schema, &preview.changes), None),
                Err(error) => (
                    Vec::new(),
                    Some(format!(
                        "Whether AWS refuses some of the changes is not known: the schema cannot be read. {error}"
                    )),
                ),
            };
            let message = match (unchanged, refused.is_empty()) {
                (true, _) => {
                    "Nothing was changed, and without `dry_run` nothing would be either: the properties are like this already."
                }
                (false, true) => {
                    "Nothing was changed. Without `dry_run` these changes are sent to AWS."
                }
                (false, false) => {
                    "Nothing was changed. Without `dry_run` AWS refuses the update because of `refused`."
                }
            };
            return Ok(Answer::json(&Planned {
                dry_run: true,
                action: "update",
                resource_type: type_name.to_string(),
                identifier: identifier.to_string(),
                region,
                changes: preview.changes,
                properties_after: preview.after,
                refused,
                note,
                message,
            }));
        }
        aws_call::time_for_a_change("update_resource", deadline)?;
        let subject = resource::subject(type_name, identifier);
        let call = session.call("cloudformation:UpdateResource", Some(subject.clone()));
        let request = client
            .update_resource()
            .type_name(type_name.as_str())
            .identifier(identifier.as_str())
            .patch_document(document);
        let output = aws_call::write(deadline, call.clone(), request.send()).await?;
        let event = output
            .progress_event
            .ok_or_else(|| AwsError::unreadable(call, "there is no `ProgressEvent`"))?;
        let subject = format!("updating {subject}");
        let wait = self.config.wait;
        let outcome = wait::settle(&session, &client, event, subject, deadline, wait).await?;
        Ok(Answer::json(&Updated {
            outcome,
            region,
            changes: preview.changes,
        }))
    }
}
