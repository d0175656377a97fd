//! The control plane: the state, who changes it, and who is told.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use jiff::{Timestamp, Unit};
use serde_json::Value;
use tokio::sync::watch;

use crate::draft::Draft;
use crate::error::ApiError;
use crate::ids::{GatewayId, Place};
use crate::progress;
use crate::record::GatewayRecord;
use crate::shapes::target::TargetSettings;
use crate::store::{Location, OpenError, Store, Write};

/// All gateways with their targets, sorted by id. Never changes: a change makes a new one.
pub type Snapshot = Arc<[Arc<GatewayRecord>]>;

/// The future that [`DryRun::dry_run`] returns: the tools, or one sentence for `statusReasons`.
pub type DryRunning<'a> = Pin<Box<dyn Future<Output = Result<Vec<Value>, String>> + Send + 'a>>;

/// Tries a target out before it is served. The gateway supplies it, because only the gateway can call targets.
pub trait DryRun: Send + Sync + 'static {
    /// Invokes a Lambda function with `InvocationType: DryRun`, or lists the tools of an MCP server.
    ///
    /// Returns what an MCP server listed, as MCP writes tools; nothing for other targets and for servers whose
    /// tools were declared ([`McpServerTarget::static_tools`](crate::McpServerTarget::static_tools)).
    ///
    /// # Errors
    ///
    /// The sentence that the target's owner reads: what failed, and what to do.
    fn dry_run<'a>(
        &'a self,
        gateway: &'a GatewayRecord,
        target: &'a TargetSettings,
    ) -> DryRunning<'a>;
}

/// What a control plane needs to know.
#[derive(Clone)]
pub struct Options {
    /// Region and account that ARNs name.
    pub place: Place,
    /// Address of a gateway's data plane.
    pub gateway_url: Arc<dyn Fn(&GatewayId) -> String + Send + Sync>,
    /// Tries targets out.
    pub dry_run: Arc<dyn DryRun>,
    /// Longest time for one try; then it has failed.
    pub dry_run_timeout: Duration,
}

/// The control plane of the gateways on this machine.
pub struct ControlPlane {
    pub(crate) options: Options,
    store: Arc<Store>,
    /// Held from reading the state to publishing the next one.
    writing: Arc<Mutex<()>>,
    state: Arc<watch::Sender<Snapshot>>,
    itself: Weak<Self>,
}

impl ControlPlane {
    /// Opens the state, and goes on with what a restart interrupted. Needs a running Tokio runtime; reads the whole file.
    ///
    /// # Errors
    ///
    /// When the file is in use, damaged, newer than this program, or cannot be read. It is then not changed.
    pub fn open(location: &Location, options: Options) -> Result<Arc<Self>, OpenError> {
        let (store, gateways) = Store::open(location)?;
        let plane = Arc::new_cyclic(|itself| Self {
            options,
            store: Arc::new(store),
            writing: Arc::default(),
            state: Arc::new(watch::Sender::new(gateways.into())),
            itself: itself.clone(),
        });
        for gateway in plane.snapshot().iter() {
            for target in &gateway.targets {
                progress::start_if_due(&plane.itself, gateway, target);
            }
        }
        Ok(plane)
    }

    /// The state as it is now.
    pub fn snapshot(&self) -> Snapshot {
        self.state.borrow().clone()
    }

    /// Tells of every change, after it has been written.
    pub fn subscribe(&self) -> watch::Receiver<Snapshot> {
        self.state.subscribe()
    }

    /// The gateway of this id.
    pub(crate) fn gateway(&self, id: &GatewayId) -> Result<Arc<GatewayRecord>, ApiError> {
        find(&self.snapshot(), id)
            .cloned()
            .ok_or_else(|| no_gateway(id))
    }

    /// Changes the state: all that `change` does to the draft, or nothing when it returns an error.
    ///
    /// Goes on when the caller is dropped, so that the state in memory and on the disk stay the same, and no target
    /// stays in progress without anyone working on it.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Draft) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (store, writing, state) =
            (self.store.clone(), self.writing.clone(), self.state.clone());
        let itself = self.itself.clone();
        let work = move || {
            // Nothing is half-changed when a change panics: only a draft was touched.
            let _writing = writing.lock().unwrap_or_else(PoisonError::into_inner);
            let mut draft = Draft::new(&state.borrow());
            let result = change(&mut draft)?;
            if let Some((snapshot, writes)) = draft.finish() {
                store
                    .commit(&snapshot, &writes)
                    .map_err(|error| ApiError::Internal(error.to_string()))?;
                state.send_replace(snapshot.clone());
                for write in &writes {
                    if let Write::Target(id, target) = write
                        && let Some(gateway) = find(&snapshot, id)
                    {
                        progress::start_if_due(&itself, gateway, target);
                    }
                }
            }
            Ok(result)
        };
        let finished = tokio::task::spawn_blocking(work).await;
        finished
            .unwrap_or_else(|_| Err(ApiError::Internal("the change was interrupted".to_owned())))
    }
}

/// The time of a change. Milliseconds are what SDKs keep of it.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}

pub(crate) fn find<'a>(
    gateways: &'a [Arc<GatewayRecord>],
    id: &GatewayId,
) -> Option<&'a Arc<GatewayRecord>> {
    let index = gateways
        .binary_search_by(|gateway| gateway.id.cmp(id))
        .ok()?;
    gateways.get(index)
}

pub(crate) fn no_gateway(id: &GatewayId) -> ApiError {
    ApiError::NotFound(format!("gateway {id} does not exist"))
}
