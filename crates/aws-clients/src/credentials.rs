//! Credentials that are loaded once and kept until shortly before they expire.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{
    ProvideCredentials, Result, SharedCredentialsProvider, future,
};
use tokio::sync::Mutex;

/// How long before their end credentials are loaded anew: as the SDK's own cache has it.
const BEFORE_EXPIRY: Duration = Duration::from_secs(10);

/// A provider that remembers. One is shared by all clients of a session and by the signer, so
/// that a role is assumed once and not once per service.
#[derive(Debug)]
pub(crate) struct Kept {
    provider: SharedCredentialsProvider,
    credentials: Mutex<Option<Credentials>>,
}

impl Kept {
    pub(crate) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            credentials: Mutex::new(None),
        }
    }

    async fn load(&self) -> Result {
        // Held while loading: callers that wait want the same credentials.
        let mut kept = self.credentials.lock().await;
        if let Some(credentials) = kept.as_ref()
            && fresh(credentials, SystemTime::now())
        {
            return Ok(credentials.clone());
        }
        let credentials = self.provider.provide_credentials().await?;
        *kept = Some(credentials.clone());
        Ok(credentials)
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.load())
    }
}

fn fresh(credentials: &Credentials, now: SystemTime) -> bool {
    credentials
        .expiry()
        .is_none_or(|end| end > now + BEFORE_EXPIRY)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Debug)]
    struct Counting {
        loads: Arc<AtomicUsize>,
        lifetime: Option<Duration>,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let n = self.loads.fetch_add(1, Ordering::SeqCst);
            let end = self.lifetime.map(|lifetime| SystemTime::now() + lifetime);
            let name = format!("key{n}");
            future::ProvideCredentials::ready(Ok(Credentials::new(name, "s", None, end, "test")))
        }
    }

    async fn keys_of_two_calls(lifetime: Option<Duration>) -> (String, String) {
        let loads = Arc::new(AtomicUsize::new(0));
        let kept = Kept::new(SharedCredentialsProvider::new(Counting { loads, lifetime }));
        let first = kept.provide_credentials().await.unwrap();
        let second = kept.provide_credentials().await.unwrap();
        (
            first.access_key_id().to_owned(),
            second.access_key_id().to_owned(),
        )
    }

    #[tokio::test]
    async fn lasting_credentials_are_loaded_once() {
        let day = Duration::from_secs(86_400);
        let kept = ("key0".to_owned(), "key0".to_owned());
        assert_eq!(keys_of_two_calls(None).await, kept);
        assert_eq!(keys_of_two_calls(Some(day)).await, kept);
    }

    #[tokio::test]
    async fn credentials_about_to_expire_are_loaded_anew() {
        let keys = keys_of_two_calls(Some(Duration::from_secs(1))).await;
        assert_eq!(keys, ("key0".to_owned(), "key1".to_owned()));
    }
}
