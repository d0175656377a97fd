//! `GetServerInfo`: where queries would go.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName, Scope};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::Answer;
use crate::endpoint::WorkspaceId;
use crate::error::PrometheusError;
use crate::server::Server;
use crate::target::{Identity, Place};

/// Input of `GetServerInfo`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// AMP workspace to look up, `ws-…` from `GetAvailableWorkspaces`. Needed when the server has
    /// no `PROMETHEUS_URL`, to be left out when it has one.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    workspace_id: Option<WorkspaceId>,
    /// AWS region of the workspace. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// AWS profile whose credentials are used. Default: the server's own credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile: Option<ProfileName>,
}

/// Output of `GetServerInfo`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Base URL that queries go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    prometheus_url: Option<String>,
    /// AWS region in effect.
    aws_region: String,
    /// AWS profile in effect; `default` when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    aws_profile: Option<String>,
    /// Signing name of the AWS service: always `aps`.
    service_name: String,
}

#[tool_router(router = get_server_info_router, vis = "pub(crate)")]
impl Server {
    /// Tell where queries go: base URL, AWS region, profile and signing name. Asks AMP for the
    /// address of a workspace, but does not query it.
    #[tool(
        name = "GetServerInfo",
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["aps:DescribeWorkspace"], Some(json!({})))
    )]
    async fn get_server_info(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, PrometheusError> {
        let scope = Scope {
            region: input.region.clone(),
            profile: input.profile.clone(),
        };
        let place = Place {
            workspace: input.workspace_id,
            region: input.region,
            profile: input.profile,
        };
        self.in_time(deadline, async {
            let target = self.target(&place).await?;
            let region = match &target.identity {
                Identity::Aws(session) => session.region().clone(),
                Identity::Nobody | Identity::Login(_) => self.aws.region(&scope).await?,
            };
            let profile = scope.profile.map(String::from);
            let profile = profile.or_else(|| self.config.profile_shown.clone());
            Ok(Answer::plain(&Output {
                prometheus_url: Some(target.base.as_str().to_owned()),
                aws_region: region.into(),
                aws_profile: Some(profile.unwrap_or_else(|| "default".to_owned())),
                service_name: "aps".to_owned(),
            }))
        })
        .await
    }
}
