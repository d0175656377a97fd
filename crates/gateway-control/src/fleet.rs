//! The gateway of `servers.yaml`: listed like any other, changed only in the file.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::draft::Draft;
use crate::error::ApiError;
use crate::ids::{GatewayId, TargetId};
use crate::plane::{ControlPlane, now};
use crate::record::{GatewayRecord, Origin, TargetRecord, TargetStatus};
use crate::shapes::gateway::GatewaySettings;
use crate::shapes::request::Tags;
use crate::shapes::target::TargetSettings;

/// The fleet's gateway.
#[derive(Debug, Clone)]
pub struct FleetGateway {
    /// The same on every start.
    pub id: GatewayId,
    /// As the manifest and the command line say.
    pub settings: GatewaySettings,
    /// Its servers.
    pub targets: Vec<FleetTarget>,
}

/// One server of the manifest.
#[derive(Debug, Clone)]
pub struct FleetTarget {
    /// The same on every start.
    pub id: TargetId,
    /// Its function and tools.
    pub settings: TargetSettings,
}

impl ControlPlane {
    /// Makes the manifest's gateway and targets what `fleet` says, in one step. Called once, at the start.
    ///
    /// Targets that callers added to this gateway stay; one whose name the manifest now uses fails. A gateway of an
    /// earlier manifest goes, unless callers added targets to it: then it is theirs.
    ///
    /// # Errors
    ///
    /// When it cannot be saved.
    pub async fn ensure_fleet(&self, fleet: FleetGateway) -> Result<Arc<GatewayRecord>, ApiError> {
        let id = fleet.id.clone();
        self.change(move |draft| {
            retire_others(draft, &fleet.id);
            ensure_gateway(draft, &fleet);
            ensure_targets(draft, &fleet);
            fail_namesakes(draft, &fleet);
            draft.gateway(&id).cloned()
        })
        .await
    }
}

fn retire_others(draft: &mut Draft, id: &GatewayId) {
    let others = draft.gateways().iter();
    let others: Vec<_> = others
        .filter(|other| other.origin == Origin::Manifest && other.id != *id)
        .cloned()
        .collect();
    for other in others {
        let (declared, added): (Vec<_>, Vec<_>) = other
            .targets
            .iter()
            .partition(|target| target.origin == Origin::Manifest);
        for target in declared {
            draft.remove_target(&other.id, &target.id);
        }
        if added.is_empty() {
            draft.remove_gateway(&other.id);
        } else if let Ok(record) = draft.gateway(&other.id) {
            let mut record = GatewayRecord::clone(record);
            record.origin = Origin::Api;
            draft.put_gateway(record);
        }
    }
}

fn ensure_gateway(draft: &mut Draft, fleet: &FleetGateway) {
    let now = now();
    let record = match draft.gateway(&fleet.id) {
        Ok(record) if record.settings == fleet.settings && record.origin == Origin::Manifest => {
            return;
        }
        Ok(record) => {
            let mut record = GatewayRecord::clone(record);
            record.settings = fleet.settings.clone();
            record.origin = Origin::Manifest;
            record.updated_at = now;
            record
        }
        Err(_) => GatewayRecord {
            id: fleet.id.clone(),
            settings: fleet.settings.clone(),
            origin: Origin::Manifest,
            created_at: now,
            updated_at: now,
            tags: Tags::new(),
            client_token: None,
            targets: Vec::new(),
        },
    };
    draft.put_gateway(record);
}

fn ensure_targets(draft: &mut Draft, fleet: &FleetGateway) {
    let Ok(gateway) = draft.gateway(&fleet.id).cloned() else {
        return;
    };
    let declared: BTreeSet<_> = fleet.targets.iter().map(|target| &target.id).collect();
    for target in &gateway.targets {
        if target.origin == Origin::Manifest && !declared.contains(&target.id) {
            draft.remove_target(&fleet.id, &target.id);
        }
    }
    for target in &fleet.targets {
        let known = gateway.target(&target.id);
        let same = |known: &Arc<TargetRecord>| {
            known.settings == target.settings && known.origin == Origin::Manifest
        };
        if known.is_some_and(same) {
            continue;
        }
        let now = now();
        let mut record = TargetRecord::new(
            target.id.clone(),
            target.settings.clone(),
            Origin::Manifest,
            now,
        );
        record.created_at = known.map_or(now, |known| known.created_at);
        record.status = TargetStatus::Ready;
        record.served = true;
        draft.put_target(&fleet.id, record);
    }
}

fn fail_namesakes(draft: &mut Draft, fleet: &FleetGateway) {
    let Ok(gateway) = draft.gateway(&fleet.id).cloned() else {
        return;
    };
    let names: BTreeSet<_> = fleet
        .targets
        .iter()
        .map(|target| target.settings.name.as_str())
        .collect();
    for target in &gateway.targets {
        let taken = names.contains(target.settings.name.as_str())
            || names.contains(target.sent_settings().name.as_str());
        let failed = target.status == TargetStatus::Failed && !target.served;
        if target.origin == Origin::Api && taken && !failed {
            let mut record = TargetRecord::clone(target);
            record.pending = None;
            record.status = TargetStatus::Failed;
            record.served = false;
            record.status_reasons = vec![
                "servers.yaml declares a server of this name: give this target another name"
                    .to_owned(),
            ];
            draft.put_target(&fleet.id, record);
        }
    }
}
