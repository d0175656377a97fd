//! The emulator: functions, and their life as a whole.

use std::{
    collections::{HashMap, HashSet},
    env, fmt,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    FunctionSpec, Invocation, InvokeError, Options, Problem, RESERVED_VARIABLES, StartError,
    environment, function_url,
    guard::Guard,
    invocation::{self, REQUEST_LIMIT, Request},
    lambda_api,
    pool::Function,
};

/// Functions as Lambda runs them: real processes, started when a call needs one. Clones are cheap and are the same emulator.
///
/// Calls need a multi-threaded or current-thread Tokio runtime with I/O and time. When the last clone is dropped, or this process
/// dies, every handler is killed; [`Emulator::shutdown`] ends them in an orderly way.
#[derive(Clone)]
pub struct Emulator(Arc<Inner>);

struct Inner {
    specs: Vec<FunctionSpec>,
    functions: HashMap<String, Arc<Function>>,
    shared: Arc<Shared>,
}

/// What every function and process needs of the emulator.
pub(crate) struct Shared {
    pub(crate) options: Options,
    /// Ends every process.
    pub(crate) stop: CancellationToken,
    /// Whether `stop` leaves them time.
    pub(crate) gently: AtomicBool,
    /// One task for each process.
    pub(crate) supervisors: TaskTracker,
    pub(crate) guard: Guard,
}

impl Emulator {
    /// Checks the functions. Starts nothing: the first call of a function starts its first process.
    ///
    /// # Errors
    ///
    /// A binary that does not exist or cannot be executed, a duplicate or impossible name, a reserved variable, a limit of zero:
    /// all of them together.
    pub fn new(functions: Vec<FunctionSpec>, options: Options) -> Result<Self, StartError> {
        let mut problems = Vec::new();
        let mut names = HashSet::new();
        for spec in &functions {
            if !names.insert(spec.name.as_str()) {
                let function = spec.name.clone();
                problems.push(Problem::Duplicate { function });
            }
            check(spec, &mut problems);
        }
        if !problems.is_empty() {
            return Err(StartError { problems });
        }
        let mut specs = functions;
        for spec in &mut specs {
            // Handlers run in another folder. Checked above, so it exists.
            spec.binary = std::path::absolute(&spec.binary).unwrap_or_else(|_| spec.binary.clone());
        }
        let shared = Arc::new(Shared {
            options,
            stop: CancellationToken::new(),
            gently: AtomicBool::new(false),
            supervisors: TaskTracker::new(),
            guard: Guard::default(),
        });
        let functions = specs
            .iter()
            .map(|spec| {
                let options = &shared.options;
                let arn = format!(
                    "arn:aws:lambda:{}:{}:function:{}",
                    options.region, options.account, spec.name
                );
                let environment = environment::for_function(spec, &options.region, env::vars_os());
                let function = Function::new(spec.clone(), arn, environment, Arc::clone(&shared));
                (spec.name.clone(), Arc::new(function))
            })
            .collect();
        Ok(Self(Arc::new(Inner {
            specs,
            functions,
            shared,
        })))
    }

    /// Calls a function and waits for its answer. `client_context` is JSON, not base64.
    ///
    /// A call whose future is dropped goes on without its caller, as on AWS, and is reported.
    ///
    /// # Errors
    ///
    /// When no process saw the call. What happens to one that a process saw is in the [`Invocation`].
    pub async fn invoke(
        &self,
        function: &str,
        payload: Bytes,
        client_context: Option<&str>,
    ) -> Result<Invocation, InvokeError> {
        let request = Request {
            request_id: Uuid::new_v4().to_string(),
            payload,
            client_context: client_context.map(str::as_bytes),
            trace_id: None,
            log_tail: false,
            stream: None,
        };
        let (invocation, _) = self.run(function, request).await?;
        Ok(invocation)
    }

    /// The functions, in the order given, with absolute paths.
    pub fn functions(&self) -> &[FunctionSpec] {
        &self.0.specs
    }

    /// The part of the Lambda API that callers use: `Invoke`, `GetFunction`, `GetFunctionConfiguration`, `ListFunctions`.
    /// For the AWS CLI and SDKs, with an endpoint URL; signatures are not checked.
    pub fn lambda_api(&self) -> axum::Router {
        lambda_api::router(self.clone())
    }

