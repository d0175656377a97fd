//! Who may call the gateway.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use gateway_auth::{
    AwsIam, CustomJwt, CustomJwtConfig, IamConfig, IamConfigError, InboundAuth, JwtOptions,
};

/// The kinds of inbound authorization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Auth {
    /// Nobody is asked who they are.
    #[default]
    None,
    /// Callers need a token of an OIDC or OAuth issuer.
    Jwt,
    /// Callers sign with an AWS access key.
    Iam,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Callers")]
pub(super) struct AuthArguments {
    /// Who may call. Addresses that others can reach need `jwt` or `iam`.
    #[arg(long, value_enum, default_value_t)]
    auth: Auth,
    /// Where the issuer describes itself: `https://…/.well-known/openid-configuration`.
    #[arg(long, value_name = "URL")]
    jwt_discovery_url: Option<String>,
    /// An audience that tokens may be for. May be repeated.
    #[arg(long, value_name = "AUDIENCE")]
    jwt_audience: Vec<String>,
    /// A client that tokens may be of. May be repeated.
    #[arg(long, value_name = "CLIENT_ID")]
    jwt_client: Vec<String>,
    /// A scope that tokens may have; one of several is enough. May be repeated.
    #[arg(long, value_name = "SCOPE")]
    jwt_scope: Vec<String>,
    /// The issuer's name, where the discovery document names another than its URL stands for.
    #[arg(long, value_name = "ISSUER")]
    jwt_issuer: Option<String>,
    /// The Region that requests must be signed for.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    iam_region: String,
    /// Access keys that may sign, a JSON list [default: the one in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY].
    #[arg(long, value_name = "FILE")]
    iam_keys: Option<PathBuf>,
}

impl AuthArguments {
    /// What decides who may call, or `None` when nothing does. `--iam-keys` may be for other gateways than this one.
    pub(super) fn auth(self, others: bool) -> anyhow::Result<Option<Arc<InboundAuth>>> {
        let of_jwt = self.jwt_discovery_url.is_some()
            || self.jwt_issuer.is_some()
            || [&self.jwt_audience, &self.jwt_client, &self.jwt_scope]
                .iter()
                .any(|list| !list.is_empty());
        ensure!(
            self.auth == Auth::Jwt || !of_jwt,
            "`--jwt-…` flags need `--auth jwt`"
        );
        ensure!(
            self.auth == Auth::Iam || others || self.iam_keys.is_none(),
            "`--iam-keys` needs `--auth iam`"
        );
        let auth = match self.auth {
            Auth::None => return Ok(None),
            Auth::Jwt => self.jwt()?,
            Auth::Iam => self.iam()?,
        };
        Ok(Some(Arc::new(auth)))
    }

    /// Whose signatures are good, as far as that is said.
    pub(super) fn signers(&self) -> Option<IamConfig> {
        self.iam_config().ok()
    }

    fn iam_config(&self) -> Result<IamConfig, IamConfigError> {
        let region = self.iam_region.as_str();
        match &self.iam_keys {
            Some(file) => IamConfig::from_file(region, file),
            None => IamConfig::from_env(region),
        }
    }

    fn jwt(self) -> anyhow::Result<InboundAuth> {
        let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
        let config = CustomJwtConfig {
            discovery_url: self
                .jwt_discovery_url
                .context("`--auth jwt` needs `--jwt-discovery-url`")?,
            allowed_audience: some(self.jwt_audience),
            allowed_clients: some(self.jwt_client),
            allowed_scopes: some(self.jwt_scope),
            ..CustomJwtConfig::default()
        };
        let mut options = JwtOptions::default();
        options.issuer = self.jwt_issuer;
        Ok(CustomJwt::new(config, options)
            .context("`--auth jwt`")?
            .into())
    }

    fn iam(self) -> anyhow::Result<InboundAuth> {
        let config = self.iam_config().context("`--auth iam`")?;
        Ok(AwsIam::new(config).context("`--auth iam`")?.into())
    }
}
