//! `create_resource`: creates a resource and waits for it.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{AwsError, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::arguments::{object, scope};
use crate::aws_call;
use crate::error::CfnError;
use crate::names::TypeName;
use crate::server::Server;
use crate::wait::{self, Outcome};

/// Input of `create_resource`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Resource type: `AWS::S3::Bucket`.
    #[schemars(with = "String")]
    resource_type: TypeName,
    /// Properties of the new resource, at least one, as `get_resource_schema_information`
    /// describes them: `{"BucketName": "my-bucket"}`.
    properties: Map<String, Value>,
    /// AWS region to create it in. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
}

#[derive(Debug, Serialize)]
struct Created {
    #[serde(flatten)]
    outcome: Outcome,
    region: String,
}

#[tool_router(router = create_resource_router, vis = "pub(crate)")]
impl Server {
    /// Create an AWS resource of any type that Cloud Control knows, and wait until it exists. What
    /// takes longer than the call answers with a `request_token` for `get_resource_request_status`.
    #[tool(
        annotations(
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = false,
            open_world_hint = true
        ),
        meta = tool_meta(
            &["cloudformation:CreateResource", "cloudformation:GetResourceRequestStatus"],
            None
        )
    )]
    async fn create_resource(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        if input.properties.is_empty() {
            return Err(CfnError::Arguments(
                "`properties` is empty; `get_resource_schema_information` tells what the resource type needs".to_owned(),
            ));
        }
        let desired_state = object("properties", input.properties)?;
        let (session, client) = self.control.get(&scope(input.region)).await?;
        aws_call::time_for_a_change("create_resource", deadline)?;
        let call = session.call(
            "cloudformation:CreateResource",
            Some(format!("a resource of type `{}`", input.resource_type)),
        );
        let request = client
            .create_resource()
            .type_name(input.resource_type.as_str())
            .desired_state(desired_state);
        let output = aws_call::write(deadline, call.clone(), request.send()).await?;
        let event = output
            .progress_event
            .ok_or_else(|| AwsError::unreadable(call, "there is no `ProgressEvent`"))?;
        let subject = format!("creating a resource of type `{}`", input.resource_type);
        let wait = self.config.wait;
        let outcome = wait::settle(&session, &client, event, subject, deadline, wait).await?;
        Ok(Answer::json(&Created {
            outcome,
            region: session.region().to_string(),
        }))
    }
}
