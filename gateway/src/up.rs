//! `gateway up`: the fleet, its gateway and its Lambda API, until a signal ends them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lambda_emulator::{Emulator, Options};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::announcement::announcement;
use crate::console::Console;
use crate::control::{self, Control, DataPlane, Deployed};
use crate::fleet::{self, Limits, Member, Paths, Variable};
use crate::gateway::{Gateway, Settings};
use crate::gateways::Gateways;
use crate::http;
use crate::http::Reach;
use crate::own::Own;
use crate::ports::Ports;
use crate::propagated::AllowLists;

/// How long open connections may hold up the end.
const DRAIN: Duration = Duration::from_secs(5);

/// What to run, and where.
#[derive(Clone, Debug)]
pub struct Up {
    /// The fleet.
    pub paths: Paths,
    /// What its functions may use.
    pub limits: Limits,
    /// Variables over those of the manifest.
    pub variables: Vec<Variable>,
    /// What servers are sent of a client's headers and query parameters.
    pub propagated: AllowLists,
    /// Address of the MCP endpoint.
    pub listen: SocketAddr,
    /// Address of the Lambda API.
    pub lambda_listen: SocketAddr,
    /// How the gateway behaves.
    pub settings: Settings,
    /// The control plane, if there is to be one.
    pub control: Option<Control>,
    /// A gateway to serve in place of the fleet's own.
    pub deployed: Option<Deployed>,
}

/// Runs the fleet until SIGINT or SIGTERM; then ends every process and returns.
///
/// # Errors
///
/// When something is missing or a port is taken. Nothing was started then.
pub async fn up(up: Up) -> anyhow::Result<()> {
    let members = fleet::load(&up.paths, up.limits, &up.variables)?;
    up.propagated.check(&members)?;
    let emulator = emulator(&members)?;
    let own = own(&up, &members, &emulator).await?;
    let reach = reach(up.listen, &own.gateway)?;
    let ports = Ports::bind(&up).await?;
    // Before anything is announced: whoever reads the announcement may send the signal.
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let addresses = ports.addresses()?;
    let announcement = announcement(&own, addresses);
    let gateways = Arc::new(Gateways::new(Arc::new(own.gateway)));
    let data_plane = DataPlane {
        gateways: &gateways,
        emulator: &emulator,
        members: &members,
        propagated: &up.propagated,
        address: addresses.mcp,
        reach,
    };
    let control = match &up.control {
        Some(control) => Some(control::start(control, data_plane).await?),
        None => None,
    };
    let stop = CancellationToken::new();
    let mut servers = ports.serve(
        http::app(Arc::clone(&gateways), reach),
        emulator.lambda_api(),
        control,
        &stop,
    );
    std::io::stdout()
        .lock()
        .write_all(announcement.as_bytes())?;

    let ended = tokio::select! {
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
        ended = servers.join_next() => ended,
    };
    stop.cancel();
    gateways.close();
    // Calls under way end with their processes, and their connections with them.
    emulator.shutdown().await;
    match ended {
        None => drop(tokio::time::timeout(DRAIN, servers.join_all()).await),
        Some(ended) => ended?.context("the gateway stopped serving")?,
    }
    Ok(())
}

/// The gateway at `/mcp`.
async fn own(up: &Up, members: &[Member], emulator: &Emulator) -> anyhow::Result<Own> {
    match &up.deployed {
        None => Own::of_fleet(members, emulator, &up.propagated, up.settings.clone()),
        Some(deployed) => deployed.load(emulator, &up.settings).await,
    }
}

/// Who can reach the gateway; others than this machine only if it asks who they are.
fn reach(listen: SocketAddr, own: &Gateway) -> anyhow::Result<Reach> {
    if listen.ip().is_loopback() {
        return Ok(Reach::ThisMachine);
    }
    anyhow::ensure!(
        own.current().settings.auth.is_some(),
        "others can reach {listen}, and the gateway would ask nobody who they are\nhint: add `--auth jwt` or `--auth iam`, \
         or listen on a loopback address"
    );
    Ok(Reach::Network)
}

fn emulator(members: &[Member]) -> anyhow::Result<Emulator> {
    let console = Console::start();
    let reports = console.clone();
    let options = Options {
        on_report: Arc::new(move |report| reports.line(prefix(&report.function), report)),
        on_log: Arc::new(move |function, line| console.line(prefix(function), line)),
        ..Options::default()
    };
    let functions = members
        .iter()
        .map(|member| member.function.clone())
        .collect();
    Ok(Emulator::new(functions, options)?)
}

/// The target of a function, from its name.
fn prefix(function: &str) -> &str {
    function.strip_prefix("mcp-server-").unwrap_or(function)
}
