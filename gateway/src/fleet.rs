//! The fleet on disk: what the manifest declares, what `codegen` generated, what cargo built.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fleet_manifest::{LoadError, Manifest, Server};
use lambda_emulator::FunctionSpec;

use crate::chain::Chain;

/// Where the fleet is.
#[derive(Clone, Debug)]
pub struct Paths {
    /// `servers.yaml`.
    pub manifest: PathBuf,
    /// The folder with one `<id>/target.json` per server.
    pub handlers: PathBuf,
    /// The folder with one `mcp-server-<id>` per server.
    pub binaries: PathBuf,
}

/// What a function may use of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most processes of one function; a reserved concurrency in the manifest lowers it.
    pub max_processes: usize,
    /// A process without a call for this long is ended.
    pub idle_timeout: Duration,
}

/// A variable of one server's environment, over what the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Id of the server.
    pub server: String,
    /// Name of the variable.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl std::str::FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('=').and_then(|(key, value)| {
            let (server, name) = key.split_once('.')?;
            (!server.is_empty() && !name.is_empty())
                .then(|| (server.to_owned(), name.to_owned(), value.to_owned()))
        });
        let (server, name, value) = parts.ok_or("must be `<server id>.<NAME>=<value>`")?;
        Ok(Self {
            server,
            name,
            value,
        })
    }
}

/// One server: the target that the gateway registers, and the function behind it.
#[derive(Clone, Debug)]
pub struct Member {
    /// `handlers/<id>/target.json`.
    pub target: fleet_manifest::Target,
    /// The handler and its limits.
    pub function: FunctionSpec,
}

/// Why a fleet cannot be run. Everything that is wrong, not the first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FleetError {
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] LoadError),
    /// A variable for a server that the manifest does not have.
    #[error("`{}` has no server `{server}`, for which `--env` sets `{name}`", manifest.display())]
    #[expect(missing_docs, reason = "named by the message")]
    UnknownServer {
        manifest: PathBuf,
        server: String,
        name: String,
    },
    /// Generated files that are missing, broken or of another manifest.
    #[error("{}\nhint: write the handlers with `cargo run -p codegen`", lines(.0))]
    Generated(Vec<String>),
    /// Binaries that are missing.
    #[error("{}\nhint: build {} with `{build}`", lines(missing), if missing.len() == 1 { "it" } else { "them" })]
    NotBuilt {
        /// One line each.
        missing: Vec<String>,
        /// The command that builds them.
        build: String,
    },
}

/// Reads the fleet. Starts nothing.
///
/// # Errors
///
/// When the manifest has mistakes, a handler was not generated for it, or a binary was not built.
pub(crate) fn load(
    paths: &Paths,
    limits: Limits,
    variables: &[Variable],
) -> Result<Vec<Member>, FleetError> {
    let manifest = Manifest::load(&paths.manifest)?;
    if let Some(variable) = variables
        .iter()
        .find(|variable| manifest.server(&variable.server).is_none())
    {
        return Err(FleetError::UnknownServer {
            manifest: paths.manifest.clone(),
            server: variable.server.clone(),
            name: variable.name.clone(),
        });
    }
    let mut problems = Vec::new();
    let mut members = Vec::new();
    for server in &manifest.servers {
        match target(server, &paths.handlers) {
            Ok(target) => members.push(Member {
                function: function(server, &target, &paths.binaries, limits),
                target,
            }),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(FleetError::Generated(problems));
    }
    for variable in variables {
        let mut of_server = members
            .iter_mut()
            .filter(|member| member.target.id == variable.server);
        if let Some(member) = of_server.next() {
            member
                .function
                .environment
                .insert(variable.name.clone(), variable.value.clone());
        }
    }
    let missing: Vec<&FunctionSpec> = members
        .iter()
        .map(|member| &member.function)
        .filter(|function| !function.binary.is_file())
        .collect();
    if missing.is_empty() {
        return Ok(members);
    }
    Err(FleetError::NotBuilt {
        build: build_command(
            &paths.binaries,
            missing.iter().map(|function| function.name.as_str()),
        ),
        missing: missing
            .iter()
            .map(|function| {
                format!(
                    "handler binary `{}` does not exist",
                    function.binary.display()
                )
            })
            .collect(),
    })
}

/// Reads a server's `target.json` and checks that it was generated from this manifest.
fn target(server: &Server, handlers: &Path) -> Result<fleet_manifest::Target, String> {
    let path = handlers.join(server.id.as_str()).join("target.json");
    let target = fleet_manifest::Target::load(&path).map_err(|error| Chain(&error).to_string())?;
    if target.id != server.id.as_str() {
        return Err(format!(
            "`{}` belongs to server `{}`",
            path.display(),
            target.id
        ));
    }
    // Tools were listed under these settings: under others, the listing would not be the function's.
    if target.environment != server.environment() {
        return Err(format!(
            "`{}` was generated from other settings of `{}`",
            path.display(),
            server.id
        ));
    }
    Ok(target)
}

fn function(
    server: &Server,
    target: &fleet_manifest::Target,
    binaries: &Path,
    limits: Limits,
) -> FunctionSpec {
    let reserved = server
        .reserved_concurrency
        .and_then(|reserved| usize::try_from(reserved).ok());
    FunctionSpec {
        name: server.function_name(),
        description: server.description.clone(),
        binary: binaries.join(server.function_name()),
        environment: target.environment.clone(),
        memory_mb: server.memory_mb,
        timeout: Duration::from_secs(server.timeout_seconds.into()),
        architecture: server.architecture.as_str().to_owned(),
        max_processes: reserved.map_or(limits.max_processes, |reserved| {
            reserved.clamp(1, limits.max_processes)
        }),
        idle_timeout: limits.idle_timeout,
    }
}

/// The cargo command that fills `binaries`: its last component is the profile.
fn build_command<'a>(binaries: &Path, packages: impl Iterator<Item = &'a str>) -> String {
    let profile = match binaries.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => String::new(),
        Some(profile) => format!(" --profile {profile}"),
    };
    let packages: String = packages.map(|package| format!(" -p {package}")).collect();
    format!("cargo build{profile}{packages}")
}

fn lines(problems: &[String]) -> String {
    problems.join("\n")
}
