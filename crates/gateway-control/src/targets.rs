//! The operations on targets.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::draft::Draft;
use crate::error::ApiError;
use crate::gateways::{refuse_manifest, repeated};
use crate::ids::{GatewayId, TargetId};
use crate::page::{Page, PageRequest};
use crate::plane::{ControlPlane, now};
use crate::record::{GatewayRecord, Origin, TargetRecord, TargetStatus};
use crate::shapes::request::Body;
use crate::shapes::target::TargetSettings;

/// Quotas of the service: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html>
const MOST_TARGETS: usize = 100;
const MOST_IN_PROGRESS: usize = 5;

impl ControlPlane {
    pub(crate) async fn create_target(
        &self,
        gateway: GatewayId,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let mut body = Body::parse(body)?;
        let token = body.client_token()?;
        if body.get("name").is_none_or(Value::is_null) {
            return Err(ApiError::field("name", "must not be null"));
        }
        let settings = TargetSettings::read(body, &self.options.place.region)?;
        let arn = self.options.place.gateway_arn(&gateway);
        let record = self.change(move |draft| {
            let found = draft.gateway(&gateway)?;
            if let Some(found) = repeated(
                &found.targets,
                |record| record.client_token.as_ref(),
                token.as_ref(),
            )? {
                return Ok(found);
            }
            check_fits(found, None, &settings)?;
            if found.targets.len() >= MOST_TARGETS {
                return Err(ApiError::Quota(format!(
                    "a gateway has at most {MOST_TARGETS} targets"
                )));
            }
            let id = loop {
                let id = TargetId::generate();
                if found.target(&id).is_none() {
                    break id;
                }
            };
            let mut record = TargetRecord::new(id, settings, Origin::Api, now());
            record.client_token = token;
            draft.put_target(&gateway, record.clone());
            Ok(Arc::new(record))
        });
        Ok(record.await?.view(&arn))
    }

    pub(crate) fn get_target(&self, gateway: &GatewayId, id: &TargetId) -> Result<Value, ApiError> {
        let record = self.gateway(gateway)?;
        let target = record
            .target(id)
            .ok_or_else(|| crate::draft::no_target(gateway, id))?;
        Ok(target.view(&self.options.place.gateway_arn(gateway)))
    }

    pub(crate) fn list_targets(
        &self,
        gateway: &GatewayId,
        query: Option<&str>,
    ) -> Result<Value, ApiError> {
        let request = PageRequest::parse(query, gateway.as_str())?;
        let record = self.gateway(gateway)?;
        let page = Page::of(&record.targets, &request, |target| target.id.as_str());
        Ok(page.answer(TargetRecord::summary))
    }

    pub(crate) async fn update_target(
        &self,
        gateway: GatewayId,
        id: TargetId,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let mut body = Body::parse(body)?;
        let place = self.options.place.clone();
        self.change(move |draft| {
            let mut record = changeable(draft, &gateway, &id)?;
            body.default("name", || record.settings.name.clone().into());
            let settings = TargetSettings::read(body, &place.region)?;
            check_fits(draft.gateway(&gateway)?, Some(&id), &settings)?;
            record.pending = Some(settings);
            begin(&mut record, TargetStatus::Updating);
            draft.put_target(&gateway, record.clone());
            Ok(record.view(&place.gateway_arn(&gateway)))
        })
        .await
    }

    pub(crate) async fn delete_target(
        &self,
        gateway: GatewayId,
        id: TargetId,
    ) -> Result<Value, ApiError> {
        let arn = self.options.place.gateway_arn(&gateway);
        self.change(move |draft| {
            changeable(draft, &gateway, &id)?;
            draft.remove_target(&gateway, &id);
            Ok(json!({ "gatewayArn": arn, "targetId": id, "status": TargetStatus::Deleting }))
        })
        .await
    }

    pub(crate) async fn synchronize(
        &self,
        gateway: GatewayId,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let mut body = Body::parse(body)?;
        let ids: Vec<TargetId> = body
            .take("targetIdList")?
            .ok_or_else(|| ApiError::field("targetIdList", "must not be null"))?;
        let Ok([id]) = <[TargetId; 1]>::try_from(ids) else {
            return Err(ApiError::field(
                "targetIdList",
                "must have exactly 1 element",
            ));
        };
        let arn = self.options.place.gateway_arn(&gateway);
        self.change(move |draft| {
            let mut record = changeable(draft, &gateway, &id)?;
            check_progress(draft.gateway(&gateway)?)?;
            match record.settings.mcp_server() {
                None => {
                    return Err(ApiError::state(format!(
                        "target {id} is no MCP server: its tools are declared"
                    )));
                }
                Some(server) if server.mcp_tool_schema.is_some() => {
                    return Err(ApiError::state(format!(
                        "target {id} has an mcpToolSchema: its tools are declared"
                    )));
                }
                Some(_) => {}
            }
            begin(&mut record, TargetStatus::Synchronizing);
            draft.put_target(&gateway, record.clone());
            Ok(json!({ "targets": [record.view(&arn)] }))
        })
        .await
    }
}

fn begin(record: &mut TargetRecord, status: TargetStatus) {
    record.status = status;
    record.status_reasons.clear();
    record.updated_at = now();
}

/// A target that nothing is going on with, and that callers may change.
fn changeable(draft: &Draft, gateway: &GatewayId, id: &TargetId) -> Result<TargetRecord, ApiError> {
    let record = draft.target(gateway, id)?;
    refuse_manifest(record.origin, "target")?;
    if record.status.in_progress() {
        let status = json!(record.status);
        let status = status.as_str().unwrap_or_default();
        return Err(ApiError::Conflict(format!(
            "target {id} is {status}: wait until that has ended"
        )));
    }
    Ok(TargetRecord::clone(record))
}

/// Checks settings against the gateway that they are for; `id` is the target that has them already.
fn check_fits(
    gateway: &GatewayRecord,
    id: Option<&TargetId>,
    settings: &TargetSettings,
) -> Result<(), ApiError> {
    let mut others = gateway
        .targets
        .iter()
        .filter(|target| Some(&target.id) != id);
    // The name in use and the one that an update is about to give.
    if others.any(|target| {
        target.settings.name == settings.name || target.sent_settings().name == settings.name
    }) {
        let (name, gateway) = (&settings.name, &gateway.id);
        return Err(ApiError::Conflict(format!(
            "a target with name {name} already exists in gateway {gateway}"
        )));
    }
    let metadata = settings.metadata_configuration.as_ref();
    if gateway.settings.has_sessions() && metadata.is_some_and(|metadata| metadata.passes_session())
    {
        let message = "cannot propagate Mcp-Session-Id: the gateway has sessions";
        return Err(ApiError::field("metadataConfiguration", message));
    }
    check_progress(gateway)
}

fn check_progress(gateway: &GatewayRecord) -> Result<(), ApiError> {
    let busy = gateway
        .targets
        .iter()
        .filter(|target| target.status.in_progress())
        .count();
    if busy >= MOST_IN_PROGRESS {
        return Err(ApiError::Throttled(format!(
            "a gateway works on at most {MOST_IN_PROGRESS} targets at once: try again"
        )));
    }
    Ok(())
}
