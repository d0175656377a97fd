//! The `gateway` program: `up`, `tools`, `call`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use gateway::{
    ExceptionLevel, Limits, Paths, ResultMode, Settings, SupportedVersions, Undeclared, Up,
    Variable,
};
use url::Url;

/// The AgentCore Gateway on a laptop: real handler processes behind one MCP endpoint.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the fleet: MCP endpoint and Lambda API, until Ctrl-C.
    Up(UpArguments),
    /// List the tools of a running gateway.
    Tools {
        /// The gateway's MCP endpoint.
        #[arg(long, default_value = DEFAULT_URL)]
        url: Url,
        /// Print the whole list as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Call a tool of a running gateway. Exit code: 0, 1 if the tool reports an error, 2 if it could not be called.
    Call {
        /// The tool: `<target>___<tool>`.
        tool: String,
        /// Its arguments as a JSON object; `-` reads them from standard input.
        #[arg(default_value = "{}")]
        arguments: String,
        /// The gateway's MCP endpoint.
        #[arg(long, default_value = DEFAULT_URL)]
        url: Url,
        /// Print the text of the result instead of the result as JSON.
        #[arg(long)]
        text: bool,
    },
}

const DEFAULT_URL: &str = "http://127.0.0.1:8080/mcp";

#[derive(clap::Args)]
struct UpArguments {
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
    env: Vec<Variable>,
    /// Address of the MCP endpoint; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = loopback)]
    listen: SocketAddr,
    /// Address of the Lambda API; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:9001", value_parser = loopback)]
    lambda_listen: SocketAddr,
    /// What becomes of a function's return value in the shape of a `CallToolResult`.
    #[arg(long, value_enum, default_value_t)]
    result_mode: ResultMode,
    /// Whether clients are told why a call failed.
    #[arg(long, value_enum, default_value_t)]
    exception_level: ExceptionLevel,
    /// What happens to arguments that a tool's schema does not declare.
    #[arg(long, value_enum, default_value_t)]
    undeclared_arguments: Undeclared,
    /// Protocol versions to serve, separated by commas [default: all].
    #[arg(long)]
    supported_versions: Option<SupportedVersions>,
    /// Most processes of one function.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    max_processes: u16,
    /// Seconds after which a process without a call is ended.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    idle_timeout: u64,
}

/// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address = match text.strip_prefix("localhost:") {
        Some(port) => port
            .parse()
            .ok()
            .map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        None => text.parse().ok(),
    };
    match address {
        None => Err("must be an address and a port, such as 127.0.0.1:8080".to_owned()),
        Some(address) if !address.ip().is_loopback() => {
            Err("must be a loopback address: this gateway asks nobody who they are".to_owned())
        }
        Some(address) => Ok(address),
    }
}

impl UpArguments {
    fn into_up(self) -> Up {
        Up {
            paths: Paths {
                manifest: self.manifest,
                handlers: self.handlers,
                binaries: self.bin_dir,
            },
            limits: Limits {
                max_processes: self.max_processes.into(),
                idle_timeout: Duration::from_secs(self.idle_timeout),
            },
            variables: self.env,
            listen: self.listen,
            lambda_listen: self.lambda_listen,
            settings: Settings {
                result_mode: self.result_mode,
                exception_level: self.exception_level,
                undeclared_arguments: self.undeclared_arguments,
                supported_versions: self.supported_versions.unwrap_or_default(),
            },
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .without_time()
        .init();
    // `up` could not run: 1. A client that could not ask: 2, because 1 says that a tool answered with an error.
    let (done, could_not) = match Cli::parse().command {
        Command::Up(arguments) => (
            gateway::up(arguments.into_up())
                .await
                .map(|()| ExitCode::SUCCESS),
            1,
        ),
        Command::Tools { url, json } => (
            gateway::tools(url, json).await.map(|()| ExitCode::SUCCESS),
            2,
        ),
        Command::Call {
            tool,
            arguments,
            url,
            text,
        } => (gateway::call(url, &tool, &arguments, text).await, 2),
    };
    done.unwrap_or_else(|error| {
        report(&error);
        ExitCode::from(could_not)
    })
}

/// The message and what caused it, hints last and on their own lines.
fn report(error: &anyhow::Error) {
    let message = error.to_string();
    let (message, hint) = match message.split_once("\nhint: ") {
        Some((message, hint)) => (message, Some(hint)),
        None => (message.as_str(), None),
    };
    let causes: String = error
        .chain()
        .skip(1)
        .map(|cause| format!(": {cause}"))
        .collect();
    eprintln!("error: {message}{causes}");
    if let Some(hint) = hint {
        eprintln!("hint: {hint}");
    }
}
