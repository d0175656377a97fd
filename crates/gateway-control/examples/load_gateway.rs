//! Prints a gateway of any control plane as the local gateway would load it:
//!
//! ```console
//! $ cargo run -p gateway-control --example load_gateway -- http://127.0.0.1:9002 us-east-1 my-gateway
//! ```

use std::env;
use std::error::Error;
use std::io::Write as _;

use aws_clients::{Aws, Scope};
use gateway_control::{Endpoint, GatewayName, load_from_endpoint};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [url, region, name] =
        <[String; 3]>::try_from(arguments).map_err(|_| "expected URL REGION GATEWAY")?;
    let session = Aws::from_env().session(&Scope::default()).await?;
    let endpoint = Endpoint {
        url: url.parse()?,
        region: region.try_into()?,
        credentials: session
            .config()
            .credentials_provider()
            .ok_or("no credentials")?,
    };
    let loaded = match load_from_endpoint(&endpoint, Some(&GatewayName::try_from(name)?)).await {
        Ok(loaded) => loaded,
        Err(error) => {
            writeln!(std::io::stderr(), "load_gateway: {error}")?;
            std::process::exit(1);
        }
    };
    let targets: Vec<_> = loaded
        .gateway
        .targets
        .iter()
        .map(|target| &target.settings)
        .collect();
    let shown = json!({
        "id": loaded.gateway.id,
        "settings": loaded.gateway.settings,
        "targets": targets,
        "leftOut": loaded.left_out,
    });
    writeln!(std::io::stdout(), "{shown:#}")?;
    Ok(())
}
