//! Invokes a real handler process with whatever could arrive, a million times over, and ends at the first answer that is none.
//!
//! ```console
//! $ cargo build --profile local -p agentcore-gateway-target --examples
//! $ cargo build --profile local --bin mcp-server-filesystem
//! $ target/local/examples/hostile --invocations 1000000 --env FILESYSTEM_ROOTS=/tmp --value path=/tmp target/local/mcp-server-filesystem
//! ```
//!
//! Prints one line of JSON. The same seed gives the same invocations; `--first N --invocations 1` repeats one of them.

mod answer;
mod arguments;
mod event;
mod handler_tools;
mod header;
mod invocation;
mod json;
mod runtime_api;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::answer::{Kind, check};
use crate::invocation::{Invocation, invocations};
use crate::runtime_api::Handler;

/// Memory is compared with what it was after this share of the invocations.
const WARM_UP: f64 = 0.2;

#[derive(Parser)]
struct Options {
    /// A handler.
    program: PathBuf,
    /// What is passed to its server.
    #[arg(last = true)]
    args: Vec<String>,
    /// How many invocations.
    #[arg(long, default_value_t = 10_000)]
    invocations: u64,
    /// Where the chance comes from. A new one if not given.
    #[arg(long)]
    seed: Option<u64>,
    /// The first of the seed's invocations.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// A tool that is not to be called, because it is made to hang. May be given several times.
    #[arg(long = "without", value_name = "TOOL")]
    without: Vec<String>,
    /// A variable of the handler's environment, `NAME=VALUE`. May be given several times.
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    environment: Vec<(String, String)>,
    /// A text that an argument of this name mostly is, such as a path that exists. May be given several times.
    #[arg(long = "value", value_name = "NAME=VALUE", value_parser = variable)]
    values: Vec<(String, String)>,
    /// How much more memory than after the warm-up is no growth, in KiB.
    #[arg(long, default_value_t = 32 * 1024)]
    growth_kb: u64,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut environment = options.environment.clone();
    if !options.args.is_empty() {
        let args = serde_json::to_string(&options.args)?;
        environment.push(("MCP_FLEET_ARGS".to_owned(), args));
    }
    let tools = handler_tools::read(
        &options.program,
        &environment,
        &options.without,
        &options.values,
    )?;
    let strategy = invocations(&tools);
    let mut handler = Handler::start(&options.program, &environment).await?;
    let seed = options.seed.unwrap_or_else(new_seed);
    let began = Instant::now();
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a count"
    )]
    let warm_at = (options.invocations as f64 * WARM_UP) as u64;
    let mut warm_kb = None;
    for at in 0..options.invocations {
        let index = options.first + at;
        let invocation = generate(&strategy, seed, index)?;
        let posted = handler.invoke(invocation.clone()).await;
        let checked = posted.and_then(|posted| check(invocation.shape, &invocation.body, &posted));
        let kind = checked.map_err(|reason| {
            format!("{reason}\nagain with: --seed {seed} --first {index} --invocations 1\n{invocation:?}")
        })?;
        *kinds.entry(kind).or_default() += 1;
        if at == warm_at {
            warm_kb = handler.resident_kb();
        }
    }
    let end_kb = handler.resident_kb();
    let kinds: BTreeMap<_, _> = kinds.iter().map(|(kind, n)| (kind.as_str(), n)).collect();
    let seconds = began.elapsed().as_secs_f64();
    let line = json!({
        "invocations": options.invocations,
        "seed": seed,
        "seconds": seconds.round(),
        "answers": kinds,
        "resident_kb": { "warm": warm_kb, "end": end_kb },
    });
    writeln!(std::io::stdout(), "{line}")?;
    match (warm_kb, end_kb) {
        (Some(warm), Some(end)) if end > warm + options.growth_kb => {
            Err(format!("the process has grown from {warm} to {end} KiB").into())
        }
        _ => Ok(()),
    }
}

/// The seed's invocation of this number, whatever came before it.
fn generate(
    strategy: &BoxedStrategy<Invocation>,
    seed: u64,
    index: u64,
) -> Result<Invocation, Box<dyn Error>> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &key);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let tree = strategy.new_tree(&mut runner);
    Ok(tree.map_err(|reason| reason.to_string())?.current())
}

fn new_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}
