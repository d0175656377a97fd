//! The operations on gateways.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::error::{ApiError, Reason};
use crate::ids::GatewayId;
use crate::page::{Page, PageRequest};
use crate::plane::{ControlPlane, now};
use crate::record::{GatewayRecord, GatewayStatus, Origin};
use crate::shapes::gateway::GatewaySettings;
use crate::shapes::request::{Body, ClientToken, MOST_TAGS};

/// Quota of the service: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html>
const MOST_GATEWAYS: usize = 1000;

impl ControlPlane {
    pub(crate) async fn create_gateway(&self, body: &[u8]) -> Result<Value, ApiError> {
        let mut body = Body::parse(body)?;
        let token = body.client_token()?;
        let tags = body.tags()?.unwrap_or_default();
        if tags.len() > MOST_TAGS {
            return Err(ApiError::field(
                "tags",
                format!("must have at most {MOST_TAGS} entries"),
            ));
        }
        let settings = GatewaySettings::for_create(body)?;
        let record = self.change(move |draft| {
            if let Some(found) = repeated(
                draft.gateways(),
                |record| record.client_token.as_ref(),
                token.as_ref(),
            )? {
                return Ok(found);
            }
            if draft
                .gateways()
                .iter()
                .any(|record| record.settings.name == settings.name)
            {
                return Err(ApiError::Conflict(format!(
                    "a gateway with name {} already exists",
                    settings.name
                )));
            }
            if draft.gateways().len() >= MOST_GATEWAYS {
                return Err(ApiError::Quota(format!(
                    "an account has at most {MOST_GATEWAYS} gateways"
                )));
            }
            let id = loop {
                let id = GatewayId::generate(&settings.name);
                if draft.gateway(&id).is_err() {
                    break id;
                }
            };
            let now = now();
            let record = GatewayRecord {
                id,
                settings,
                origin: Origin::Api,
                created_at: now,
                updated_at: now,
                tags,
                client_token: token,
                targets: Vec::new(),
            };
            draft.put_gateway(record.clone());
            Ok(Arc::new(record))
        });
        Ok(self.gateway_view(&*record.await?, GatewayStatus::Creating))
    }

    pub(crate) fn get_gateway(&self, id: &GatewayId) -> Result<Value, ApiError> {
        Ok(self.gateway_view(&*self.gateway(id)?, GatewayStatus::Ready))
    }

    pub(crate) fn list_gateways(&self, query: Option<&str>) -> Result<Value, ApiError> {
        let request = PageRequest::parse(query, "gateways")?;
        let snapshot = self.snapshot();
        let page = Page::of(&snapshot, &request, |gateway| gateway.id.as_str());
        Ok(page.answer(GatewayRecord::summary))
    }

    pub(crate) async fn update_gateway(
        &self,
        id: GatewayId,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let body = Body::parse(body)?;
        let record = self.change(move |draft| {
            let current = draft.gateway(&id)?;
            let settings = GatewaySettings::for_update(body, &current.settings)?;
            refuse_manifest(current.origin, "gateway")?;
            let passes_session = current.targets.iter().find(|target| {
                let metadata = target.sent_settings().metadata_configuration.as_ref();
                metadata.is_some_and(|metadata| metadata.passes_session())
            });
            if let Some(target) = passes_session.filter(|_| settings.has_sessions()) {
                return Err(ApiError::state(format!(
                    "sessions cannot be turned on while target {} propagates the header Mcp-Session-Id",
                    target.id
                )));
            }
            let mut record = GatewayRecord::clone(current);
            record.settings = settings;
            record.updated_at = now();
            draft.put_gateway(record.clone());
            Ok(record)
        });
        Ok(self.gateway_view(&record.await?, GatewayStatus::Updating))
    }

    pub(crate) async fn delete_gateway(&self, id: GatewayId) -> Result<Value, ApiError> {
        self.change(move |draft| {
            let current = draft.gateway(&id)?;
            refuse_manifest(current.origin, "gateway")?;
            if !current.targets.is_empty() {
                // A ValidationException, as the live service has it.
                return Err(ApiError::state(format!(
                    "Gateway {id} has targets associated with it. Delete all targets before deleting the gateway."
                )));
            }
            draft.remove_gateway(&id);
            Ok(json!({ "gatewayId": id, "status": GatewayStatus::Deleting.name() }))
        })
        .await
    }

    fn gateway_view(&self, record: &GatewayRecord, status: GatewayStatus) -> Value {
        record.view(
            &self.options.place,
            &(self.options.gateway_url)(&record.id),
            status,
        )
    }
}

/// What an earlier request with this token created.
pub(crate) fn repeated<T>(
    records: &[Arc<T>],
    token_of: impl Fn(&T) -> Option<&ClientToken>,
    token: Option<&ClientToken>,
) -> Result<Option<Arc<T>>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let same = |record: &&Arc<T>| token_of(record).is_some_and(|other| other.token == token.token);
    let Some(found) = records.iter().find(same) else {
        return Ok(None);
    };
    if token_of(found).is_some_and(|other| other.fingerprint == token.fingerprint) {
        return Ok(Some(found.clone()));
    }
    Err(ApiError::Validation {
        message: "this clientToken was used for a request with other parameters".to_owned(),
        reason: Reason::IdempotentParameterMismatch,
        fields: Vec::new(),
    })
}

/// Refuses to change what `servers.yaml` declares.
pub(crate) fn refuse_manifest(origin: Origin, what: &str) -> Result<(), ApiError> {
    match origin {
        Origin::Api => Ok(()),
        Origin::Manifest => Err(ApiError::state(format!(
            "this {what} is declared in servers.yaml and cannot be changed through the API: edit the file and restart"
        ))),
    }
}
