//! `get_resource_schema_information`: what a resource type is made of.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::RegionName;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::answer::Answer;
use crate::arguments::scope;
use crate::error::CfnError;
use crate::names::TypeName;
use crate::server::Server;

/// Input of `get_resource_schema_information`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Resource type: `AWS::S3::Bucket`.
    #[schemars(with = "String")]
    resource_type: TypeName,
    /// AWS region to ask. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
}

#[tool_router(router = get_resource_schema_information_router, vis = "pub(crate)")]
impl Server {
    /// Read the schema of a resource type: its properties, which of them are required, set only at
    /// creation or only by AWS, what identifies a resource, and under `handlers` the IAM
    /// permissions that each operation on the type needs.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        meta = tool_meta(
            &["cloudformation:DescribeType"],
            Some(json!({ "resource_type": "AWS::S3::Bucket" }))
        )
    )]
    async fn get_resource_schema_information(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let scope = scope(input.region);
        let schema = self.schema(&scope, &input.resource_type, deadline).await?;
        Ok(Answer::json(schema.as_ref()))
    }
}
