//! All gateways of this process: the fleet's own, and those that a control plane created.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;

use crate::gateway::Gateway;

/// The gateways that one port serves: the fleet's own at `/mcp`, each one also at `/<its id>/mcp`.
pub struct Gateways {
    own: Arc<Gateway>,
    others: RwLock<BTreeMap<Arc<str>, Arc<Gateway>>>,
    closing: CancellationToken,
}

impl Gateways {
    /// Only the fleet's own gateway.
    pub fn new(own: Arc<Gateway>) -> Self {
        Self {
            own,
            others: RwLock::default(),
            closing: CancellationToken::new(),
        }
    }

    /// Adds a gateway, or replaces the one with its id.
    pub fn insert(&self, gateway: Arc<Gateway>) {
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        others.insert(Arc::clone(&gateway.id), gateway);
    }

    /// Takes a gateway away. Calls under way are still answered.
    pub fn remove(&self, id: &str) {
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        others.remove(id);
    }

    /// The fleet's own gateway.
    pub fn own(&self) -> &Arc<Gateway> {
        &self.own
    }

    /// The gateway called `id`.
    pub fn get(&self, id: &str) -> Option<Arc<Gateway>> {
        if *self.own.id == *id {
            return Some(Arc::clone(&self.own));
        }
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        others.get(id).cloned()
    }

    /// Ends the streams of clients that listen for changes: they would hold up the end of the process.
    pub fn close(&self) {
        self.closing.cancel();
    }

    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.closing
    }
}
