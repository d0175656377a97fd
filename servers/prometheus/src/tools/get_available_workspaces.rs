//! `GetAvailableWorkspaces`: the AMP workspaces of a region.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{AwsError, ProfileName, RegionName, Scope, Session};
use aws_sdk_amp::types::{WorkspaceStatusCode, WorkspaceSummary};
use futures_util::{StreamExt, TryStreamExt, stream};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::endpoint::WorkspaceId;
use crate::error::PrometheusError;
use crate::server::Server;
use crate::target::describe;

/// `DescribeWorkspace` calls under way at once. AMP allows 10 a second.
const AT_ONCE: usize = 4;

/// What upstream writes for a workspace without alias.
const NO_ALIAS: &str = "No alias";

/// Input of `GetAvailableWorkspaces`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// AWS region to list. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// AWS profile whose account is listed. Default: the server's own credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile: Option<ProfileName>,
}

/// Output of `GetAvailableWorkspaces`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of what `Answer::wrapped` writes")]
struct Output {
    /// `workspaces` (each with `workspace_id`, `alias`, `status`, `region`, `is_configured`,
    /// `prometheus_url` when it can be queried, `note` when something is odd), `count`, `region`,
    /// `requires_user_selection`, `configured_workspace_id` and `message`.
    result: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct Listing {
    workspaces: Vec<Workspace>,
    count: usize,
    region: String,
    requires_user_selection: bool,
    configured_workspace_id: Option<String>,
    message: String,
}

#[derive(Debug, Serialize)]
struct Workspace {
    workspace_id: String,
    alias: String,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prometheus_url: Option<String>,
    region: String,
    is_configured: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[tool_router(router = get_available_workspaces_router, vis = "pub(crate)")]
impl Server {
    /// List the Amazon Managed Service for Prometheus (AMP) workspaces of a region: id, alias,
    /// status, and for active ones the query URL. Tells whether one has to be chosen for the
    /// other tools.
    #[tool(
        name = "GetAvailableWorkspaces",
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["aps:ListWorkspaces", "aps:DescribeWorkspace"], None)
    )]
    async fn get_available_workspaces(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, PrometheusError> {
        let scope = Scope {
            region: input.region,
            profile: input.profile,
        };
        self.in_time(deadline, async {
            let (session, amp) = self.amp.get(&scope).await?;
            let configured = self.configured_workspace();
            let summaries = list(&session, &amp).await?;
            let mut workspaces: Vec<Workspace> = stream::iter(summaries)
                .map(|summary| workspace(&session, &amp, summary, configured.as_ref()))
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            self.configured_first(&mut workspaces, configured.as_ref(), session.region());
            Ok(Answer::wrapped(&self.listing(
                workspaces,
                configured,
                session.region(),
            )))
        })
        .await
    }

    /// Puts the workspace that `PROMETHEUS_URL` names first, adding it when AMP did not list it.
    fn configured_first(
        &self,
        workspaces: &mut Vec<Workspace>,
        configured: Option<&WorkspaceId>,
        region: &RegionName,
    ) {
        let (Some(configured), Some(url)) = (configured, &self.config.url) else {
            return;
        };
        if workspaces.iter().any(|workspace| workspace.is_configured) {
            workspaces.sort_by_key(|workspace| !workspace.is_configured);
            return;
        }
        let region = url.amp().map_or(region, |amp| &amp.region);
        workspaces.insert(
            0,
            Workspace {
                workspace_id: configured.as_str().to_owned(),
                alias: NO_ALIAS.to_owned(),
                status: "UNKNOWN".to_owned(),
                prometheus_url: Some(url.as_str().to_owned()),
                region: region.to_string(),
                is_configured: true,
                note: Some(
                    "Named by `PROMETHEUS_URL`; AMP does not list it in the region and account that were asked.".to_owned(),
                ),
            },
        );
    }

    fn listing(
        &self,
        workspaces: Vec<Workspace>,
        configured: Option<WorkspaceId>,
        region: &RegionName,
    ) -> Listing {
        let queryable = workspaces.iter().any(|w| w.prometheus_url.is_some());
        let message = match (&configured, &self.config.url) {
            (Some(id), _) => format!(
                "Queries go to workspace `{}`, which `PROMETHEUS_URL` names.",
                id.as_str()
            ),
            (None, Some(_)) => {
                "Queries go to `PROMETHEUS_URL`, which is no AMP workspace; leave `workspace_id` out."
                    .to_owned()
            }
            (None, None) if queryable => {
                "Choose a workspace and pass its `workspace_id` to the other tools.".to_owned()
            }
            (None, None) => format!(
                "No workspace in `{region}` can be queried; try another `region` or `profile`."
            ),
        };
        Listing {
            count: workspaces.len(),
            workspaces,
            region: region.to_string(),
            requires_user_selection: self.config.url.is_none() && queryable,
            configured_workspace_id: configured.map(|id| id.as_str().to_owned()),
            message,
        }
    }
}

/// AMP's `ListWorkspaces`, every page.
async fn list(
    session: &Session,
    amp: &aws_sdk_amp::Client,
) -> Result<Vec<WorkspaceSummary>, AwsError> {
    let mut pages = amp.list_workspaces().into_paginator().items().send();
    let mut summaries = Vec::new();
    while let Some(summary) = pages.next().await {
        summaries.push(summary.map_err(|error| {
            AwsError::from_sdk(session.call("aps:ListWorkspaces", None), error)
        })?);
    }
    Ok(summaries)
}

/// One entry. Only an active workspace has an address, and only `DescribeWorkspace` knows it.
async fn workspace(
    session: &Session,
    amp: &aws_sdk_amp::Client,
    summary: WorkspaceSummary,
    configured: Option<&WorkspaceId>,
) -> Result<Workspace, PrometheusError> {
    let status = summary.status().map(|status| status.status_code());
    let (prometheus_url, note) = match status {
        Some(WorkspaceStatusCode::Active) => address(session, amp, summary.workspace_id()).await?,
        _ => (None, None),
    };
    Ok(Workspace {
        workspace_id: summary.workspace_id().to_owned(),
        alias: summary.alias().unwrap_or(NO_ALIAS).to_owned(),
        status: status.map_or("UNKNOWN", |code| code.as_str()).to_owned(),
        prometheus_url,
        region: session.region().to_string(),
        is_configured: configured.is_some_and(|id| id.as_str() == summary.workspace_id()),
        note,
    })
}

/// The address of an active workspace, or a note why there is none: one workspace that may not be
/// described, or is gone by now, does not hide the others.
async fn address(
    session: &Session,
    amp: &aws_sdk_amp::Client,
    id: &str,
) -> Result<(Option<String>, Option<String>), PrometheusError> {
    let Ok(id) = WorkspaceId::try_from(id.to_owned()) else {
        let note = "The id has an unknown form, so the workspace cannot be queried here.";
        return Ok((None, Some(note.to_owned())));
    };
    match describe(session, amp, &id).await {
        Ok(description) => match description.prometheus_endpoint() {
            Some(endpoint) if !endpoint.is_empty() => Ok((Some(endpoint.to_owned()), None)),
            _ => {
                let note = "AMP gives no query endpoint for this workspace.";
                Ok((None, Some(note.to_owned())))
            }
        },
        Err(error @ (AwsError::NotFound(_) | AwsError::Denied(_))) => {
            Ok((None, Some(error.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}
