//! What the program writes to standard error, to the log.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, BufReader};

/// The most of a line that is logged, in bytes.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// Logs every line until the program closes it. The text is the program's, so it is a field, and
/// not the message.
pub(super) async fn log(program: String, stream: impl AsyncRead + Unpin) {
    let mut reader = BufReader::new(stream);
    while let Some(line) = next_line(&mut reader).await {
        tracing::info!(server.stderr = line, "`{program}` wrote to standard error");
    }
}

/// The next line, cut at the limit, without control characters. `None` at the end.
async fn next_line(reader: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    let mut left_out = 0;
    let mut any = false;
    loop {
        let available = reader.fill_buf().await.unwrap_or_default();
        if available.is_empty() {
            if any {
                break;
            }
            return None;
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = available
            .get(..end.unwrap_or(available.len()))
            .unwrap_or_default();
        let kept = part.len().min(MAX_LINE_BYTES - line.len());
        line.extend_from_slice(part.get(..kept).unwrap_or_default());
        left_out += part.len() - kept;
        let consumed = part.len() + usize::from(end.is_some());
        reader.consume(consumed);
        if end.is_some() {
            break;
        }
    }
    let mut text: String = String::from_utf8_lossy(&line)
        .chars()
        .map(|c| if c.is_control() && c != '\t' { ' ' } else { c })
        .collect();
    text.truncate(text.trim_end().len());
    if left_out > 0 {
        text.push_str(&format!(" [{left_out} bytes more]"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_whole_clean_and_bounded() {
        let long = "x".repeat(MAX_LINE_BYTES + 5);
        let text = format!("first\r\n\n{long}\n\u{1b}[31mred\nlast");
        // Small pieces, as a pipe may deliver them.
        let mut reader = BufReader::with_capacity(7, text.as_bytes());
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut reader).await {
            lines.push(line);
        }
        let cut = format!("{} [5 bytes more]", "x".repeat(MAX_LINE_BYTES));
        assert_eq!(lines, ["first", "", &cut, " [31mred", "last"]);
    }
}
