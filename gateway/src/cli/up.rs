//! The flags of `gateway up`, in groups.

use gateway::Up;

use super::behaviour::BehaviourArguments;
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
}

impl From<UpArguments> for Up {
    fn from(arguments: UpArguments) -> Self {
        Self {
            paths: arguments.fleet.paths(),
            limits: arguments.fleet.limits(),
            variables: arguments.fleet.env,
            propagated: arguments.behaviour.propagated(),
            listen: arguments.listen.listen,
            lambda_listen: arguments.listen.lambda_listen,
            settings: arguments.behaviour.settings(),
        }
    }
}
