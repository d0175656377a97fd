//! Starts a process, watches over it and ends it.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, SocketAddr},
    process::{ExitStatus, Stdio},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, sleep_until, timeout},
};
use uuid::Uuid;

use crate::{
    environment,
    exit::exit_text,
    output::Output,
    pool::{Function, Slot},
    process::{Due, Process, Ready},
    runtime_api,
};

/// What a process sent before it ended is read within this time; longer only if something else holds its connection open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A binary that is open for writing is tried again for a second.
const BUSY_TRIES: u32 = 50;
const BUSY_WAIT: Duration = Duration::from_millis(20);

/// Starts a process with its own Runtime API. The receiver tells when it asks for work, or why it never will.
pub(crate) async fn start(
    function: &Arc<Function>,
    slot: Slot,
) -> io::Result<(Arc<Process>, oneshot::Receiver<Ready>)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let runtime_api = listener.local_addr()?;
    let mut tries = 0;
    let (child, output) = loop {
        match spawn(function, runtime_api) {
            // A linker is still writing it, or another process that is being started has inherited the writer's handle.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && tries < BUSY_TRIES => {
                tries += 1;
                sleep(BUSY_WAIT).await;
            }
            result => break result?,
        }
    };
    let follow = Arc::clone(&output).follow()?;
    let pid = child
        .id()
        .and_then(|pid| i32::try_from(pid).ok())
        .ok_or_else(|| io::Error::other("the process has no id"))?;
    let shared = &function.shared;
    shared.guard.add(pid);

    let (sender, ready) = oneshot::channel();
    let process = Arc::new(Process::new(Arc::clone(function), pid, output, sender));
    let api = tokio::spawn(runtime_api::serve(listener, Arc::clone(&process)));
    let log = tokio::spawn(follow);
    let supervisor = supervise(Arc::clone(&process), child, slot, api, log);
    shared.supervisors.spawn(supervisor);
    Ok((process, ready))
}

fn spawn(function: &Function, runtime_api: SocketAddr) -> io::Result<(Child, Arc<Output>)> {
    let (reader, writer) = io::pipe()?;
    let output = Output::new(
        reader,
        function.spec.name.clone(),
        Arc::clone(&function.shared.options.on_log),
    )?;
    let today = jiff::Timestamp::now().strftime("%Y/%m/%d");
    let log_stream = format!("{today}/[$LATEST]{}", Uuid::new_v4().simple());
    let mut command = Command::new(&function.spec.binary);
    command
        .env_clear()
        .envs(
            function
                .environment
                .iter()
                .map(|(name, value)| (name, value)),
        )
        .envs(environment::for_process(
            &runtime_api.to_string(),
            &log_stream,
        ))
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        // Its own group: Ctrl-C in a terminal is for this process, and what the handler starts ends with it.
        .process_group(0)
        .kill_on_drop(true);
    if let Some(task_root) = function.spec.binary.parent() {
        command.current_dir(task_root);
    }
    Ok((command.spawn()?, Arc::new(output)))
}

/// Lives as long as the process does, and is the only one to signal it: until it has waited for it, the number is this process's.
async fn supervise(
    process: Arc<Process>,
    mut child: Child,
    slot: Slot,
    mut api: JoinHandle<()>,
    log: JoinHandle<()>,
) {
    let function = Arc::clone(&process.function);
    let shared = Arc::clone(&function.shared);
    let name = function.spec.name.as_str();
    let grace = Some(shared.options.shutdown_grace);
    let status = loop {
        let due = match process.due() {
            Due::At(time) => time,
            Due::InitTimedOut => break end(&process, &mut child, None).await,
            Due::Lost => break end(&process, &mut child, grace).await,
            Due::Idle if function.withdraw(&process) => {
                break end(&process, &mut child, grace).await;
            }
            // A call has just taken it.
            Due::Idle => Instant::now() + function.spec.idle_timeout,
        };
        tokio::select! {
            status = child.wait() => break status,
            () = process.kill.notified() => break end(&process, &mut child, None).await,
            () = process.end.notified() => break end(&process, &mut child, grace).await,
            () = shared.stop.cancelled() => {
                let grace = grace.filter(|_| shared.gently.load(Relaxed));
                break end(&process, &mut child, grace).await;
            }
            () = sleep_until(due) => {}
        }
    };
    // What the handler started and did not end.
    signal(&process, Signal::KILL);
    // An answer may have arrived that nobody has read yet.
    process.closing.cancel();
    if timeout(LAST_WORDS, &mut api).await.is_err() {
        api.abort();
    }
    log.abort();
    process.output.drain();
    let status = status.map_or_else(|error| error.to_string(), exit_text);
    tracing::debug!(
        function = name,
        pid = process.pid,
        "process ended: {status}"
    );
    process.ended(&status);
    function.withdraw(&process);
    shared.guard.remove(process.pid);
    drop(slot);
}

/// Ends a process: asks, waits for as long as there is grace, then kills.
async fn end(
    process: &Process,
    child: &mut Child,
    grace: Option<Duration>,
) -> io::Result<ExitStatus> {
    if let Some(grace) = grace {
        signal(process, Signal::TERM);
        if let Ok(status) = timeout(grace, child.wait()).await {
            return status;
        }
    }
    signal(process, Signal::KILL);
    child.wait().await
}

/// Fails when nothing is left of the group, which is what is wanted.
fn signal(process: &Process, signal: Signal) {
    // 1 would be every process of this user.
    if let Some(group) = Pid::from_raw(process.pid)
        && group != Pid::INIT
    {
        let _ = kill_process_group(group, signal);
    }
}
