//! Starts the control plane beside the data plane.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use gateway_auth::IamConfig;
use gateway_control::{ControlPlane, Location, Options, Place, Snapshot};
use lambda_emulator::Emulator;
use tokio::sync::watch;

use super::backends::Backends;
use super::follow::Follower;
use super::own;
use crate::fleet::Member;
use crate::gateways::Gateways;
use crate::http::Reach;
use crate::propagated::AllowLists;

/// Longest time for trying a target out.
const DRY_RUN_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest time that an answer waits for what it says to be served.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(5);

/// Whose signatures are good at gateways of the type `AWS_IAM`.
pub(super) type Signers = IamConfig;

/// A control plane.
#[derive(Clone, Debug)]
pub struct Control {
    /// Its address.
    pub listen: SocketAddr,
    /// The file that holds what callers created; without one it ends with the process.
    pub state: Option<PathBuf>,
    /// Whose signatures are good at gateways of the type `AWS_IAM`; without them such gateways are not served.
    pub signers: Option<IamConfig>,
}

/// The data plane that a control plane changes.
pub(crate) struct DataPlane<'a> {
    pub(crate) gateways: &'a Arc<Gateways>,
    pub(crate) emulator: &'a Emulator,
    pub(crate) members: &'a [Member],
    pub(crate) propagated: &'a AllowLists,
    pub(crate) address: SocketAddr,
    pub(crate) reach: Reach,
}

/// Opens the state, puts the fleet into it, and follows it.
///
/// # Errors
///
/// When the state cannot be used, or the fleet is not what the API allows.
pub(crate) async fn start(control: &Control, data: DataPlane<'_>) -> anyhow::Result<axum::Router> {
    let backends = Arc::new(Backends::new(data.emulator.clone()));
    // Where the functions of the fleet are, too.
    let emulated = lambda_emulator::Options::default();
    let place = Place {
        region: emulated.region,
        account: emulated.account,
    };
    let address = data.address;
    let location = match &control.state {
        Some(file) => Location::File(file.clone()),
        None => Location::Memory,
    };
    let fleet = own::described(data.gateways.own(), data.members, &place)?;
    let options = Options {
        place,
        gateway_url: Arc::new(move |id| format!("http://{address}/{id}/mcp")),
        dry_run: Arc::clone(&backends) as _,
        dry_run_timeout: DRY_RUN_TIMEOUT,
    };
    let plane = ControlPlane::open(&location, options).context("the control plane's state")?;
    plane
        .ensure_fleet(fleet)
        .await
        .context("the fleet in the control plane")?;
    let follower = Follower {
        plane: Arc::clone(&plane),
        gateways: Arc::clone(data.gateways),
        backends,
        base: data.gateways.own().current().settings.clone(),
        propagated: data.propagated.clone(),
        signers: control.signers.clone(),
        reach: data.reach,
        served: watch::Sender::new(Snapshot::from([])),
    };
    let served = follower.served.subscribe();
    tokio::spawn(follower.run());
    let state = (Arc::clone(&plane), served);
    Ok(gateway_control::app(plane).layer(from_fn_with_state(state, answer_when_served)))
}

type Served = (Arc<ControlPlane>, watch::Receiver<Snapshot>);

/// Middleware: what an answer says is served by the time it is sent.
async fn answer_when_served(
    State((plane, mut served)): State<Served>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let caught_up = served.wait_for(|served| Arc::ptr_eq(served, &plane.snapshot()));
    if tokio::time::timeout(CATCH_UP_TIMEOUT, caught_up)
        .await
        .is_err()
    {
        tracing::warn!("the control plane answered before its changes were served");
    }
    response
}
