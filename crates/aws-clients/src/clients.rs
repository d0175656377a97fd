//! SDK clients of one service, built when first needed and kept.

use std::collections::HashMap;
use std::sync::Arc;

use aws_types::SdkConfig;
use tokio::sync::Mutex;

use crate::aws::{Aws, MOST_SCOPES};
use crate::error::AwsError;
use crate::scope::{Scope, Session};

/// Clients of type `C`, one per region and profile.
///
/// ```
/// use aws_clients::{Aws, Clients, Scope};
///
/// # async fn example() -> Result<(), aws_clients::AwsError> {
/// let aws = Aws::from_env();
/// let amp = Clients::new(aws, aws_sdk_amp::Client::new);
/// let (session, client) = amp.get(&Scope::default()).await?;
/// # let _ = (session, client);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Clients<C> {
    aws: Aws,
    build: fn(&SdkConfig) -> C,
    kept: Arc<Mutex<HashMap<Scope, (Session, C)>>>,
}

impl<C: Clone> Clients<C> {
    /// Builds nothing yet. `build` is the client's own `Client::new`.
    pub fn new(aws: Aws, build: fn(&SdkConfig) -> C) -> Self {
        Self {
            aws,
            build,
            kept: Arc::default(),
        }
    }

    /// The client for a scope, and the session that it was built from.
    ///
    /// # Errors
    ///
    /// As [`Aws::session`].
    pub async fn get(&self, scope: &Scope) -> Result<(Session, C), AwsError> {
        let mut kept = self.kept.lock().await;
        if let Some(found) = kept.get(scope) {
            return Ok(found.clone());
        }
        let session = self.aws.session(scope).await?;
        let client = (self.build)(session.config());
        if kept.len() >= MOST_SCOPES {
            kept.clear();
        }
        kept.insert(scope.clone(), (session.clone(), client.clone()));
        Ok((session, client))
    }
}
