//! Sessions: region, credentials, endpoint, timeouts and retries, resolved once per scope.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::os_shim_internal::{Env, Fs};
use tokio::sync::Mutex;

use crate::connectors::Connectors;
use crate::credentials::Kept;
use crate::error::AwsError;
use crate::names::{ProfileName, RegionName};
use crate::scope::{Scope, Session};

/// Sessions and clients kept at once. Callers choose the keys, so there has to be an end.
pub(crate) const MOST_SCOPES: usize = 32;

/// How this software names itself in the `User-Agent`: `app/mcp-fleet-<version>`.
const APP_NAME: &str = concat!("mcp-fleet-", env!("CARGO_PKG_VERSION"));

/// AWS as one server uses it. Clones share everything that was built.
#[derive(Debug, Clone)]
pub struct Aws {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Builder,
    /// One TLS stack and one pool for all services and regions.
    connectors: Connectors,
    sessions: Mutex<HashMap<Scope, Session>>,
}

/// What a server decides about its AWS calls. Everything has a default.
#[derive(Debug, Clone)]
pub struct Builder {
    region: Option<RegionName>,
    fallback_region: Option<RegionName>,
    profile: Option<ProfileName>,
    endpoint_url: Option<String>,
    credentials: Option<SharedCredentialsProvider>,
    profile_files: EnvConfigFiles,
    env: Env,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    operation_timeout: Duration,
    attempts: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            region: None,
            fallback_region: None,
            profile: None,
            endpoint_url: None,
            credentials: None,
            profile_files: EnvConfigFiles::default(),
            env: Env::real(),
            connect_timeout: Duration::from_secs(3),
            attempt_timeout: Duration::from_secs(10),
            operation_timeout: Duration::from_secs(20),
            attempts: 3,
        }
    }
}

impl Builder {
    /// A server's own setting, such as its `--region`. Below the argument, above the environment.
    #[must_use]
    pub fn region(mut self, region: Option<RegionName>) -> Self {
        self.region = region;
        self
    }

    /// The region when nothing at all names one. Without it that is an error.
    #[must_use]
    pub fn fallback_region(mut self, region: RegionName) -> Self {
        self.fallback_region = Some(region);
        self
    }

    /// A server's own setting, such as its `--profile`. Below the argument, above `AWS_PROFILE`.
    #[must_use]
    pub fn profile(mut self, profile: Option<ProfileName>) -> Self {
        self.profile = profile;
        self
    }

    /// One endpoint for every service, in place of `AWS_ENDPOINT_URL` and its relatives.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Credentials in place of the default chain and of profiles.
    #[must_use]
    pub fn credentials(mut self, credentials: SharedCredentialsProvider) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Configuration files in place of `~/.aws/config` and `~/.aws/credentials`.
    #[must_use]
    pub fn profile_files(mut self, files: EnvConfigFiles) -> Self {
        self.profile_files = files;
        self
    }

    /// Variables in place of the process's own, for the region and the place of the files.
    #[must_use]
    pub fn variables(mut self, variables: &[(&str, &str)]) -> Self {
        self.env = Env::from_slice(variables);
        self
    }

    /// Time for one call with all its attempts. Keep it below the invocation's own.
    ///
    /// An attempt gets half of it, at most 10 seconds, so that a second one fits.
    #[must_use]
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.operation_timeout = timeout;
        self.attempt_timeout = (timeout / 2).min(Duration::from_secs(10));
        self.connect_timeout = self.attempt_timeout.min(Duration::from_secs(3));
        self
    }

    /// How often a call is sent at most, the first time included. Default: 3. A test that counts
    /// requests has 1.
    #[must_use]
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most;
        self
    }

    /// Finishes. Touches neither network nor disk.
    pub fn build(self) -> Aws {
        Aws {
            inner: Arc::new(Inner {
                settings: self,
                connectors: Connectors::default(),
                sessions: Mutex::default(),
            }),
        }
    }
}

impl Aws {
    /// Defaults everywhere, which means: as the process's environment says.
    pub fn from_env() -> Self {
        Self::builder().build()
    }

