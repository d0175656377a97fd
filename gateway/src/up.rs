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
use crate::catalog::{Catalog, Target, TargetTool};
use crate::console::Console;
use crate::control::{self, Control, DataPlane};
use crate::fleet::{self, Limits, Member, Paths, Variable};
use crate::gateway::{Gateway, Settings};
use crate::gateways::Gateways;
use crate::http;
use crate::http::Reach;
use crate::local_function::LocalFunction;
use crate::outcome::ResultMode;
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
}

/// Runs the fleet until SIGINT or SIGTERM; then ends every process and returns.
///
/// # Errors
///
/// When something is missing or a port is taken. Nothing was started then.
pub async fn up(up: Up) -> anyhow::Result<()> {
    let reach = reach(&up)?;
    let members = fleet::load(&up.paths, up.limits, &up.variables)?;
    up.propagated.check(&members)?;
    let ports = Ports::bind(&up).await?;
    // Before anything is announced: whoever reads the announcement may send the signal.
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let addresses = ports.addresses()?;
    let announcement = announcement(&members, addresses, &up.settings);
    let emulator = emulator(&members)?;
    warn_of_output_schemas(&members, up.settings.result_mode);
    let catalog = catalog(&members, &emulator, &up.propagated)?;
    let own = Gateway::new(catalog, up.settings)?;
    let gateways = Arc::new(Gateways::new(Arc::new(own)));
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

/// Who can reach the gateway; others than this machine only if it asks who they are.
fn reach(up: &Up) -> anyhow::Result<Reach> {
    if up.listen.ip().is_loopback() {
        return Ok(Reach::ThisMachine);
    }
    anyhow::ensure!(
        up.settings.auth.is_some(),
        "others can reach {}, and the gateway would ask nobody who they are\nhint: add `--auth jwt` or `--auth iam`, or listen \
         on a loopback address",
        up.listen
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

fn catalog(
    members: &[Member],
    emulator: &Emulator,
    propagated: &AllowLists,
) -> anyhow::Result<Catalog> {
    let targets: anyhow::Result<Vec<Target>> = members
        .iter()
        .map(|Member { target, function }| {
            let propagation = propagated.of(&target.id)?;
            let tools = target.tools.iter().cloned().map(TargetTool::from).collect();
            let function = LocalFunction::new(emulator.clone(), function.name.as_str());
            let target = Target::lambda(target.id.as_str(), tools, Arc::new(function));
            Ok(Target {
                propagation,
                ..target
            })
        })
        .collect();
    Ok(Catalog::new(targets?)?)
}

impl From<fleet_manifest::TargetTool> for TargetTool {
    fn from(tool: fleet_manifest::TargetTool) -> Self {
        Self {
            name: tool.name,
            description: tool.description,
            input_schema: tool.input_schema,
            output_schema: tool.output_schema,
        }
    }
}

/// A wrapped result has no structured content, and clients that check results against output schemas refuse it.
fn warn_of_output_schemas(members: &[Member], mode: ResultMode) {
    let tools = members.iter().flat_map(|member| &member.target.tools);
    let declaring = tools.filter(|tool| tool.output_schema.is_some()).count();
    if declaring > 0 && mode == ResultMode::Wrap {
        tracing::warn!(
            "{declaring} tools declare an output schema, and wrapped results have no structured content: clients that check, \
             such as the Python `mcp` package and the MCP Inspector, refuse them. `--result-mode passthrough` keeps \
             structured content; `target.json` without output schemas works in both modes"
        );
    }
}
