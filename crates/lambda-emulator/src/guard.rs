//! Ends the handlers when this process dies without a chance to.
//!
//! A parent that is killed cannot end its children, and the kernel's parent-death signal can only be asked for by the child itself.
//! So a shell waits at the end of a pipe: while this process lives the pipe is open, and it says which groups are running. When the
//! pipe closes, for whatever reason, the shell kills the groups that are left and ends.

use std::{
    fs::File,
    io::{self, Write},
    process::Stdio,
    sync::{Mutex, PoisonError},
};

use tokio::process::{Child, Command};

/// Reads `+ GROUP` and `- GROUP`; at the end of input kills the groups that were added and not removed.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
running=
while read -r sign group; do
    case $sign in
    +) running="$running $group" ;;
    -)
        rest=
        for other in $running; do [ "$other" = "$group" ] || rest="$rest $other"; done
        running=$rest
        ;;
    esac
done
for group in $running; do kill -s KILL -- "-$group" 2>/dev/null; done
"#;

/// The shell; started with the first process.
#[derive(Default)]
pub(crate) struct Guard(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    NotStarted,
    Running {
        /// Dropping it closes the pipe.
        groups: File,
        /// Kept until the end, so that the runtime reaps it. Not killed on drop: it has work to do then.
        shell: Child,
    },
    /// There is no shell, or it was ended: the handlers are on their own.
    Absent,
}

impl Guard {
    /// From now on the group dies with this process. Needs a Tokio runtime.
    pub(crate) fn add(&self, group: i32) {
        self.with(|state| {
            if let State::NotStarted = state {
                *state = start().unwrap_or_else(|error| {
                    tracing::warn!(%error, "no `sh`: handlers may outlive this process if it is killed");
                    State::Absent
                });
            }
            tell(state, '+', group);
        });
    }

    /// The group has ended.
    pub(crate) fn remove(&self, group: i32) {
        self.with(|state| tell(state, '-', group));
    }

    /// Ends the shell, and with it every group that is left.
    pub(crate) async fn close(&self) {
        let state = self.with(|state| std::mem::replace(state, State::Absent));
        if let State::Running { groups, mut shell } = state {
            drop(groups);
            // It ends by itself; there is nothing to do if that cannot be seen.
            let _ = shell.wait().await;
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn start() -> io::Result<State> {
    let mut shell = Command::new("sh")
        .args(["-c", SCRIPT, "lambda-emulator-guard"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Not the terminal's group: Ctrl-C is for this process, the shell goes when it does.
        .process_group(0)
        .spawn()?;
    let groups = shell
        .stdin
        .take()
        .ok_or_else(|| io::Error::other("no pipe to the shell"))?;
    // A few bytes into a pipe: no reason to wait in a task for it.
    let groups = File::from(groups.into_owned_fd()?);
    Ok(State::Running { groups, shell })
}

fn tell(state: &mut State, sign: char, group: i32) {
    if let State::Running { groups, .. } = state
        // One write: the shell reads whole lines, and this is called at each start and end of a process.
        && let Err(error) = groups.write_all(format!("{sign} {group}\n").as_bytes())
    {
        tracing::warn!(%error, "the guard is gone: handlers may outlive this process if it is killed");
        *state = State::Absent;
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep")
            .arg("600")
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    #[tokio::test]
    async fn kills_what_is_left_when_the_pipe_closes() {
        let guard = Guard::default();
        let (mut ended, mut left) = (sleeper(), sleeper());
        let (ended_group, left_group) = (ended.id().unwrap(), left.id().unwrap());
        guard.add(i32::try_from(left_group).unwrap());
        guard.add(i32::try_from(ended_group).unwrap());
        guard.remove(i32::try_from(ended_group).unwrap());
        // Only the pipe closes, as when this process dies.
        drop(guard);
        assert_eq!(left.wait().await.unwrap().signal(), Some(9));
        assert_eq!(
            ended.try_wait().unwrap(),
            None,
            "a group that was removed is left alone"
        );
        ended.kill().await.unwrap();
    }
}