    /// Starts with the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The region of a scope: the argument, else the server's setting, else `AWS_REGION`, else
    /// `AWS_DEFAULT_REGION`, else the profile's, else the server's fallback.
    ///
    /// # Errors
    ///
    /// When none of them names one, a variable holds something else, or the profile that the
    /// scope names does not exist.
    pub async fn region(&self, scope: &Scope) -> Result<RegionName, AwsError> {
        let settings = &self.inner.settings;
        let named = scope.profile.as_ref().or(settings.profile.as_ref());
        // Read even when the region is known: a profile that does not exist must be said.
        let of_named_profile = match named {
            Some(profile) => self.profile_region(Some(profile)).await?,
            None => None,
        };
        if let Some(region) = scope.region.as_ref().or(settings.region.as_ref()) {
            return Ok(region.clone());
        }
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let Some(value) = settings.env.get(variable).ok().filter(|v| !v.is_empty()) {
                return RegionName::try_from(value)
                    .map_err(|reason| AwsError::RegionInvalid { variable, reason });
            }
        }
        let of_profile = match named {
            Some(_) => of_named_profile,
            None => self.profile_region(None).await?,
        };
        of_profile
            .or_else(|| settings.fallback_region.clone())
            .ok_or(AwsError::RegionMissing)
    }

    /// Everything needed to call AWS in a scope. Resolved once and kept.
    ///
    /// # Errors
    ///
    /// As [`Self::region`]. Missing credentials are noticed by the first call that needs them.
    pub async fn session(&self, scope: &Scope) -> Result<Session, AwsError> {
        let mut sessions = self.inner.sessions.lock().await;
        if let Some(session) = sessions.get(scope) {
            return Ok(session.clone());
        }
        let session = self.load(scope).await?;
        if sessions.len() >= MOST_SCOPES {
            sessions.clear();
        }
        sessions.insert(scope.clone(), session.clone());
        Ok(session)
    }

    async fn load(&self, scope: &Scope) -> Result<Session, AwsError> {
        let settings = &self.inner.settings;
        let region = self.region(scope).await?;
        let profile = scope.profile.clone().or_else(|| settings.profile.clone());
        let credentials = self.credentials(&region, profile.as_ref()).await;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(settings.connect_timeout)
            .operation_attempt_timeout(settings.attempt_timeout)
            .operation_timeout(settings.operation_timeout)
            .build();
        // `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` and their profile settings, FIPS and
        // dual stack are read by `aws-config` itself.
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.as_str().to_owned()))
            .credentials_provider(credentials.clone())
            .http_client(self.http_client())
            .app_name(AppName::new(APP_NAME).expect("letters, digits, hyphens and dots"))
            .retry_config(RetryConfig::standard().with_max_attempts(settings.attempts))
            .timeout_config(timeouts)
            .profile_files(settings.profile_files.clone());
        if let Some(profile) = &profile {
            loader = loader.profile_name(profile.as_str());
        }
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Ok(Session {
            region,
            profile,
            config: loader.load().await,
            credentials,
        })
    }

    /// A profile that was named wins over the environment's credentials, as in the AWS CLI.
    async fn credentials(
        &self,
        region: &RegionName,
        profile: Option<&ProfileName>,
    ) -> SharedCredentialsProvider {
        let settings = &self.inner.settings;
        if let Some(given) = &settings.credentials {
            return given.clone();
        }
        let region = Region::new(region.as_str().to_owned());
        let provider_config = ProviderConfig::without_region()
            .with_region(Some(region.clone()))
            .with_http_client(self.http_client());
        let chain = match profile {
            Some(profile) => SharedCredentialsProvider::new(
                aws_config::profile::ProfileFileCredentialsProvider::builder()
                    .configure(&provider_config)
                    .profile_files(settings.profile_files.clone())
                    .profile_name(profile.as_str())
                    .build(),
            ),
            None => SharedCredentialsProvider::new(
                aws_config::default_provider::credentials::DefaultCredentialsChain::builder()
                    .configure(provider_config)
                    .region(region)
                    .build()
                    .await,
            ),
        };
        SharedCredentialsProvider::new(Kept::new(chain))
    }

    /// The endpoint that this service, or every service, was given in place of AWS's own.
    pub(crate) fn endpoint_override(&self, variable: &str) -> Option<String> {
        let settings = &self.inner.settings;
        let of = |name: &str| settings.env.get(name).ok().filter(|url| !url.is_empty());
        let given = settings.endpoint_url.clone();
        given
            .or_else(|| of(variable))
            .or_else(|| of("AWS_ENDPOINT_URL"))
    }

    pub(crate) fn connectors(&self) -> &Connectors {
        &self.inner.connectors
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.inner.settings.connect_timeout
    }

    fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.inner.connectors.clone())
    }

    /// The region that the configuration files give a profile; `None` is the selected one.
    async fn profile_region(
        &self,
        profile: Option<&ProfileName>,
    ) -> Result<Option<RegionName>, AwsError> {
        let settings = &self.inner.settings;
        let name = profile.map(|name| name.as_str().to_owned().into());
        let files = &settings.profile_files;
        let set = aws_config::profile::load(&Fs::real(), &settings.env, files, name)
            .await
            .map_err(|source| AwsError::ProfileFiles {
                source: Box::new(source),
            })?;
        if let Some(profile) = profile
            && set.get_profile(profile.as_str()).is_none()
        {
            let mut known: Vec<String> = set.profiles().map(str::to_owned).collect();
            known.sort();
            return Err(AwsError::profile_not_found(profile.clone(), &known));
        }
        match set.get("region") {
            Some(region) => RegionName::try_from(region.to_owned())
                .map(Some)
                .map_err(|reason| AwsError::RegionInvalid {
                    variable: "the profile's `region`",
                    reason,
                }),
            None => Ok(None),
        }
    }
}
