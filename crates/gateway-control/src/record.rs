//! What is known of a gateway and of a target: the form in the store, and the form in answers.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ids::{GatewayId, Place, TargetId};
use crate::shapes::gateway::GatewaySettings;
use crate::shapes::request::{ClientToken, Tags};
use crate::shapes::target::{McpTarget, TargetConfiguration, TargetSettings};

/// Who declared a gateway or a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// A caller of this API, who may change it.
    Api,
    /// `servers.yaml`, where it is changed.
    Manifest,
}

/// `GatewayStatus`, as far as a local gateway has it: nothing has to be created, so it is ready at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GatewayStatus {
    Creating,
    Updating,
    Deleting,
    Ready,
}

/// `TargetStatus`, without the states of user consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum TargetStatus {
    Creating,
    Updating,
    UpdateUnsuccessful,
    Deleting,
    Ready,
    Failed,
    Synchronizing,
    SynchronizeUnsuccessful,
}

/// A gateway and its targets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRecord {
    /// Its id.
    pub id: GatewayId,
    /// What its owner chose.
    pub settings: GatewaySettings,
    /// Who declared it.
    pub origin: Origin,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its settings were last changed.
    pub updated_at: Timestamp,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
    #[serde(default)]
    pub(crate) client_token: Option<ClientToken>,
    /// Sorted by id. Stored on their own.
    #[serde(skip)]
    pub targets: Vec<Arc<TargetRecord>>,
}

/// A target.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetRecord {
    /// Its id.
    pub id: TargetId,
    /// What is served. While a change is tried out these are the settings before it.
    pub settings: TargetSettings,
    /// Who declared it.
    pub origin: Origin,
    /// Where it is in its life.
    pub status: TargetStatus,
    /// Why it is there, when something went wrong.
    #[serde(default)]
    pub status_reasons: Vec<String>,
    /// Whether calls are sent to it: it has been ready once and its settings still hold.
    pub served: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When its tools were last asked for. MCP servers only.
    #[serde(default)]
    pub last_synchronized_at: Option<Timestamp>,
    /// The tools that an MCP server listed, as MCP writes them. Empty for other targets.
    #[serde(default)]
    pub listed_tools: Vec<Value>,
    /// Settings of an update that is being tried out.
    #[serde(default)]
    pub(crate) pending: Option<TargetSettings>,
    #[serde(default)]
    pub(crate) client_token: Option<ClientToken>,
}

impl GatewayStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Updating => "UPDATING",
            Self::Deleting => "DELETING",
            Self::Ready => "READY",
        }
    }
}

impl TargetStatus {
    /// Whether something is still going on, so that the target cannot be changed.
    pub(crate) fn in_progress(self) -> bool {
        matches!(
            self,
            Self::Creating | Self::Updating | Self::Synchronizing | Self::Deleting
        )
    }
}

impl GatewayRecord {
    /// The target of this id.
    pub fn target(&self, id: &TargetId) -> Option<&Arc<TargetRecord>> {
        let index = self
            .targets
            .binary_search_by(|target| target.id.cmp(id))
            .ok()?;
        self.targets.get(index)
    }

    /// The answer of Get, Create and Update.
    pub(crate) fn view(&self, place: &Place, url: &str, status: GatewayStatus) -> Value {
        let mut view = object(&self.settings);
        view.extend(members(json!({
            "gatewayArn": place.gateway_arn(&self.id),
            "gatewayId": self.id,
            "gatewayUrl": url,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "status": status.name(),
            "workloadIdentityDetails": { "workloadIdentityArn": place.workload_identity_arn(&self.id) },
        })));
        Value::Object(view)
    }

    /// An element of ListGateways.
    pub(crate) fn summary(&self) -> Value {
        let mut view = members(json!({
            "gatewayId": self.id,
            "name": self.settings.name,
            "status": GatewayStatus::Ready.name(),
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "authorizerType": self.settings.authorizer_type,
        }));
        insert_some(&mut view, "description", self.settings.description.as_ref());
        insert_some(
            &mut view,
            "protocolType",
            self.settings.protocol_type.as_ref(),
        );
        Value::Object(view)
    }
}

impl TargetRecord {
    /// A target that nothing is known of yet but its settings.
    pub(crate) fn new(
        id: TargetId,
        settings: TargetSettings,
        origin: Origin,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            settings,
            origin,
            status: TargetStatus::Creating,
            status_reasons: Vec::new(),
            served: false,
            created_at: now,
            updated_at: now,
            last_synchronized_at: None,
            listed_tools: Vec::new(),
            pending: None,
            client_token: None,
        }
    }

    /// The tools that are served, as MCP writes them, without the target's prefix.
    pub fn tools(&self) -> Vec<Value> {
        let TargetConfiguration::Mcp(target) = &self.settings.target_configuration;
        match target {
            McpTarget::Lambda(lambda) => lambda.tools().iter().map(|tool| json!(tool)).collect(),
            McpTarget::McpServer(server) => server
                .static_tools()
                .unwrap_or_else(|| self.listed_tools.clone()),
        }
    }

    /// The settings as the owner last sent them.
    pub(crate) fn sent_settings(&self) -> &TargetSettings {
        self.pending.as_ref().unwrap_or(&self.settings)
    }

    /// The answer of Get, Create, Update and Synchronize.
    pub(crate) fn view(&self, gateway_arn: &str) -> Value {
        let mut view = object(self.sent_settings());
        view.extend(members(json!({
            "gatewayArn": gateway_arn,
            "targetId": self.id,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "status": self.status,
            "protocolType": "MCP",
        })));
        if !self.status_reasons.is_empty() {
            view.insert("statusReasons".to_owned(), json!(self.status_reasons));
        }
        insert_some(
            &mut view,
            "lastSynchronizedAt",
            self.last_synchronized_at.as_ref(),
        );
        Value::Object(view)
    }

    /// An element of ListGatewayTargets.
    pub(crate) fn summary(&self) -> Value {
        let settings = self.sent_settings();
        let mut view = members(json!({
            "targetId": self.id,
            "name": settings.name,
            "status": self.status,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "targetType": settings.target_type(),
        }));
        insert_some(&mut view, "description", settings.description.as_ref());
        insert_some(
            &mut view,
            "lastSynchronizedAt",
            self.last_synchronized_at.as_ref(),
        );
        if let Some(server) = settings.mcp_server() {
            insert_some(
                &mut view,
                "resourcePriority",
                server.resource_priority.as_ref(),
            );
            insert_some(&mut view, "listingMode", server.listing_mode.as_ref());
        }
        Value::Object(view)
    }
}

fn object(shape: &impl Serialize) -> Map<String, Value> {
    members(serde_json::to_value(shape).expect("shapes have string keys only"))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn insert_some(view: &mut Map<String, Value>, name: &str, value: Option<&impl Serialize>) {
    if let Some(value) = value {
        view.insert(name.to_owned(), json!(value));
    }
}
