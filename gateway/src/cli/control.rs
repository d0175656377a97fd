//! The control plane's flags.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::ensure;
use gateway::{Control, Deployed};
use gateway_auth::IamConfig;
use gateway_control::GatewayName;
use url::Url;

use super::listen::loopback;

#[derive(clap::Args)]
#[command(next_help_heading = "Control plane")]
pub(super) struct ControlArguments {
    /// Serve the control plane's API at this address; port 0 takes a free one [default: no control plane].
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    control_listen: Option<SocketAddr>,
    /// File that keeps the gateways and targets that callers create [default: they end with the program].
    #[arg(long, value_name = "FILE")]
    control_state: Option<PathBuf>,
    /// Serve a gateway of the control plane at this address, as it was deployed there, in place of the fleet's own.
    #[arg(long, value_name = "URL", conflicts_with_all = DEPLOYED)]
    from_control_plane: Option<Url>,
    /// Id or name of that gateway [default: the only one].
    #[arg(long, value_name = "ID", requires = "from_control_plane")]
    gateway: Option<GatewayName>,
}

/// What a deployed gateway brings along.
const DEPLOYED: [&str; 13] = [
    "auth",
    "jwt_discovery_url",
    "control_listen",
    "control_state",
    "exception_level",
    "supported_versions",
    "session_timeout",
    "response_streaming",
    "disable_list_pagination",
    "instructions",
    "search",
    "propagate_header",
    "propagate_query",
];

impl ControlArguments {
    /// The gateway to serve in place of the fleet's own; `signers` may sign if it is of the type `AWS_IAM`.
    pub(super) fn deployed(&self, signers: Option<&IamConfig>) -> Option<Deployed> {
        self.from_control_plane.as_ref().map(|url| Deployed {
            control_plane: url.clone(),
            gateway: self.gateway.clone(),
            signers: signers.cloned(),
        })
    }

    /// Whether gateways may be served that need access keys.
    pub(super) fn has_other_gateways(&self) -> bool {
        self.control_listen.is_some() || self.from_control_plane.is_some()
    }

    /// The control plane, if there is to be one; `signers` may sign for gateways of the type `AWS_IAM`.
    pub(super) fn control(self, signers: Option<IamConfig>) -> anyhow::Result<Option<Control>> {
        let Some(listen) = self.control_listen else {
            ensure!(
                self.control_state.is_none(),
                "`--control-state` needs `--control-listen`"
            );
            return Ok(None);
        };
        Ok(Some(Control {
            listen,
            state: self.control_state,
            signers,
        }))
    }
}
