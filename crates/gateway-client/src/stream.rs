//! Answers that come as server-sent events.

/// The data of the last event: a gateway that streams sends the result last.
pub(crate) fn last_event(stream: &str) -> String {
    let data = |event: &str| {
        let lines: Vec<&str> = event
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    };
    stream
        .replace("\r\n", "\n")
        .split("\n\n")
        .filter_map(data)
        .last()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_is_the_answer() {
        let stream = "event: message\ndata: {\"method\":\"x\"}\n\n: comment\r\n\r\nevent: message\r\ndata: {\r\ndata: \"id\":1}\r\n\r\n";
        assert_eq!(last_event(stream), " {\n \"id\":1}");
        assert_eq!(last_event(""), "");
    }
}
