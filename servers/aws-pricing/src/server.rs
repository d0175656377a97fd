//! The server: settings, and a client that is built when first needed.

use std::sync::Arc;

use aws_clients::{Aws, AwsError, Clients, RegionName, Scope, Session};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool_handler};

use crate::config::{Config, ConfigError};
use crate::endpoint;

/// The region when nothing names one, as upstream has it.
const FALLBACK_REGION: &str = "us-east-1";

/// The server. Clones are cheap and share clients and connections.
#[derive(Debug, Clone)]
pub struct Server {
    pub(crate) config: Arc<Config>,
    aws: Aws,
    pricing: Clients<aws_sdk_pricing::Client>,
    tools: ToolRouter<Self>,
}

/// A client for one call, and what its errors need to know.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) session: Session,
    pub(crate) client: aws_sdk_pricing::Client,
    /// The server's own region, which the endpoint was chosen by.
    pub(crate) own_region: RegionName,
}

impl Server {
    /// Reads the settings. Touches neither network nor disk, and misses nothing that is not there.
    ///
    /// # Errors
    ///
    /// For a setting that is malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Config::from_env(args).map(|config| Self::new(config, Aws::builder()))
    }

    /// The server with settings and AWS set-up from somewhere else.
    pub fn new(config: Config, aws: aws_clients::Builder) -> Self {
        let fallback = RegionName::try_from(FALLBACK_REGION.to_owned()).expect("a region");
        let mut aws = aws.fallback_region(fallback);
        if let Some(endpoint) = &config.endpoint {
            aws = aws.endpoint_url(endpoint);
        }
        let aws = aws.build();
        Self {
            config: Arc::new(config),
            pricing: Clients::new(aws.clone(), aws_sdk_pricing::Client::new),
            aws,
            tools: Self::tools(),
        }
    }

    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::analyze_cdk_project_router()
            + Self::analyze_terraform_project_router()
            + Self::get_pricing_router()
            + Self::get_bedrock_patterns_router()
            + Self::generate_cost_report_router()
            + Self::get_pricing_service_codes_router()
            + Self::get_pricing_service_attributes_router()
            + Self::get_pricing_attribute_values_router()
            + Self::get_price_list_urls_router()
    }

    /// The client of the endpoint that knows the prices of a region; `None`: the nearest one.
    pub(crate) async fn api(&self, asked: Option<&str>) -> Result<Api, AwsError> {
        let own_region = self.aws.region(&Scope::default()).await?;
        let endpoint = endpoint::for_call(own_region.as_str(), asked);
        let scope = Scope {
            region: Some(RegionName::try_from(endpoint.to_owned()).expect("a region")),
            profile: None,
        };
        let (session, client) = self.pricing.get(&scope).await?;
        Ok(Api {
            session,
            client,
            own_region,
        })
    }
}

#[tool_handler(
    router = self.tools,
    name = "aws-pricing",
    instructions = "Looks up AWS prices. Find the service with `get_pricing_service_codes`, its \
        filters with `get_pricing_service_attributes` and `get_pricing_attribute_values`, then ask \
        `get_pricing` for one region with narrow filters. Prices are list prices, without \
        discounts, taxes or free tier. `generate_cost_report` writes up what was found. For whole \
        price files use `get_price_list_urls`."
)]
impl ServerHandler for Server {}
