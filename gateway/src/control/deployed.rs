//! A gateway of another control plane, such as a local CloudFormation's, served here.

use std::sync::Arc;

use anyhow::Context as _;
use aws_clients::{Aws, RegionName, Scope};
use futures_util::future::join_all;
use gateway_auth::IamConfig;
use gateway_client::is_loopback;
use gateway_control::{Endpoint, GatewayName, LoadError, TargetRecord, load_from_endpoint};
use lambda_emulator::Emulator;
use url::Url;

use super::backends::Backends;
use super::settings::settings;
use crate::announcement::Row;
use crate::catalog::Catalog;
use crate::gateway::{Gateway, Settings};
use crate::own::Own;
use crate::target::Target;

/// Region of signatures for a control plane on this machine when nothing names one.
const LOCAL_REGION: &str = "us-east-1";

/// A gateway of another control plane.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// Address of the control plane.
    pub control_plane: Url,
    /// Id or name of the gateway; without it the only one there.
    pub gateway: Option<GatewayName>,
    /// Whose signatures are good, if the gateway is of the type `AWS_IAM`.
    pub signers: Option<IamConfig>,
}

impl Deployed {
    /// Reads the gateway, and tries its targets out: functions of the fleet are those of `emulator`.
    ///
    /// # Errors
    ///
    /// When the control plane cannot be asked, has no such gateway, or it cannot be served as its owner wants it.
    pub(crate) async fn load(&self, emulator: &Emulator, base: &Settings) -> anyhow::Result<Own> {
        let endpoint = self.endpoint().await?;
        let loaded = load_from_endpoint(&endpoint, self.gateway.as_ref()).await;
        let loaded = loaded.map_err(|error| match error {
            LoadError::Several { .. } => {
                anyhow::anyhow!("{error}\nhint: choose one with `--gateway`")
            }
            error => error.into(),
        })?;
        let mut left_out = loaded.left_out;
        let gateway = loaded.gateway;
        let settings = settings(&gateway.settings, base, self.signers.as_ref())
            .map_err(|reason| anyhow::anyhow!("gateway `{}`: {reason}", gateway.id))?;
        let backends = Backends::new(emulator.clone());
        let tried = gateway
            .targets
            .iter()
            .map(|target| served(&backends, target));
        let (mut rows, mut targets) = (Vec::new(), Vec::new());
        for tried in join_all(tried).await {
            match tried {
                Ok((row, target)) => {
                    rows.push(row);
                    targets.push(target);
                }
                Err(reason) => left_out.push(reason),
            }
        }
        let catalog = Catalog::new(targets)?;
        Ok(Own {
            gateway: Gateway::with_id(gateway.id.as_str(), catalog, settings)?,
            rows,
            left_out,
        })
    }

    async fn endpoint(&self) -> anyhow::Result<Endpoint> {
        let mut aws = Aws::builder();
        if is_loopback(&self.control_plane) {
            aws = aws.fallback_region(LOCAL_REGION.to_owned().try_into()?);
        }
        let scope = Scope {
            region: region_of(&self.control_plane),
            ..Scope::default()
        };
        let session = aws.build().session(&scope).await?;
        let credentials = session.config().credentials_provider();
        Ok(Endpoint {
            url: self.control_plane.clone(),
            region: session.region().clone(),
            credentials: credentials.context("no AWS credentials for the control plane")?,
        })
    }
}

/// The Region in `bedrock-agentcore-control.<region>.amazonaws.com`.
fn region_of(url: &Url) -> Option<RegionName> {
    let rest = url.host_str()?.strip_prefix("bedrock-agentcore-control.")?;
    let (region, _) = rest.split_once('.')?;
    RegionName::try_from(region.to_owned()).ok()
}

/// The target, or one sentence why it cannot be served.
async fn served(backends: &Backends, record: &Arc<TargetRecord>) -> Result<(Row, Target), String> {
    let name = &record.settings.name;
    let left_out = |reason: String| format!("target {name} cannot be called from here: {reason}");
    let listed_tools = backends.try_out(&record.settings).await;
    let mut record = TargetRecord::clone(record);
    record.listed_tools = listed_tools.map_err(left_out)?;
    let target = backends.target(&record).map_err(left_out)?;
    let row = Row {
        target: target.name.clone(),
        behind: backends.behind(&record.settings),
        tools: target.tools.iter().map(|tool| tool.name.clone()).collect(),
    };
    Ok((row, target))
}
