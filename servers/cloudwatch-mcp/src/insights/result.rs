//! The answer of a query, as upstream shows it.

use aws_sdk_cloudwatchlogs::operation::get_query_results::GetQueryResultsOutput;
use aws_sdk_cloudwatchlogs::types::ResultField;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::names::QueryId;

/// Rows in one answer, in bytes of compact JSON. An answer holds them as structured content and,
/// indented and escaped, as text; Lambda takes 6 MB in all.
pub(crate) const MOST_BYTES: usize = 1_500_000;

/// One row: by field, its value.
pub(crate) type Row = Map<String, Value>;

/// What a query has found, and where it stands. Names and order as upstream has them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryResult {
    pub(crate) query_id: String,
    /// AWS's own, or `Polling Timeout`, `Error`.
    pub(crate) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statistics: Option<Statistics>,
    pub(crate) results: Vec<Row>,
    /// Where the rows go on, when AWS has more of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Statistics {
    pub(crate) records_matched: f64,
    pub(crate) records_scanned: f64,
    pub(crate) bytes_scanned: f64,
}

impl QueryResult {
    /// What AWS answers.
    pub(crate) fn new(id: &QueryId, output: GetQueryResultsOutput) -> Self {
        let status = output.status.as_ref();
        Self {
            query_id: id.to_string(),
            status: status
                .map_or("Unknown", |status| status.as_str())
                .to_owned(),
            message: None,
            statistics: output.statistics.map(|statistics| Statistics {
                records_matched: statistics.records_matched,
                records_scanned: statistics.records_scanned,
                bytes_scanned: statistics.bytes_scanned,
            }),
            results: output
                .results
                .unwrap_or_default()
                .into_iter()
                .map(row)
                .collect(),
            next_token: output.next_token.filter(|token| !token.is_empty()),
        }
    }

    /// A query that never ran, or of which nothing is known.
    pub(crate) fn failed(id: Option<&QueryId>, status: &str, message: String) -> Self {
        Self {
            query_id: id.map_or_else(String::new, ToString::to_string),
            status: status.to_owned(),
            message: Some(message),
            statistics: None,
            results: Vec::new(),
            next_token: None,
        }
    }

    /// Leaves out the rows that no answer can hold, and says so.
    #[must_use]
    pub(crate) fn bounded(mut self) -> Self {
        let all = self.results.len();
        let mut bytes = 0;
        let kept = self.results.iter().take_while(|row| {
            bytes += size(row);
            bytes <= MOST_BYTES
        });
        let kept = kept.count();
        if kept < all {
            self.results.truncate(kept);
            let left_out = format!(
                "Only the first {kept} of {all} rows fit into an answer. Ask for fewer fields or a shorter time, or page with `max_items` and `next_token` of `get_logs_insight_query_results`."
            );
            self.message = Some(match self.message {
                Some(message) => format!("{message} {left_out}"),
                None => left_out,
            });
            // It would go on behind rows that this answer does not show.
            self.next_token = None;
        }
        self
    }
}

/// About how long a row is as JSON.
pub(crate) fn size(row: &Row) -> usize {
    let fields = row
        .iter()
        .map(|(name, value)| name.len() + value.as_str().map_or(8, str::len) + 6);
    2 + fields.sum::<usize>()
}

fn row(fields: Vec<ResultField>) -> Row {
    fields
        .into_iter()
        .filter_map(|field| {
            let value = field.value.map_or(Value::Null, Value::from);
            Some((field.field?, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_answer_can_hold_is_left_out_and_said() {
        let long = Row::from_iter([("@message".to_owned(), Value::from("x".repeat(700_000)))]);
        let mut result = QueryResult::failed(None, "Complete", String::new());
        result.message = None;
        result.next_token = Some("t".to_owned());
        result.results = vec![long.clone(), long.clone()];
        let whole = result.clone().bounded();
        assert_eq!((whole.results.len(), &whole.message), (2, &None));
        assert_eq!(whole.next_token.as_deref(), Some("t"));
        result.results.push(long);
        let cut = result.bounded();
        assert_eq!((cut.results.len(), cut.next_token), (2, None));
        let message = cut.message.expect("a message");
        assert!(
            message.starts_with("Only the first 2 of 3 rows fit"),
            "{message}"
        );
    }
}
