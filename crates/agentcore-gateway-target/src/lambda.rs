//! Lambda mode: a loop of its own over the Runtime API.
//!
//! The stock `lambda_runtime` parses the client context into a map of strings before any handler
//! runs, and ends the process where that fails: on the nested
//! `bedrockAgentCorePropagatedHeaders`, on `"client": null`, on bytes that are not ASCII. Here the
//! context is read as whatever JSON it is, and nothing that arrives ends the process.

mod answer;
mod api;
mod context;
mod event;
mod http;
mod http_service;
mod invoke;
mod metrics;
mod record;
mod stream;
mod watchdog;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rmcp::ServerHandler;
use rmcp::model::RequestId;
use secret_references::Reference;

use self::api::{ApiError, Received, RuntimeApi};
use self::event::{Event, Kind};
use self::invoke::{Answer, Invoker, Time};
use self::record::Record;
use self::watchdog::{Pending, Watchdog};
use crate::deadline::Deadline;
use crate::dispatch::Dispatcher;
use crate::error::with_causes;
use crate::guarded::{Filter, Guarded};
use crate::logging::{self, Format};
use crate::run::{ServerInfo, StartError};
use crate::secrets::{Secrets, Values};
use crate::settings::{Settings, SettingsError};

pub use self::context::GatewayContext;

/// So many failures to fetch an invocation in a row mean that nobody is there any more.
const FETCH_ATTEMPTS: u32 = 3;

/// Exit code of a function that Lambda has to start anew.
const FAILED: u8 = 1;

/// Serves invocations until the Runtime API goes away.
pub(crate) async fn run<S, E, R, F>(
    info: ServerInfo,
    authority: &str,
    settings: Result<Settings, SettingsError>,
    resolve: R,
    from_env: impl FnOnce(&[String]) -> Result<S, E>,
) -> ExitCode
where
    S: ServerHandler,
    E: Error,
    R: AsyncFn(&Reference) -> Result<String, F>,
    F: Error,
{
    let log = settings.as_ref().map(|settings| settings.log);
    logging::init(log.unwrap_or_default(), Format::Json);
    let api = match RuntimeApi::new(authority) {
        Ok(api) => api,
        Err(error) => {
            tracing::error!(error.chain = error.chain(), "cannot start: {error}");
            return ExitCode::from(FAILED);
        }
    };
    match start(info, settings, resolve, from_env).await {
        Ok((invoker, mut secrets)) => {
            let watchdog = Watchdog::new(authority);
            if let Some(values) = serve(&api, &invoker, watchdog, &mut secrets).await {
                // The server first: what it has started ends with it.
                drop(invoker);
                let error = secrets.restart(values);
                tracing::error!("{}", with_causes(&error));
            }
        }
        Err(error) => {
            tracing::error!("cannot start: {error}");
            if let Err(error) = api.init_error(&error.to_string()).await {
                let chain = error.chain();
                tracing::error!(
                    error.chain = chain,
                    "the reason could not be reported: {error}"
                );
            }
        }
    }
    ExitCode::from(FAILED)
}

async fn start<S, E, R, F>(
    info: ServerInfo,
    settings: Result<Settings, SettingsError>,
    resolve: R,
    from_env: impl FnOnce(&[String]) -> Result<S, E>,
) -> Result<(Invoker<S>, Secrets<R>), StartError>
where
    S: ServerHandler,
    E: Error,
    R: AsyncFn(&Reference) -> Result<String, F>,
    F: Error,
{
    let settings = settings?;
    let secrets = Secrets::at_start(resolve, settings.secrets_refresh).await?;
    let server = from_env(&settings.args).map_err(|error| StartError::server(&error))?;
    let dispatcher = Dispatcher::new(Guarded::new(server, Filter::new(&settings)));
    let context = dispatcher.context(RequestId::Number(0));
    dispatcher.server().check_filter(&context).await?;
    Ok((Invoker::new(info, dispatcher, &settings), secrets))
}

/// One invocation at a time, as Lambda hands them out. Returns when it hands out no more, or when a secret has changed, with the
/// new values.
async fn serve<S, R, F>(
    api: &RuntimeApi,
    invoker: &Invoker<S>,
    mut watchdog: Watchdog,
    secrets: &mut Secrets<R>,
) -> Option<Values>
where
    S: ServerHandler,
    R: AsyncFn(&Reference) -> Result<String, F>,
    F: Error,
{
    let mut cold = true;
    let mut failures = 0;
    while failures < FETCH_ATTEMPTS {
        match api.next().await {
            Ok(received) => {
                failures = 0;
                let deadline = received.deadline.map_or(Deadline::NONE, Deadline::at);
                invocation(api, invoker, &mut watchdog, received, cold).await;
                cold = false;
                // Only now: between invocations the process is frozen.
                if let Some(values) = secrets.changed(deadline).await {
                    return Some(values);
                }
            }
            Err(error) => {
                failures += 1;
                let chain = error.chain();
                tracing::error!(
                    error.chain = chain,
                    "no invocation could be fetched: {error}"
                );
                if !matches!(error, ApiError::NoRequestId) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
    None
}

async fn invocation<S: ServerHandler>(
    api: &RuntimeApi,
    invoker: &Invoker<S>,
    watchdog: &mut Watchdog,
    received: Received,
    cold: bool,
) {
    let time = Time::new(Instant::now(), received.deadline);
    let context = GatewayContext::read(received.context.as_deref());
    let event = Event::classify(context.tool(), &received.body);
    invocation_trace::enter(received.trace.clone());
    let record = Arc::new(Record {
        request_id: received.request_id,
        message_id: context.message_id().map(str::to_owned),
        trace: received.trace,
        kind: event.kind(),
        tool: event.tool().map(str::to_owned),
        cold,
        metrics: invoker.metrics(),
    });
    let form = invoker.form(&event);
    // Only the server's own code can block, and it runs only when there is time for it.
    // (What has begun to stream is answered by its stream, or not at all.)
    let watched = event.kind() != Kind::Other;
    let deadline = time.deadline.instant();
    let deadline = deadline.filter(|at| watched && *at > time.started);
    if let Some(deadline) = deadline {
        watchdog.arm(Pending {
            deadline,
            started: time.started,
            form: form.clone(),
            record: Arc::clone(&record),
        });
    }
    let (answer, outcome) = invoker.answer(event, &form, context, time).await;
    if deadline.is_some() && !watchdog.disarm() {
        // The watchdog has answered this invocation, and recorded it.
        return;
    }
    let duration = time.started.elapsed();
    let request_id = &record.request_id;
    // The log comes after the answer, which the caller waits for; Lambda freezes the process no sooner than it asks for the
    // next invocation.
    let delivered = match answer {
        Answer::Json(body) => {
            let delivered = api.respond(request_id, body).await;
            record.ended(outcome, duration);
            delivered
        }
        Answer::Stream(stream) => {
            let delivered = api.respond_with_stream(request_id, stream).await;
            let in_stream = delivered.as_ref().ok().copied().flatten();
            record.ended(in_stream.unwrap_or(outcome), time.started.elapsed());
            delivered.map(drop)
        }
    };
    if let Err(error) = delivered {
        tracing::error!(
            request.id = record.request_id,
            error.chain = error.chain(),
            "the answer could not be delivered: {error}"
        );
    }
}
