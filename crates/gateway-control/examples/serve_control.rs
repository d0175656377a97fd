//! Serves a control plane whose Lambda functions are the ones named on the command line:
//!
//! ```console
//! $ cargo run -p gateway-control --example serve_control -- 127.0.0.1:9002 /tmp/gateways orders
//! $ aws bedrock-agentcore-control list-gateways --endpoint-url http://127.0.0.1:9002
//! ```
//!
//! Port 0 takes a free one. The first line on stdout is the URL. Nothing stands behind the gateways: the program that
//! has their data plane is `gateway`.

use std::env;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use gateway_control::{
    ControlPlane, DryRun, DryRunning, GatewayRecord, Location, McpTarget, Options, Place,
    TargetConfiguration, TargetSettings, app,
};
use serde_json::json;

struct Functions(Vec<String>);

impl DryRun for Functions {
    fn dry_run<'a>(&'a self, _: &'a GatewayRecord, target: &'a TargetSettings) -> DryRunning<'a> {
        let TargetConfiguration::Mcp(target) = &target.target_configuration;
        let outcome = match target {
            McpTarget::McpServer(_) => Ok(vec![
                json!({ "name": "echo", "inputSchema": { "type": "object" } }),
            ]),
            McpTarget::Lambda(lambda) => {
                // `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`
                let name = lambda.lambda_arn.split(':').nth(6).unwrap_or_default();
                if self.0.iter().any(|known| known == name) {
                    Ok(Vec::new())
                } else {
                    Err(format!("function `{name}` does not exist here"))
                }
            }
        };
        Box::pin(async { outcome })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let usage = "expected ADDRESS:PORT FILE FUNCTION...";
    let address = arguments.next().ok_or(usage)?;
    let location = Location::File(arguments.next().ok_or(usage)?.into());
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let options = Options {
        place: Place {
            region: "us-east-1".to_owned(),
            account: "123456789012".to_owned(),
        },
        gateway_url: Arc::new(|id| format!("http://127.0.0.1:8080/{id}/mcp")),
        dry_run: Arc::new(Functions(arguments.collect())),
        dry_run_timeout: Duration::from_secs(30),
    };
    let plane = match ControlPlane::open(&location, options) {
        Ok(plane) => plane,
        Err(error) => {
            writeln!(std::io::stderr(), "serve_control: {error}")?;
            std::process::exit(1);
        }
    };
    writeln!(std::io::stdout(), "{url}")?;
    tokio::select! {
        served = axum::serve(listener, app(plane)) => served?,
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    Ok(())
}
