//! `get_resource_request_status`: how far a create, update or delete is.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::RegionName;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::Answer;
use crate::arguments::scope;
use crate::error::CfnError;
use crate::names::RequestToken;
use crate::server::Server;
use crate::wait;

/// Input of `get_resource_request_status`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The `request_token` that `create_resource`, `update_resource` or `delete_resource` returned.
    #[schemars(with = "String")]
    request_token: RequestToken,
    /// AWS region that the request was sent to. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
}

#[tool_router(router = get_resource_request_status_router, vis = "pub(crate)")]
impl Server {
    /// Ask how far a create, update or delete is. `is_complete` tells whether it ended, `status`
    /// how: `SUCCESS`, `FAILED` or `CANCEL_COMPLETE`, with `error_code` and `status_message` why.
    /// AWS remembers a request for seven days.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        meta = tool_meta(&["cloudformation:GetResourceRequestStatus"], None)
    )]
    async fn get_resource_request_status(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let (session, client) = self.control.get(&scope(input.region)).await?;
        let token = input.request_token.as_str();
        let (_, progress) = wait::status(&session, &client, token, deadline).await?;
        Ok(Answer::json(&progress))
    }
}
