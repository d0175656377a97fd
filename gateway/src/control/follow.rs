//! Serves what the control plane stores, from each change on.

use std::collections::BTreeMap;
use std::sync::Arc;

use gateway_control::{ControlPlane, GatewayId, GatewayRecord, Origin, Snapshot};
use tokio::sync::watch;

use super::backends::Backends;
use super::settings::settings;
use super::start::Signers;
use crate::catalog::Catalog;
use crate::chain::Chain;
use crate::gateway::{Gateway, Settings};
use crate::gateways::Gateways;
use crate::http::Reach;
use crate::propagated::AllowLists;
use crate::target::Target;

/// Keeps the gateways of this process those of a control plane.
pub(super) struct Follower {
    pub(super) plane: Arc<ControlPlane>,
    pub(super) gateways: Arc<Gateways>,
    pub(super) backends: Arc<Backends>,
    /// Settings of the fleet's own gateway, and of the others what the control plane does not know.
    pub(super) base: Settings,
    pub(super) propagated: AllowLists,
    pub(super) signers: Option<Signers>,
    pub(super) reach: Reach,
    /// The state that is served.
    pub(super) served: watch::Sender<Snapshot>,
}

impl Follower {
    /// Follows every change, until the control plane is gone.
    pub(super) async fn run(self) {
        let mut changes = self.plane.subscribe();
        let mut served = BTreeMap::new();
        loop {
            let snapshot = changes.borrow_and_update().clone();
            self.serve(&snapshot, &mut served);
            self.served.send_replace(snapshot);
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    fn serve(
        &self,
        snapshot: &[Arc<GatewayRecord>],
        served: &mut BTreeMap<GatewayId, Arc<GatewayRecord>>,
    ) {
        served.retain(|id, _| {
            let stays = snapshot.iter().any(|record| record.id == *id);
            if !stays {
                self.gateways.remove(id.as_str());
            }
            stays
        });
        for record in snapshot {
            let before = served.insert(record.id.clone(), Arc::clone(record));
            if before.is_some_and(|before| Arc::ptr_eq(&before, record)) {
                continue;
            }
            if let Err(reason) = self.update(record) {
                // A gateway that cannot be served as it should be is not served: it may be open to the wrong callers.
                tracing::warn!("gateway `{}` is not served: {reason}", record.id);
                self.gateways.remove(record.id.as_str());
            }
        }
    }

    fn update(&self, record: &GatewayRecord) -> Result<(), String> {
        let settings = match record.origin {
            Origin::Manifest => self.base.clone(),
            Origin::Api => settings(&record.settings, &self.base, self.signers.as_ref())?,
        };
        if settings.auth.is_none() && self.reach == Reach::Network {
            return Err(
                "it asks nobody who they are, and others can reach this address".to_owned(),
            );
        }
        let targets = record.targets.iter().filter(|target| target.served);
        let targets: Result<Vec<Target>, String> = targets
            .map(|target| {
                let mut built = self.backends.target(target)?;
                if target.origin == Origin::Manifest {
                    let propagation = self.propagated.of(&built.name);
                    built.propagation = propagation.map_err(|error| format!("{error:#}"))?;
                }
                Ok(built)
            })
            .collect();
        let catalog = Catalog::new(targets?).map_err(|error| Chain(&error).to_string())?;
        let updated = match self.gateways.get(record.id.as_str()) {
            Some(gateway) => gateway.replace(catalog, settings),
            None => Gateway::with_id(record.id.as_str(), catalog, settings)
                .map(|gateway| self.gateways.insert(Arc::new(gateway))),
        };
        updated.map_err(|error| Chain(&error).to_string())
    }
}
