//! Keys are fetched when a token needs them, by one task at a time, and not too often.

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::JwtOptions;
use super::issuer::{Issuer, Published};
use super::problem::TokenProblem;
use super::token::Token;

/// What is known of the issuer.
#[derive(Debug)]
pub(crate) struct KeyCache {
    issuer: Arc<Issuer>,
    shared: Arc<Shared>,
    ttl: Duration,
    max_stale: Duration,
    refresh_interval: Duration,
}

#[derive(Debug, Default)]
struct Shared {
    known: RwLock<Option<Arc<Known>>>,
    /// Held while fetching; holds when that last began.
    last_attempt: Arc<Mutex<Option<Instant>>>,
}

#[derive(Debug)]
struct Known {
    published: Arc<Published>,
    fetched: Instant,
}

impl KeyCache {
    pub(crate) fn new(issuer: Issuer, options: &JwtOptions) -> Self {
        Self {
            issuer: Arc::new(issuer),
            shared: Arc::default(),
            ttl: options.keys_ttl,
            max_stale: options.max_stale,
            refresh_interval: options.refresh_interval,
        }
    }

    /// The issuer by its own word, or by its URL while it has not been asked.
    pub(crate) fn issuer(&self) -> String {
        let known = self.shared.known();
        known.map_or_else(
            || self.issuer.name().to_owned(),
            |known| known.published.issuer.clone(),
        )
    }

    /// What the issuer published, fetched if need be: because nothing is known, because that was long
    /// ago, or because it has no key for `token`, as after a rotation.
    pub(crate) async fn for_token(
        &self,
        token: &Token<'_>,
    ) -> Result<Arc<Published>, TokenProblem> {
        let seen = self.shared.known();
        if let Some(known) = &seen
            && known.fetched.elapsed() < self.ttl
            && known.published.keys.select(token).is_some()
        {
            return Ok(known.published.clone());
        }
        self.refresh(seen.as_ref(), token).await;
        self.shared
            .known()
            .filter(|known| known.fetched.elapsed() < self.ttl + self.max_stale)
            .map(|known| known.published.clone())
            .ok_or(TokenProblem::IssuerUnavailable)
    }

    /// Fetches, unless that was done while waiting for the turn, or a short while ago.
    async fn refresh(&self, seen: Option<&Arc<Known>>, token: &Token<'_>) {
        let last_attempt = &self.shared.last_attempt;
        let mut turn = match last_attempt.clone().try_lock_owned() {
            Ok(turn) => turn,
            // Somebody is asking already, and what is known is good enough meanwhile.
            Err(_) if seen.is_some_and(|known| known.published.keys.select(token).is_some()) => {
                return;
            }
            Err(_) => last_attempt.clone().lock_owned().await,
        };
        let newer = match (self.shared.known(), seen) {
            (Some(now), Some(seen)) => !Arc::ptr_eq(&now, seen),
            (now, _) => now.is_some(),
        };
        if newer || turn.is_some_and(|begun| begun.elapsed() < self.refresh_interval) {
            return;
        }
        *turn = Some(Instant::now());
        // In its own task: a caller that hangs up must not waste the attempt.
        let task = tokio::spawn(fetch(self.issuer.clone(), self.shared.clone(), turn));
        if let Err(error) = task.await {
            tracing::error!("fetching the issuer's keys failed: {error}");
        }
    }
}

async fn fetch(issuer: Arc<Issuer>, shared: Arc<Shared>, turn: OwnedMutexGuard<Option<Instant>>) {
    match issuer.fetch().await {
        Ok(published) => {
            let known = Known {
                published: Arc::new(published),
                fetched: Instant::now(),
            };
            *shared.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
        }
        Err(error) => {
            let mut chain = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                chain.push_str(&format!(": {cause}"));
                source = cause.source();
            }
            tracing::warn!("the issuer's keys are not refreshed: {chain}");
        }
    }
    drop(turn);
}

impl Shared {
    fn known(&self) -> Option<Arc<Known>> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
