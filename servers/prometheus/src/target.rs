//! Which Prometheus a call goes to, and how the request proves who sends it.

use aws_clients::{ProfileName, RegionName, Scope, Session};

use crate::config::Login;
use crate::endpoint::{BaseUrl, WorkspaceId};
use crate::error::{PrometheusError, RefusedEndpoint};
use crate::server::Server;

/// Workspaces whose address is remembered. Callers choose the keys.
pub(crate) const MOST_ADDRESSES: usize = 64;

/// What the caller says about where to ask.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) region: Option<RegionName>,
    pub(crate) profile: Option<ProfileName>,
}

impl Place {
    fn scope(&self) -> Scope {
        Scope {
            region: self.region.clone(),
            profile: self.profile.clone(),
        }
    }
}

/// Where to ask, and as whom.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) base: BaseUrl,
    pub(crate) identity: Identity,
}

/// How a request proves who sends it.
#[derive(Debug)]
pub(crate) enum Identity {
    Nobody,
    Login(Login),
    Aws(Box<Session>),
}

impl Server {
    /// Decides where a call goes. The rules, in order:
    ///
    /// 1. With `PROMETHEUS_URL`, there and nowhere else. A `workspace_id` that the URL does not
    ///    name, or a `region` that its workspace is not in, is a contradiction.
    /// 2. Without, to the workspace that the call names, at the address that AMP gives.
    pub(crate) async fn target(&self, place: &Place) -> Result<Target, PrometheusError> {
        match (&self.config.url, &place.workspace) {
            (Some(url), _) => self.configured(url, place).await,
            (None, Some(workspace)) => self.workspace(workspace, place).await,
            (None, None) => Err(PrometheusError::NotConfigured),
        }
    }

    /// The workspace that `PROMETHEUS_URL` names, when requests to it are signed.
    pub(crate) fn configured_workspace(&self) -> Option<WorkspaceId> {
        let url = self.config.url.as_ref()?;
        match url.amp() {
            Some(amp) => Some(amp.workspace.clone()),
            None if self.config.sign_url => url.workspace_in_path(),
            None => None,
        }
    }

    async fn configured(&self, url: &BaseUrl, place: &Place) -> Result<Target, PrometheusError> {
        if let Some(workspace) = &place.workspace
            && self.configured_workspace().as_ref() != Some(workspace)
        {
            return Err(PrometheusError::WorkspaceConflict {
                workspace: workspace.clone(),
            });
        }
        let mut scope = place.scope();
        if let Some(amp) = url.amp() {
            if let Some(region) = &scope.region
                && *region != amp.region
            {
                return Err(PrometheusError::RegionConflict {
                    argument: region.clone(),
                    configured: amp.region.clone(),
                });
            }
            scope.region = Some(amp.region.clone());
        }
        let identity = if self.config.sign_url || url.amp().is_some() {
            Identity::Aws(Box::new(self.aws.session(&scope).await?))
        } else {
            if scope.profile.is_some() {
                // Has no effect on a plain URL, but one that does not exist is still a mistake.
                self.aws.region(&scope).await?;
            }
            self.config
                .login
                .clone()
                .map_or(Identity::Nobody, Identity::Login)
        };
        Ok(Target {
            base: url.clone(),
            identity,
        })
    }

    async fn workspace(
        &self,
        workspace: &WorkspaceId,
        place: &Place,
    ) -> Result<Target, PrometheusError> {
        let scope = place.scope();
        let (session, amp) = self.amp.get(&scope).await?;
        let key = (scope, workspace.clone());
        let known = self.addresses.lock().await.get(&key).cloned();
        let base = match known {
            Some(base) => base,
            None => {
                let base = self.address(&session, &amp, workspace).await?;
                let mut addresses = self.addresses.lock().await;
                if addresses.len() >= MOST_ADDRESSES {
                    addresses.clear();
                }
                addresses.insert(key, base.clone());
                base
            }
        };
        Ok(Target {
            base,
            identity: Identity::Aws(Box::new(session)),
        })
    }

    /// Asks AMP where a workspace is. Believes only an address of AMP for that very workspace and
    /// region, or one of a trusted origin: signed requests go there.
    async fn address(
        &self,
        session: &Session,
        amp: &aws_sdk_amp::Client,
        workspace: &WorkspaceId,
    ) -> Result<BaseUrl, PrometheusError> {
        let description = describe(session, amp, workspace).await?;
        let Some(endpoint) = description.prometheus_endpoint().filter(|e| !e.is_empty()) else {
            return Err(PrometheusError::NoEndpoint {
                workspace: workspace.clone(),
                region: session.region().clone(),
                status: description
                    .status()
                    .map_or("unknown", |status| status.status_code().as_str())
                    .to_owned(),
            });
        };
        self.believe(endpoint, session.region(), workspace)
            .map_err(|source| PrometheusError::EndpointRefused {
                workspace: workspace.clone(),
                source,
            })
    }

    fn believe(
        &self,
        endpoint: &str,
        region: &RegionName,
        workspace: &WorkspaceId,
    ) -> Result<BaseUrl, RefusedEndpoint> {
        let base = BaseUrl::try_from(endpoint.to_owned())?;
        let is_amps = base
            .amp()
            .is_some_and(|amp| amp.region == *region && amp.workspace == *workspace);
        if is_amps || self.config.trusted_origins.contains(&base.origin()) {
            Ok(base)
        } else {
            Err(RefusedEndpoint::Foreign(endpoint.to_owned()))
        }
    }
}

/// AMP's `DescribeWorkspace`.
pub(crate) async fn describe(
    session: &Session,
    amp: &aws_sdk_amp::Client,
    workspace: &WorkspaceId,
) -> Result<aws_sdk_amp::types::WorkspaceDescription, aws_clients::AwsError> {
    use aws_clients::AwsError;
    let call = || {
        let subject = format!("workspace `{}`", workspace.as_str());
        session.call("aps:DescribeWorkspace", Some(subject))
    };
    let output = amp
        .describe_workspace()
        .workspace_id(workspace.as_str())
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(call(), error))?;
    output
        .workspace
        .ok_or_else(|| AwsError::unreadable(call(), "no workspace in the answer"))
}
