//! One call: handed to a process, watched, answered, reported.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::HeaderValue;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use crate::{
    InvokeError, Outcome, Report,
    event::{Event, context_header, epoch_ms, new_trace_id},
    failure::{exited, out_of_memory, timed_out, too_large},
    memory::SAMPLE_EVERY,
    output::keep_last,
    pool::{Function, Grant},
    process::{Answer, InitFailure, Process},
    supervisor,
};

/// Largest event of a synchronous call: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
pub(crate) const REQUEST_LIMIT: usize = 6 * 1024 * 1024;

/// Lambda returns this much of a call's log.
const LOG_TAIL_BYTES: usize = 4096;

/// What a call returned, as Lambda's `Invoke` does: also when the function failed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Invocation {
    /// Id of this call, also in the handler's context and log.
    pub request_id: String,
    /// The function's answer; when it failed, an object with `errorType` and `errorMessage`.
    pub payload: Bytes,
    /// `Unhandled` when the function failed in whatever way, as in the header `X-Amz-Function-Error`.
    pub function_error: Option<String>,
    /// What it cost.
    pub report: Report,
}

/// What a caller asks for.
pub(crate) struct Request<'a> {
    pub(crate) request_id: String,
    pub(crate) payload: Bytes,
    /// JSON, not base64.
    pub(crate) client_context: Option<&'a [u8]>,
    /// Passed on as it is; made when absent.
    pub(crate) trace_id: Option<HeaderValue>,
    /// Whether the end of the log is wanted.
    pub(crate) log_tail: bool,
    /// Where a streamed answer goes, piece by piece. Without it, it is collected like any other.
    pub(crate) stream: Option<mpsc::Sender<Bytes>>,
}

/// Runs a call to its end. Dropped before that, the call goes on without its caller, as on AWS.
pub(crate) async fn run(
    function: &Arc<Function>,
    request: Request<'_>,
) -> Result<(Invocation, Vec<u8>), InvokeError> {
    let request_id = request.request_id;
    let timeout = function.spec.timeout;
    let mut event = Box::new(Event {
        request_id: request_id.clone(),
        deadline_ms: 0,
        function_arn: HeaderValue::try_from(&function.arn)
            .expect("names are checked, and an ARN is a header value"),
        trace_id: request.trace_id.unwrap_or_else(new_trace_id),
        client_context: request.client_context.map(context_header).transpose()?,
        payload: request.payload,
        stream: request.stream,
    });
    loop {
        let (lease, init) = match function.acquire().await? {
            Grant::Warm(lease) => (lease, None),
            Grant::Start(_) if function.shared.stop.is_cancelled() => {
                return Err(InvokeError::ShuttingDown);
            }
            Grant::Start(slot) => {
                let began = Instant::now();
                let (process, ready) =
                    supervisor::start(function, slot).await.map_err(|source| {
                        InvokeError::CannotStart {
                            function: function.spec.name.clone(),
                            binary: function.spec.binary.clone(),
                            source,
                        }
                    })?;
                match ready.await {
                    Ok(Ok((lease, init))) => (lease, Some(init)),
                    Ok(Err(_)) | Err(_) if function.shared.stop.is_cancelled() => {
                        return Err(InvokeError::ShuttingDown);
                    }
                    Ok(Err(failure)) => {
                        let ended = Ended::at_init(&process, request_id, began.elapsed(), failure);
                        return Ok(ended.conclude(&process, request.log_tail));
                    }
                    Err(_) => return Err(InvokeError::ShuttingDown),
                }
            }
        };
        let process = lease.process();
        let delivered = Instant::now();
        event.deadline_ms = epoch_ms() + u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX / 2);
        match process.deliver(event) {
            Ok(answer) => {
                let call = InFlight {
                    process,
                    request_id,
                    answer,
                    delivered,
                    init,
                    log_tail: request.log_tail,
                };
                return Watched(Some(call)).finish().await;
            }
            // That process had just ended, and has not seen the call: another one.
            Err(back) => event = back,
        }
    }
}

/// A call that a process works on.
struct InFlight {
    process: Arc<Process>,
    request_id: String,
    answer: oneshot::Receiver<Answer>,
    delivered: Instant,
    init: Option<Duration>,
    log_tail: bool,
}

enum Verdict {
    Answer(Answer),
    TimedOut,
    OutOfMemory,
}

/// Sees to it that a call is finished and reported also when nobody waits for it any more.
struct Watched(Option<InFlight>);

impl Watched {
    async fn finish(mut self) -> Result<(Invocation, Vec<u8>), InvokeError> {
        let Some(call) = &mut self.0 else {
            return Err(InvokeError::ShuttingDown);
        };
        let verdict = call.verdict().await;
        let Some(call) = self.0.take() else {
            return Err(InvokeError::ShuttingDown);
        };
        call.conclude(verdict)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(mut call) = self.0.take() {
            match Handle::try_current() {
                Ok(runtime) => {
                    runtime.spawn(async move {
                        let verdict = call.verdict().await;
                        let _ = call.conclude(verdict);
                    });
                }
                // The runtime is going down, and the process with it.
                Err(_) => call.process.abandon(&call.request_id),
            }
        }
    }
}

