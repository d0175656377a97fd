//! A change to the state before it is written.

use std::sync::Arc;

use crate::error::ApiError;
use crate::ids::{GatewayId, TargetId};
use crate::plane::{Snapshot, find, no_gateway};
use crate::record::{GatewayRecord, TargetRecord};
use crate::store::Write;

/// The state that a change works on, and what of it has to be written.
pub(crate) struct Draft {
    gateways: Vec<Arc<GatewayRecord>>,
    writes: Vec<Write>,
}

impl Draft {
    pub(crate) fn new(state: &Snapshot) -> Self {
        Self {
            gateways: state.to_vec(),
            writes: Vec::new(),
        }
    }

    /// The new state and its writes; nothing when nothing was changed.
    pub(crate) fn finish(self) -> Option<(Snapshot, Vec<Write>)> {
        (!self.writes.is_empty()).then(|| (self.gateways.into(), self.writes))
    }

    pub(crate) fn gateways(&self) -> &[Arc<GatewayRecord>] {
        &self.gateways
    }

    pub(crate) fn gateway(&self, id: &GatewayId) -> Result<&Arc<GatewayRecord>, ApiError> {
        find(&self.gateways, id).ok_or_else(|| no_gateway(id))
    }

    pub(crate) fn target(
        &self,
        gateway: &GatewayId,
        id: &TargetId,
    ) -> Result<&Arc<TargetRecord>, ApiError> {
        self.gateway(gateway)?
            .target(id)
            .ok_or_else(|| no_target(gateway, id))
    }

    /// Adds or replaces a gateway's own record. Its targets are changed with [`Self::put_target`].
    pub(crate) fn put_gateway(&mut self, record: GatewayRecord) {
        let record = Arc::new(record);
        self.writes.push(Write::Gateway(record.clone()));
        put(&mut self.gateways, record, |gateway| &gateway.id);
    }

    pub(crate) fn remove_gateway(&mut self, id: &GatewayId) {
        self.gateways.retain(|gateway| gateway.id != *id);
        self.writes.push(Write::RemoveGateway(id.clone()));
    }

    /// Adds or replaces a target of a gateway that exists.
    pub(crate) fn put_target(&mut self, gateway: &GatewayId, record: TargetRecord) {
        let record = Arc::new(record);
        self.writes
            .push(Write::Target(gateway.clone(), record.clone()));
        self.edit_targets(gateway, |targets| put(targets, record, |target| &target.id));
    }

    pub(crate) fn remove_target(&mut self, gateway: &GatewayId, id: &TargetId) {
        self.edit_targets(gateway, |targets| targets.retain(|target| target.id != *id));
        self.writes
            .push(Write::RemoveTarget(gateway.clone(), id.clone()));
    }

    fn edit_targets(
        &mut self,
        gateway: &GatewayId,
        edit: impl FnOnce(&mut Vec<Arc<TargetRecord>>),
    ) {
        if let Some(gateway) = self
            .gateways
            .iter_mut()
            .find(|record| record.id == *gateway)
        {
            edit(&mut Arc::make_mut(gateway).targets);
        }
    }
}

pub(crate) fn no_target(gateway: &GatewayId, id: &TargetId) -> ApiError {
    ApiError::NotFound(format!("gateway {gateway} has no target {id}"))
}

fn put<T, K: Ord>(sorted: &mut Vec<Arc<T>>, record: Arc<T>, key: impl Fn(&T) -> &K) {
    match sorted.binary_search_by(|other| key(other).cmp(key(&record))) {
        Ok(index) => sorted[index] = record,
        Err(index) => sorted.insert(index, record),
    }
}
