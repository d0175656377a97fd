//! Where a call goes: which region, under whose credentials.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::SdkConfig;
use http::Request;

use crate::error::{AwsError, Call};
use crate::names::{ProfileName, RegionName};
use crate::sign::sign;

/// What the caller of a tool asks for. Both parts are optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The region argument. Wins over everything else.
    pub region: Option<RegionName>,
    /// The profile argument. Its credentials win over those of the environment.
    pub profile: Option<ProfileName>,
}

/// A [`Scope`] with everything resolved: what AWS clients are built from.
///
/// Clones are cheap and share credentials and connections.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) region: RegionName,
    pub(crate) profile: Option<ProfileName>,
    pub(crate) config: SdkConfig,
    pub(crate) credentials: SharedCredentialsProvider,
}

impl Session {
    /// The region that calls go to.
    pub fn region(&self) -> &RegionName {
        &self.region
    }

    /// The profile, when an argument or a setting named one.
    pub fn profile(&self) -> Option<&ProfileName> {
        self.profile.as_ref()
    }

    /// Configuration for an SDK client.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Describes a call that is made in this session, for the error that it may end in.
    pub fn call(&self, action: &'static str, subject: Option<String>) -> Call {
        Call {
            action,
            subject,
            region: self.region.clone(),
            profile: self.profile.clone(),
        }
    }

    /// Credentials for a request that is signed without an SDK client. Kept until they expire.
    ///
    /// # Errors
    ///
    /// [`AwsError::CredentialsMissing`] when there are none or they could not be loaded.
    pub async fn credentials(&self) -> Result<Credentials, AwsError> {
        self.credentials
            .provide_credentials()
            .await
            .map_err(|source| AwsError::credentials(self.profile.clone(), Box::new(source)))
    }

    /// Signs a request that no SDK client sends, in this session and as of now: see [`sign`].
    ///
    /// # Errors
    ///
    /// As [`Self::credentials`] and [`sign`].
    pub async fn sign(
        &self,
        request: &mut Request<Vec<u8>>,
        service: &str,
    ) -> Result<(), AwsError> {
        let credentials = self.credentials().await?;
        sign(
            request,
            service,
            &self.region,
            &credentials,
            SystemTime::now(),
        )
    }
}
