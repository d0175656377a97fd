#![doc = include_str!("../README.md")]

mod check;
mod draft;
mod endpoint;
mod error;
mod fleet;
mod gateways;
mod http;
mod ids;
mod page;
mod plane;
mod progress;
mod record;
mod shapes;
mod store;
mod tags;
mod targets;

pub use endpoint::{Endpoint, GatewayName, LoadError, Loaded, load_from_endpoint};
pub use error::{ApiError, Field, Reason};
pub use fleet::{FleetGateway, FleetTarget};
pub use gateway_auth::AuthorizerConfiguration;
pub use http::app;
pub use ids::{GatewayId, InvalidId, Place, TargetId};
pub use plane::{ControlPlane, DryRun, DryRunning, Options, Snapshot};
pub use record::{GatewayRecord, Origin, TargetRecord, TargetStatus};
pub use shapes::credentials::{
    CredentialProvider, CredentialProviderConfiguration, CredentialProviderType,
    IamCredentialProvider,
};
pub use shapes::gateway::{
    AuthorizerType, ExceptionLevel, GatewaySettings, McpConfiguration, PROTOCOL_VERSIONS,
    ProtocolConfiguration, ProtocolType, SearchType, SessionConfiguration, StreamingConfiguration,
    WafConfiguration, WafFailureMode,
};
pub use shapes::headers::MetadataConfiguration;
pub use shapes::mcp_server::{ListingMode, McpServerTarget, McpToolSchema};
pub use shapes::restricted::is_restricted_header;
pub use shapes::target::{
    LambdaTarget, McpTarget, TargetConfiguration, TargetSettings, ToolSchema,
};
pub use shapes::tool::{SchemaDefinition, SchemaType, ToolDefinition};
pub use store::{Location, OpenError, SaveError};
