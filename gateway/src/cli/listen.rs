//! Where the gateway listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[derive(clap::Args)]
#[command(next_help_heading = "Addresses")]
pub(super) struct ListenArguments {
    /// Address of the MCP endpoint; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = loopback)]
    pub(super) listen: SocketAddr,
    /// Address of the Lambda API; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:9001", value_parser = loopback)]
    pub(super) lambda_listen: SocketAddr,
}

/// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address = match text.strip_prefix("localhost:") {
        Some(port) => port
            .parse()
            .ok()
            .map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        None => text.parse().ok(),
    };
    match address {
        None => Err("must be an address and a port, such as 127.0.0.1:8080".to_owned()),
        Some(address) if !address.ip().is_loopback() => {
            Err("must be a loopback address: this gateway asks nobody who they are".to_owned())
        }
        Some(address) => Ok(address),
    }
}
