//! What stands behind a target of the control plane, and how it is tried out.

use std::sync::Arc;

use gateway_control::{
    DryRun, DryRunning, GatewayRecord, McpTarget, TargetConfiguration, TargetRecord, TargetSettings,
};
use lambda_emulator::Emulator;
use serde::Deserialize;
use serde_json::Value;

use crate::chain::Chain;
use crate::invoke::Invoke;
use crate::lambda_function::{FunctionArn, LambdaFunction};
use crate::local_function::LocalFunction;
use crate::mcp_server::McpServer;
use crate::propagation::Propagation;
use crate::target::{Schemas, Target, TargetTool};

/// Finds what stands behind targets: functions of the fleet, Lambda functions, MCP servers.
pub(crate) struct Backends {
    emulator: Emulator,
}

impl Backends {
    pub(crate) fn new(emulator: Emulator) -> Self {
        Self { emulator }
    }

    /// The target that `record` describes.
    ///
    /// # Errors
    ///
    /// One sentence, when something in it is not as the API promises.
    pub(crate) fn target(&self, record: &TargetRecord) -> Result<Target, String> {
        let TargetConfiguration::Mcp(configuration) = &record.settings.target_configuration;
        let (schemas, invoke): (_, Arc<dyn Invoke>) = match configuration {
            McpTarget::Lambda(lambda) => {
                let arn: FunctionArn = lambda.lambda_arn.parse()?;
                match self.of_fleet(&arn) {
                    Some(name) => {
                        let function = LocalFunction::new(self.emulator.clone(), name);
                        (Schemas::Lambda, Arc::new(function))
                    }
                    None => (Schemas::Lambda, Arc::new(LambdaFunction::new(arn))),
                }
            }
            McpTarget::McpServer(server) => {
                (Schemas::McpServer, Arc::new(mcp_server(&server.endpoint)?))
            }
        };
        Ok(Target {
            name: record.settings.name.clone(),
            id: Some(record.id.to_string()),
            tools: record
                .tools()
                .into_iter()
                .map(tool)
                .collect::<Result<_, _>>()?,
            schemas,
            propagation: propagation(&record.settings)?,
            invoke,
        })
    }

    /// What calls of such a target go to, for people: a function of the fleet, an ARN or an address.
    pub(super) fn behind(&self, settings: &TargetSettings) -> String {
        let TargetConfiguration::Mcp(configuration) = &settings.target_configuration;
        match configuration {
            McpTarget::Lambda(lambda) => {
                let arn: Option<FunctionArn> = lambda.lambda_arn.parse().ok();
                let local = arn.and_then(|arn| self.of_fleet(&arn).map(str::to_owned));
                local.unwrap_or_else(|| lambda.lambda_arn.clone())
            }
            McpTarget::McpServer(server) => server.endpoint.clone(),
        }
    }

    /// The function of the fleet that an ARN names, with or without the prefix of an environment: `mcp-server-time` for
    /// `gamma-mcp-server-time`. Region and account do not matter.
    fn of_fleet(&self, arn: &FunctionArn) -> Option<&str> {
        let names = self
            .emulator
            .functions()
            .iter()
            .map(|function| function.name.as_str());
        let mut of_fleet = names.filter(|name| {
            let prefix = arn.name().strip_suffix(name);
            prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('-'))
        });
        of_fleet.next()
    }

    /// Asks what stands behind such a target whether it is there; the tools that it lists, where it lists any.
    ///
    /// # Errors
    ///
    /// One sentence, when it is not.
    pub(super) async fn try_out(&self, settings: &TargetSettings) -> Result<Vec<Value>, String> {
        let TargetConfiguration::Mcp(configuration) = &settings.target_configuration;
        match configuration {
            McpTarget::Lambda(lambda) => {
                let arn: FunctionArn = lambda.lambda_arn.parse()?;
                if self.of_fleet(&arn).is_some() {
                    return Ok(Vec::new());
                }
                let tried = LambdaFunction::new(arn).dry_run().await;
                tried
                    .map(|()| Vec::new())
                    .map_err(|failure| Chain(&failure).to_string())
            }
            McpTarget::McpServer(server) if server.static_tools().is_some() => Ok(Vec::new()),
            McpTarget::McpServer(server) => {
                let tools = mcp_server(&server.endpoint)?.tools().await;
                tools.map_err(|failure| Chain(&failure).to_string())
            }
        }
    }
}

impl DryRun for Backends {
    fn dry_run<'a>(&'a self, _: &'a GatewayRecord, target: &'a TargetSettings) -> DryRunning<'a> {
        Box::pin(self.try_out(target))
    }
}

fn mcp_server(endpoint: &str) -> Result<McpServer, String> {
    let url = endpoint
        .parse()
        .map_err(|error| format!("`{endpoint}` is no URL: {error}"))?;
    Ok(McpServer::new(url))
}

fn tool(tool: Value) -> Result<TargetTool, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Listed {
        name: String,
        #[serde(default)]
        description: String,
        input_schema: Value,
        #[serde(default)]
        output_schema: Option<Value>,
    }
    let Listed {
        name,
        description,
        input_schema,
        output_schema,
    } = serde_json::from_value(tool)
        .map_err(|error| format!("a tool of the target is none: {error}"))?;
    Ok(TargetTool {
        name,
        description,
        input_schema,
        output_schema,
    })
}

fn propagation(settings: &TargetSettings) -> Result<Propagation, String> {
    let mut propagation = Propagation::default();
    if let Some(metadata) = &settings.metadata_configuration {
        for header in metadata.allowed_request_headers.iter().flatten() {
            propagation
                .allow_header(header)
                .map_err(|error| error.to_string())?;
        }
        for parameter in metadata.allowed_query_parameters.iter().flatten() {
            propagation
                .allow_query_parameter(parameter)
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(propagation)
}
