//! `list_resources`: identifiers of all resources of a type.

use std::time::Duration;

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{AwsError, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::arguments::{object, scope};
use crate::aws_call;
use crate::error::CfnError;
use crate::names::TypeName;
use crate::server::Server;

/// Identifiers in one answer, unless the caller wants fewer: some 2 MB of ARNs, as text and as
/// structured content, which a Lambda response holds.
const MOST_ITEMS: usize = 10_000;

/// With less time than this left, another page is not asked for.
const TIME_FOR_A_PAGE: Duration = Duration::from_secs(3);

/// Input of `list_resources`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Resource type: `AWS::S3::Bucket`.
    #[schemars(with = "String")]
    resource_type: TypeName,
    /// AWS region to list. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Properties that select what to list. Needed by types that belong to another resource:
    /// `{"ClusterName": "prod"}` for `AWS::EKS::Addon`. Default: all.
    #[serde(default)]
    resource_model: Option<Map<String, Value>>,
    /// Stop after the page that reaches this many. Default and most: 10000.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    #[schemars(range(min = 1, max = 10000))]
    max_items: Option<u32>,
    /// Where an earlier answer stopped: its `next_token`. Default: at the start.
    #[serde(default)]
    next_token: Option<String>,
}

#[tool_router(router = list_resources_router, vis = "pub(crate)")]
impl Server {
    /// List the identifiers of all AWS resources of a type in a region. Long lists stop with a
    /// `next_token` to go on from. `get_resource` reads what an identifier stands for.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        meta = tool_meta(&["cloudformation:ListResources"], None)
    )]
    async fn list_resources(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CfnError> {
        let most = match input.max_items.map(usize::try_from) {
            None => MOST_ITEMS,
            Some(Ok(most @ 1..=MOST_ITEMS)) => most,
            Some(_) => {
                return Err(CfnError::Arguments(format!(
                    "`max_items` must be from 1 to {MOST_ITEMS}"
                )));
            }
        };
        let model = input
            .resource_model
            .map(|model| object("resource_model", model))
            .transpose()?;
        let (session, client) = self.control.get(&scope(input.region)).await?;
        let call = session.call(
            "cloudformation:ListResources",
            Some(format!("resource type `{}`", input.resource_type)),
        );
        let mut identifiers = Vec::new();
        let mut next_token = input.next_token.filter(|token| !token.is_empty());
        loop {
            let request = client
                .list_resources()
                .type_name(input.resource_type.as_str())
                .set_resource_model(model.clone())
                .set_next_token(next_token.clone())
                .send();
            let page = match aws_call::read(deadline, call.clone(), request).await {
                // What is there already is not thrown away for want of the rest.
                Err(CfnError::Aws(
                    AwsError::Timeout { .. } | AwsError::Throttled(_) | AwsError::Service(_),
                )) if !identifiers.is_empty() => break,
                page => page?,
            };
            identifiers.extend(
                page.resource_descriptions()
                    .iter()
                    .filter_map(|resource| resource.identifier().map(str::to_owned)),
            );
            let before = std::mem::replace(
                &mut next_token,
                page.next_token()
                    .filter(|token| !token.is_empty())
                    .map(str::to_owned),
            );
            let time_is_up = deadline
                .remaining()
                .is_some_and(|left| left < TIME_FOR_A_PAGE);
            // A service that repeats its token would be asked forever.
            let stuck = next_token.is_some() && next_token == before;
            if stuck {
                next_token = None;
            }
            if next_token.is_none() || identifiers.len() >= most || time_is_up {
                break;
            }
        }
        Ok(listed(
            identifiers,
            next_token,
            &input.resource_type,
            session.region(),
        ))
    }
}

fn listed(
    identifiers: Vec<String>,
    next_token: Option<String>,
    type_name: &TypeName,
    region: &RegionName,
) -> Answer {
    let mut texts = identifiers.clone();
    let mut structured = json!({ "result": identifiers });
    if let Some(next_token) = next_token {
        texts.push(format!(
            "(There are more: call `list_resources` with `next_token` `{next_token}`.)"
        ));
        structured["next_token"] = next_token.into();
    } else if texts.is_empty() {
        texts.push(format!(
            "There are no resources of type `{type_name}` in region `{region}`."
        ));
    }
    Answer::blocks(structured, texts)
}
