//! Where the gateway listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[derive(clap::Args)]
#[command(next_help_heading = "Addresses")]
pub(super) struct ListenArguments {
    /// Address of the MCP endpoint; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    pub(super) listen: SocketAddr,
    /// Address of the Lambda API; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:9001", value_parser = loopback)]
    pub(super) lambda_listen: SocketAddr,
}

/// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let address = match text.strip_prefix("localhost:") {
        Some(port) => port
            .parse()
            .ok()
            .map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        None => text.parse().ok(),
    };
    address.ok_or("must be an address and a port, such as 127.0.0.1:8080")
}

pub(super) fn loopback(text: &str) -> Result<SocketAddr, &'static str> {
    let address = address(text)?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("must be a loopback address: the Lambda API asks nobody who they are")
    }
}
