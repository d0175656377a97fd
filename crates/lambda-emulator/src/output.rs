//! What a process writes to stdout and stderr: one pipe for both, so that lines keep their order.

use std::{
    io::{self, ErrorKind, PipeReader, Read},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::net::unix::pipe::Receiver;

use crate::options::OnLog;

/// Lambda returns the last 4 KB of a call's log.
const TAIL_BYTES: usize = 4096;
/// A line without end is cut here, as CloudWatch cuts an event.
const LINE_BYTES: usize = 256 * 1024;
/// Most that one call reads before it returns its answer: a handler that logs without pause must not hold it up.
const DRAIN_BYTES: usize = 1024 * 1024;

/// The reading end of a process's stdout and stderr.
pub(crate) struct Output {
    pipe: PipeReader,
    function: String,
    on_log: OnLog,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    /// A line without its end yet.
    partial: Vec<u8>,
    /// Recent lines; at most twice [`TAIL_BYTES`].
    tail: Vec<u8>,
}

impl Output {
    pub(crate) fn new(pipe: PipeReader, function: String, on_log: OnLog) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        Ok(Self {
            pipe,
            function,
            on_log,
            lines: Mutex::default(),
        })
    }

    /// Passes on lines as they come, until the last process that holds the writing end is gone. Needs a Tokio runtime.
    pub(crate) fn follow(self: Arc<Self>) -> io::Result<impl Future<Output = ()> + use<>> {
        let pipe = Receiver::from_owned_fd(self.pipe.try_clone()?.into())?;
        Ok(async move {
            while pipe.readable().await.is_ok() {
                match self.drain_through(|buffer| pipe.try_read(buffer)) {
                    Drained::Empty => {}
                    Drained::More => tokio::task::yield_now().await,
                    Drained::Closed => return,
                }
            }
        })
    }

    /// Passes on what is in the pipe now. Called at the end of each call, because the answer may overtake the lines that the handler
    /// wrote before it.
    pub(crate) fn drain(&self) -> Drained {
        self.drain_through(|buffer| (&self.pipe).read(buffer))
    }

    fn drain_through(&self, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> Drained {
        let mut buffer = [0; 8192];
        // Held while reading, so that two readers cannot change the order of lines.
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total = 0;
        while total < DRAIN_BYTES {
            match read(&mut buffer) {
                Ok(0) => {
                    let rest = mem::take(&mut lines.partial);
                    self.emit(&mut lines.tail, &rest);
                    return Drained::Closed;
                }
                Ok(length) => {
                    total += length;
                    self.take(&mut lines, buffer.get(..length).unwrap_or_default());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Drained::Empty,
                Err(_) => return Drained::Closed,
            }
        }
        Drained::More
    }

    /// The last 4 KB since this was called before, with the platform's own lines before and after them.
    pub(crate) fn take_tail(&self) -> Vec<u8> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tail = mem::take(&mut lines.tail);
        keep_last(&mut tail, TAIL_BYTES);
        tail
    }

    fn take(&self, lines: &mut Lines, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            if lines.partial.is_empty() {
                self.emit(&mut lines.tail, line);
            } else {
                lines.partial.extend_from_slice(line);
                let whole = mem::take(&mut lines.partial);
                self.emit(&mut lines.tail, &whole);
            }
        }
        lines.partial.extend_from_slice(bytes);
        if lines.partial.len() >= LINE_BYTES {
            let whole = mem::take(&mut lines.partial);
            self.emit(&mut lines.tail, &whole);
        }
    }

    fn emit(&self, tail: &mut Vec<u8>, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return;
        }
        tail.extend_from_slice(line);
        tail.push(b'\n');
        if tail.len() > 2 * TAIL_BYTES {
            keep_last(tail, TAIL_BYTES);
        }
        (self.on_log)(&self.function, &String::from_utf8_lossy(line));
    }
}

/// How much [`Output::drain`] left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// Nothing for now.
    Empty,
    /// It stopped although there is more.
    More,
    /// Nothing, for ever.
    Closed,
}

/// Keeps the last `length` bytes.
pub(crate) fn keep_last(bytes: &mut Vec<u8>, length: usize) {
    let surplus = bytes.len().saturating_sub(length);
    bytes.drain(..surplus);
}

#[cfg(test)]
mod tests {
    use std::{io::Write, sync::mpsc};

    use super::*;

    #[test]
    fn lines_come_whole_and_in_order() {
        let (reader, mut writer) = io::pipe().unwrap();
        let (sender, lines) = mpsc::channel();
        let on_log: OnLog = Arc::new(move |function, line| {
            sender.send(format!("{function}: {line}")).unwrap();
        });
        let output = Output::new(reader, "f".to_owned(), on_log).unwrap();
        let seen = || lines.try_iter().collect::<Vec<_>>();

        assert_eq!(output.drain(), Drained::Empty);
        writer.write_all(b"one\ntw").unwrap();
        assert_eq!(output.drain(), Drained::Empty);
        assert_eq!(seen(), ["f: one"]);
        writer.write_all(b"o\r\n\n\xff\n").unwrap();
        output.drain();
        assert_eq!(seen(), ["f: two", "f: \u{fffd}"]);
        assert_eq!(output.take_tail(), b"one\ntwo\n\xff\n");
        writer.write_all(b"rest").unwrap();
        drop(writer);
        assert_eq!(output.drain(), Drained::Closed);
        assert_eq!(seen(), ["f: rest"]);
        assert_eq!(output.take_tail(), b"rest\n");
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_tail_stays_small() {
        let (reader, writer) = io::pipe().unwrap();
        let (sender, lines) = mpsc::channel();
        let on_log: OnLog = Arc::new(move |_, line| sender.send(line.len()).unwrap());
        let output = Output::new(reader, "f".to_owned(), on_log).unwrap();
        drop(writer);
        let mut state = Lines::default();
        output.take(&mut state, &vec![b'x'; LINE_BYTES + 10]);
        assert_eq!(lines.try_iter().collect::<Vec<_>>(), [LINE_BYTES + 10]);
        assert_eq!(state.tail.len(), TAIL_BYTES);
    }
}