impl InFlight {
    /// Waits for the answer, the time limit or the memory limit. Can be dropped and called again.
    async fn verdict(&mut self) -> Verdict {
        let spec = &self.process.function.spec;
        let deadline = self.delivered + spec.timeout;
        let mut look = self.delivered + SAMPLE_EVERY;
        loop {
            tokio::select! {
                biased;
                answer = &mut self.answer => {
                    // Without an answer, the process was given up by somebody else.
                    return Verdict::Answer(answer.unwrap_or_else(|_| Answer::Exited("signal: killed".to_owned())));
                }
                () = sleep_until(look.min(deadline)) => {}
            }
            self.process.memory.sample();
            let verdict = if self.process.memory.is_over(spec.memory_mb) {
                Verdict::OutOfMemory
            } else if Instant::now() >= deadline {
                Verdict::TimedOut
            } else {
                look = Instant::now() + SAMPLE_EVERY;
                continue;
            };
            self.process.abandon(&self.request_id);
            // It may have answered in this very moment.
            return match self.answer.try_recv() {
                Ok(answer) => Verdict::Answer(answer),
                Err(_) => verdict,
            };
        }
    }

    fn conclude(self, verdict: Verdict) -> Result<(Invocation, Vec<u8>), InvokeError> {
        let duration = self.delivered.elapsed();
        let process = &self.process;
        let function = &process.function;
        let (payload, outcome) = match verdict {
            Verdict::Answer(Answer::Exited(_)) if function.shared.stop.is_cancelled() => {
                return Err(InvokeError::ShuttingDown);
            }
            Verdict::Answer(Answer::Exited(status)) => exited(&self.request_id, status),
            Verdict::OutOfMemory | Verdict::Answer(Answer::OutOfMemory) => {
                out_of_memory(&self.request_id)
            }
            Verdict::TimedOut => timed_out(&self.request_id, function.spec.timeout),
            Verdict::Answer(Answer::Response(payload)) => (payload, Outcome::Ok),
            Verdict::Answer(Answer::Error { body, error_type }) => {
                (body, Outcome::FunctionError(error_type))
            }
            Verdict::Answer(Answer::TooLarge) => too_large(),
        };
        let ended = Ended {
            request_id: self.request_id,
            cold: self.init.is_some(),
            init: self.init,
            duration,
            payload,
            outcome,
        };
        Ok(ended.conclude(process, self.log_tail))
    }
}

/// A call that is over, and not reported yet.
struct Ended {
    request_id: String,
    cold: bool,
    init: Option<Duration>,
    duration: Duration,
    payload: Bytes,
    outcome: Outcome,
}

impl Ended {
    /// A call whose process never asked for work.
    fn at_init(
        process: &Process,
        request_id: String,
        duration: Duration,
        why: InitFailure,
    ) -> Self {
        let (payload, outcome) = match why {
            InitFailure::Reported { body, error_type } => {
                (body, Outcome::FunctionError(error_type))
            }
            InitFailure::Exited(status) => exited(&request_id, status),
            InitFailure::TimedOut => {
                timed_out(&request_id, process.function.shared.options.init_timeout)
            }
        };
        Self {
            request_id,
            cold: true,
            init: None,
            duration,
            payload,
            outcome,
        }
    }

    /// Tells the observer, and with `log_tail` returns the end of the log, framed by the platform's own lines.
    fn conclude(self, process: &Process, log_tail: bool) -> (Invocation, Vec<u8>) {
        let function = &process.function;
        let memory_mb = function.spec.memory_mb;
        process.output.drain();
        let written = process.output.take_tail();
        process.memory.sample();
        let report = Report {
            function: function.spec.name.clone(),
            request_id: self.request_id.clone(),
            cold: self.cold,
            init: self.init,
            duration: self.duration,
            billed_ms: Report::billed(self.init, self.duration),
            memory_mb,
            max_memory_mb: match self.outcome {
                // As on AWS, where a process cannot have more.
                Outcome::OutOfMemory => memory_mb,
                _ => process.memory.peak_mb(),
            },
            outcome: self.outcome,
        };
        let tail = if log_tail {
            framed(&written, &report)
        } else {
            Vec::new()
        };
        if report.init.is_none() && report.cold {
            tracing::warn!(
                function = report.function,
                outcome = ?report.outcome,
                "`{}` did not start; it wrote: {}",
                function.spec.binary.display(),
                String::from_utf8_lossy(&written).trim_end()
            );
        }
        (function.shared.options.on_report)(&report);
        let function_error = report.outcome.error_type().map(|_| "Unhandled".to_owned());
        let invocation = Invocation {
            request_id: self.request_id,
            payload: self.payload,
            function_error,
            report,
        };
        (invocation, tail)
    }
}

/// The last 4 KB of a call's log as CloudWatch has it.
fn framed(written: &[u8], report: &Report) -> Vec<u8> {
    let id = &report.request_id;
    let mut log = format!("START RequestId: {id} Version: $LATEST\n").into_bytes();
    log.extend_from_slice(written);
    log.extend_from_slice(format!("END RequestId: {id}\n{report}\n").as_bytes());
    keep_last(&mut log, LOG_TAIL_BYTES);
    log
}
