//! What goes on after a target was accepted: the try, and what becomes of it.

use std::sync::{Arc, Weak};

use serde_json::Value;

use crate::draft::Draft;
use crate::error::ApiError;
use crate::ids::GatewayId;
use crate::plane::{ControlPlane, now};
use crate::record::{GatewayRecord, TargetRecord, TargetStatus};
use crate::shapes::mcp_server::check_mcp_tools;

/// Longest `statusReason` of the API model, in characters.
const LONGEST_REASON: usize = 2048;

/// Works on a target whose status says that something is going on.
pub(crate) fn start_if_due(
    plane: &Weak<ControlPlane>,
    gateway: &Arc<GatewayRecord>,
    target: &Arc<TargetRecord>,
) {
    if target.status.in_progress() {
        tokio::spawn(run(plane.clone(), gateway.clone(), target.clone()));
    }
}

async fn run(plane: Weak<ControlPlane>, gateway: Arc<GatewayRecord>, target: Arc<TargetRecord>) {
    // Not kept while waiting: a program that ends closes the store.
    let Some(options) = plane.upgrade().map(|plane| plane.options.clone()) else {
        return;
    };
    let (id, tried) = (gateway.id.clone(), target.clone());
    let attempt = tokio::spawn(async move {
        let outcome = options.dry_run.dry_run(&gateway, tried.sent_settings());
        tokio::time::timeout(options.dry_run_timeout, outcome)
            .await
            .unwrap_or_else(|_| {
                let seconds = options.dry_run_timeout.as_secs();
                Err(format!(
                    "the target did not answer within {seconds} seconds"
                ))
            })
    });
    let outcome = attempt.await.unwrap_or_else(|_| {
        Err("the local gateway failed while it tried the target out".to_owned())
    });
    let outcome = outcome.and_then(|tools| kept_tools(&target, tools));
    let Some(plane) = plane.upgrade() else { return };
    let target_id = target.id.clone();
    if let Err(error) = plane
        .change(move |draft| settle(draft, &id, &target, outcome))
        .await
    {
        tracing::error!(target.id = %target_id, "the outcome of a dry run could not be saved: {error}");
    }
}

/// What of a try's result is kept: the tools of a server that was asked for them.
fn kept_tools(target: &TargetRecord, tools: Vec<Value>) -> Result<Vec<Value>, String> {
    let asked = target
        .sent_settings()
        .mcp_server()
        .is_some_and(|server| server.mcp_tool_schema.is_none());
    if !asked {
        return Ok(Vec::new());
    }
    check_mcp_tools(&tools)
        .map_err(|problem| format!("the tools of the MCP server cannot be listed: {problem}"))?;
    Ok(tools)
}

/// Records the outcome, unless the target was changed or removed in the meantime.
fn settle(
    draft: &mut Draft,
    gateway: &GatewayId,
    tried: &TargetRecord,
    outcome: Result<Vec<Value>, String>,
) -> Result<(), ApiError> {
    let Ok(current) = draft.target(gateway, &tried.id) else {
        return Ok(());
    };
    if current.status != tried.status || current.updated_at != tried.updated_at {
        return Ok(());
    }
    let mut target = TargetRecord::clone(current);
    match outcome {
        Ok(tools) => {
            if let Some(settings) = target.pending.take() {
                target.settings = settings;
            }
            target.status = TargetStatus::Ready;
            target.status_reasons.clear();
            target.served = true;
            let asked = target
                .settings
                .mcp_server()
                .is_some_and(|server| server.mcp_tool_schema.is_none());
            target.last_synchronized_at = asked.then(now);
            target.listed_tools = tools;
        }
        Err(reason) => {
            target.pending = None;
            target.status = match target.status {
                TargetStatus::Updating => TargetStatus::UpdateUnsuccessful,
                TargetStatus::Synchronizing => TargetStatus::SynchronizeUnsuccessful,
                _ => TargetStatus::Failed,
            };
            target.status_reasons = vec![reason.chars().take(LONGEST_REASON).collect()];
        }
    }
    draft.put_target(gateway, target);
    Ok(())
}