    /// A Function URL: every request is an event of payload format 2.0, and the function's answer, buffered or streamed, is
    /// the response. A function that does not exist answers 502. For programs on this machine: other `Host`s and foreign
    /// `Origin`s are refused.
    pub fn function_url(&self, function: &str) -> axum::Router {
        function_url::router(self.clone(), function)
    }

    /// Ends every process: `SIGTERM`, some grace, `SIGKILL`. Calls that run or wait end with [`InvokeError::ShuttingDown`], as later
    /// ones do. Returns when no process is left.
    pub async fn shutdown(&self) {
        let shared = &self.0.shared;
        for function in self.0.functions.values() {
            function.close();
        }
        shared.gently.store(true, Relaxed);
        shared.stop.cancel();
        shared.supervisors.close();
        shared.supervisors.wait().await;
        // A call may have been about to start a process when the others ended.
        while self
            .0
            .functions
            .values()
            .any(|function| function.has_processes())
        {
            sleep(Duration::from_millis(5)).await;
        }
        shared.guard.close().await;
    }

    pub(crate) async fn run(
        &self,
        function: &str,
        request: Request<'_>,
    ) -> Result<(Invocation, Vec<u8>), InvokeError> {
        let size = request.payload.len();
        if size > REQUEST_LIMIT {
            let limit = REQUEST_LIMIT;
            return Err(InvokeError::RequestTooLarge { size, limit });
        }
        let Some(function) = self.function(function) else {
            let function = function.to_owned();
            return Err(InvokeError::UnknownFunction { function });
        };
        invocation::run(function, request).await
    }

    pub(crate) fn function(&self, name: &str) -> Option<&Arc<Function>> {
        self.0.functions.get(name)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.shared.options
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("functions", &self.0.specs)
            .field("options", &self.0.shared.options)
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // A function's idle processes hold the function: this opens the circle.
        for function in self.functions.values() {
            function.close();
        }
        self.shared.stop.cancel();
    }
}

fn check(spec: &FunctionSpec, problems: &mut Vec<Problem>) {
    let function = || spec.name.clone();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if spec.name.is_empty() || spec.name.len() > 64 || !spec.name.chars().all(is_name) {
        let function = function();
        problems.push(Problem::InvalidName { function });
    }
    match spec.binary.metadata() {
        Err(_) => problems.push(Problem::BinaryMissing {
            function: function(),
            path: spec.binary.clone(),
            hint: build_hint(&spec.binary),
        }),
        Ok(metadata) if !metadata.is_file() || metadata.permissions().mode() & 0o111 == 0 => {
            problems.push(Problem::BinaryNotExecutable {
                function: function(),
                path: spec.binary.clone(),
            });
        }
        Ok(_) => {}
    }
    for variable in spec.environment.keys() {
        if RESERVED_VARIABLES.contains(&variable.as_str()) {
            problems.push(Problem::ReservedVariable {
                function: function(),
                variable: variable.clone(),
            });
        }
    }
    for (field, is_zero) in [
        ("memory_mb", spec.memory_mb == 0),
        ("timeout", spec.timeout.is_zero()),
        ("max_processes", spec.max_processes == 0),
        ("idle_timeout", spec.idle_timeout.is_zero()),
    ] {
        if is_zero {
            let function = function();
            problems.push(Problem::Zero { function, field });
        }
    }
}

/// How to make a binary that is not there: from `…/target/local/mcp-server-x`, profile and package.
fn build_hint(binary: &Path) -> String {
    let name = |path: Option<&Path>| Some(path?.file_name()?.to_str()?.to_owned());
    let package = name(Some(binary)).unwrap_or_else(|| "PACKAGE".to_owned());
    match name(binary.parent()).as_deref() {
        Some("debug") => format!("build it with `cargo build -p {package}`"),
        Some(profile @ ("release" | "local" | "lambda")) => {
            format!("build it with `cargo build --profile {profile} -p {package}`")
        }
        _ => format!("build `{package}` first"),
    }
}
