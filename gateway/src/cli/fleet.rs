//! Which fleet is run, and what its functions may use.

use std::path::PathBuf;
use std::time::Duration;

use gateway::{Limits, Paths, Variable};

#[derive(clap::Args)]
#[command(next_help_heading = "Fleet")]
pub(super) struct FleetArguments {
    /// The fleet.
    #[arg(long, default_value = "servers.yaml")]
    manifest: PathBuf,
    /// Folder with one `<id>/target.json` per server.
    #[arg(long, default_value = "handlers")]
    handlers: PathBuf,
    /// Folder with one `mcp-server-<id>` per server.
    #[arg(long, default_value = "target/local")]
    bin_dir: PathBuf,
    /// A variable of one server's environment, over the manifest: `filesystem.FILESYSTEM_ROOTS=/srv`. May be repeated.
    #[arg(long, value_name = "ID.NAME=VALUE")]
    pub(super) env: Vec<Variable>,
    /// Most processes of one function.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    max_processes: u16,
    /// Seconds after which a process without a call is ended.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    idle_timeout: u64,
}

impl FleetArguments {
    pub(super) fn paths(&self) -> Paths {
        Paths {
            manifest: self.manifest.clone(),
            handlers: self.handlers.clone(),
            binaries: self.bin_dir.clone(),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            max_processes: self.max_processes.into(),
            idle_timeout: Duration::from_secs(self.idle_timeout),
        }
    }
}
