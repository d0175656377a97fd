//! `gateway up`: the fleet, its gateway and its Lambda API, until a signal ends them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::serve::ListenerExt as _;
use lambda_emulator::{Emulator, Options};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::announcement::announcement;
use crate::catalog::{Catalog, Target, TargetTool};
use crate::console::Console;
use crate::fleet::{self, Limits, Member, Paths, Variable};
use crate::gateway::{Gateway, Settings};
use crate::gateways::Gateways;
use crate::http::Reach;
use crate::local_function::LocalFunction;
use crate::outcome::ResultMode;
use crate::propagated::AllowLists;
use crate::{http, loopback};

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
    let mcp = bind(up.listen, "--listen").await?;
    let lambda = bind(up.lambda_listen, "--lambda-listen").await?;
    // Before anything is announced: whoever reads the announcement may send the signal.
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );

    let announcement = announcement(
        &members,
        mcp.local_addr()?,
        lambda.local_addr()?,
        &up.settings,
    );
    let emulator = emulator(&members)?;
    warn_of_output_schemas(&members, up.settings.result_mode);
    let own = Gateway::new(catalog(members, &emulator, &up.propagated)?, up.settings)?;
    let gateways = Arc::new(Gateways::new(Arc::new(own)));
    let stop = CancellationToken::new();
    let lambda_api = emulator
        .lambda_api()
        .layer(axum::middleware::from_fn(loopback::only));
    let mcp = tokio::spawn(serve(
        mcp,
        http::app(Arc::clone(&gateways), reach),
        stop.clone(),
    ));
    let lambda = tokio::spawn(serve(lambda, lambda_api, stop.clone()));
    let mut servers =
        tokio::spawn(async move { tokio::try_join!(flatten(mcp), flatten(lambda)).map(drop) });
    std::io::stdout()
        .lock()
        .write_all(announcement.as_bytes())?;

    let ended = tokio::select! {
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
        ended = &mut servers => Some(ended),
    };
    stop.cancel();
    gateways.close();
    // Calls under way end with their processes, and their connections with them.
    emulator.shutdown().await;
    match ended {
        None => drop(tokio::time::timeout(DRAIN, servers).await),
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

async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        match error.kind() {
            std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
                "port {port} is in use ({address})\nhint: end the program that uses it, or choose another port with `{flag}`"
            ),
            _ => anyhow::anyhow!("cannot listen on {address} (`{flag}`): {error}"),
        }
    })
}

async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) -> std::io::Result<()> {
    // Answers are one small write: waiting to fill a packet would only delay them.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, app)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

async fn flatten(task: tokio::task::JoinHandle<std::io::Result<()>>) -> anyhow::Result<()> {
    Ok(task.await??)
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
    members: Vec<Member>,
    emulator: &Emulator,
    propagated: &AllowLists,
) -> anyhow::Result<Catalog> {
    let targets: anyhow::Result<Vec<Target>> = members
        .into_iter()
        .map(|member| {
            let propagation = propagated.of(&member.target.id)?;
            let tools = member
                .target
                .tools
                .into_iter()
                .map(TargetTool::from)
                .collect();
            let function = LocalFunction::new(emulator.clone(), member.function.name);
            let target = Target::lambda(member.target.id, tools, Arc::new(function));
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
