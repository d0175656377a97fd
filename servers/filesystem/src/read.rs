//! Reading: whole files, first lines, last lines; never more than the limit.

use std::io::{Read as _, Seek as _, SeekFrom};

use cap_std::fs::File;

use crate::FilesystemError;
use crate::place::Place;
use crate::session::Session;

const CHUNK: u64 = 64 * 1024;
const FEWER_LINES: &str = "ask for fewer lines";

/// Which part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Head(u64),
    Tail(u64),
}

impl Session {
    /// Text of a file. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// Lines end with LF or CRLF, the last one perhaps with neither. First and last lines come as
    /// they are in the file, without the line ending after the last of them.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or the part is larger than the limit.
    pub(crate) fn read_text(&self, place: &Place, part: Part) -> Result<String, FilesystemError> {
        let bytes = match part {
            Part::Whole => self.read_bytes(place, "read it in parts with `head` or `tail`")?,
            Part::Head(lines) => self.head(place, lines)?,
            Part::Tail(lines) => self.tail(place, lines)?,
        };
        Ok(into_text(bytes))
    }

    /// All bytes of a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is larger than the limit; `hint` is for the latter.
    pub(crate) fn read_bytes(
        &self,
        place: &Place,
        hint: &'static str,
    ) -> Result<Vec<u8>, FilesystemError> {
        let (file, metadata) = place.open_file()?;
        let limit = self.limits().read_bytes;
        let size = metadata.len();
        if size > limit {
            return Err(too_large(place, format!("{size} bytes,"), limit, hint));
        }
        // It may grow while it is read, and files of /proc have no size at all.
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| place.io(error))?;
        if bytes.len() as u64 > limit {
            return Err(too_large(place, String::new(), limit, hint));
        }
        Ok(bytes)
    }

    fn head(&self, place: &Place, lines: u64) -> Result<Vec<u8>, FilesystemError> {
        let (mut file, _) = place.open_file()?;
        let limit = self.limits().read_bytes;
        let mut bytes = Vec::new();
        let mut seen = 0;
        loop {
            self.check()?;
            let from = bytes.len();
            let read = (&mut file).take(CHUNK).read_to_end(&mut bytes);
            if read.map_err(|error| place.io(error))? == 0 {
                strip_ending(&mut bytes);
                break;
            }
            let mut ends = bytes[from..]
                .iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'\n');
            let end = ends.by_ref().find_map(|(index, _)| {
                seen += 1;
                (seen == lines).then_some(from + index + 1)
            });
            if let Some(end) = end {
                bytes.truncate(end);
                strip_ending(&mut bytes);
                break;
            }
            if bytes.len() as u64 > limit {
                break;
            }
        }
        if bytes.len() as u64 > limit {
            let what = format!("{lines} first lines with");
            return Err(too_large(place, what, limit, FEWER_LINES));
        }
        Ok(bytes)
    }

    fn tail(&self, place: &Place, lines: u64) -> Result<Vec<u8>, FilesystemError> {
        let (mut file, metadata) = place.open_file()?;
        let limit = self.limits().read_bytes;
        let size = metadata.len();
        let mut start = size;
        let mut bytes = Vec::new();
        // A line ending that closes the file begins no further line.
        let mut seen = 0;
        while start > 0 {
            self.check()?;
            let length = CHUNK.min(start);
            start -= length;
            let chunk = read_at(&mut file, start, length).map_err(|error| place.io(error))?;
            let last = start + length == size;
            let ends = chunk
                .iter()
                .enumerate()
                .rev()
                .filter(|(_, byte)| **byte == b'\n');
            let cut = ends
                .filter(|(index, _)| !(last && index + 1 == chunk.len()))
                .find_map(|(index, _)| {
                    seen += 1;
                    (seen == lines).then_some(index + 1)
                });
            bytes.splice(0..0, chunk.into_iter().skip(cut.unwrap_or(0)));
            if cut.is_some() || bytes.len() as u64 > limit {
                break;
            }
        }
        strip_ending(&mut bytes);
        if bytes.len() as u64 > limit {
            let what = format!("{lines} last lines with");
            return Err(too_large(place, what, limit, FEWER_LINES));
        }
        Ok(bytes)
    }
}

fn read_at(file: &mut File, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut chunk = Vec::new();
    file.take(length).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// Without copying where the bytes are UTF-8 already.
pub(crate) fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn strip_ending(bytes: &mut Vec<u8>) {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
}

fn too_large(place: &Place, what: String, limit: u64, hint: &'static str) -> FilesystemError {
    FilesystemError::FileTooLarge {
        path: place.asked().to_owned(),
        what,
        limit,
        hint,
    }
}
