//! The control plane's flags.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::ensure;
use gateway::Control;
use gateway_auth::IamConfig;

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
}

impl ControlArguments {
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
