//! The flags of `gateway up`, in groups.

use gateway::{Settings, Up};

use super::auth::AuthArguments;
use super::behaviour::BehaviourArguments;
use super::control::ControlArguments;
use super::fleet::FleetArguments;
use super::listen::ListenArguments;

#[derive(clap::Args)]
pub(crate) struct UpArguments {
    #[command(flatten)]
    fleet: FleetArguments,
    #[command(flatten)]
    listen: ListenArguments,
    #[command(flatten)]
    behaviour: BehaviourArguments,
    #[command(flatten)]
    auth: AuthArguments,
    #[command(flatten)]
    control: ControlArguments,
}

impl UpArguments {
    /// What is to run.
    ///
    /// # Errors
    ///
    /// When flags contradict each other, or name files that cannot be used.
    pub(crate) fn into_up(self) -> anyhow::Result<Up> {
        let signers = self.auth.signers();
        let auth = self.auth.auth(self.control.has_other_gateways())?;
        let deployed = self.control.deployed(signers.as_ref());
        let control = self.control.control(signers)?;
        let behaviour = self.behaviour;
        Ok(Up {
            paths: self.fleet.paths(),
            limits: self.fleet.limits(),
            variables: self.fleet.env,
            propagated: behaviour.propagated(),
            listen: self.listen.listen,
            lambda_listen: self.listen.lambda_listen,
            settings: Settings {
                auth,
                ..behaviour.settings()
            },
            control,
            deployed,
        })
    }
}
