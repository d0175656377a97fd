//! `get_resource`: one resource's properties.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::RegionName;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::Answer;
use crate::arguments::scope;
use crate::error::CfnError;
use crate::names::{Identifier, TypeName};
use crate::resource;
use crate::server::Server;

/// Input of `get_resource`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Resource type: `AWS::S3::Bucket`.
    #[schemars(with = "String")]
    resource_type: TypeName,
    /// Primary identifier of the resource, as `list_resources` gives it: a bucket's name, a queue's
    /// URL. The parts of one that has several are joined by `|`.
    #[schemars(with = "String")]
    identifier: Identifier,
    /// AWS region of the resource. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
}

#[tool_router(router = get_resource_router, vis = "pub(crate)")]
impl Server {
    /// Read one AWS resource of any type that Cloud Control knows: its identifier and its current
    /// properties, as an object.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        meta = tool_meta(&["cloudformation:GetResource"], None)
    )]
    async fn get_resource(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let (session, client) = self.control.get(&scope(input.region)).await?;
        let found = resource::read(
            &session,
            &client,
            &input.resource_type,
            &input.identifier,
            deadline,
        )
        .await?;
        Ok(Answer::json(&found))
    }
}
