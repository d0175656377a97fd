//! What a batch answers: rows, counts, and what went wrong where.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::insights::{MOST_BYTES, Row, size};

/// Counts of a batch, and what to know about it.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Summary {
    /// Log groups that were asked for.
    pub(crate) total_log_groups: usize,
    /// Regions that were asked for.
    pub(crate) total_regions: usize,
    /// Queries that this takes: one for 50 log groups of a region.
    pub(crate) total_chunks: usize,
    /// Chunks whose rows are all here.
    #[schemars(default)]
    pub(crate) successful_chunks: usize,
    /// Chunks that were sent again, because AWS was busy or groups had to be left out.
    #[schemars(default)]
    pub(crate) retried_chunks: usize,
    /// Chunks that were cut into shorter times, because they had more rows than a query finds.
    #[schemars(default)]
    pub(crate) re_chunked: usize,
    /// Chunks without rows here.
    #[schemars(default)]
    pub(crate) failed_chunks: usize,
    /// Rows in `results`.
    #[schemars(default)]
    pub(crate) total_records_returned: usize,
    /// What failed or is missing, and where: region and log groups.
    #[schemars(default)]
    pub(crate) warnings: Vec<String>,
}

/// A query that still runs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PendingQuery {
    /// For `get_logs_insight_query_results`.
    pub(crate) query_id: String,
    /// The region to name there.
    pub(crate) region: String,
    /// The log groups of the query.
    pub(crate) log_groups: Vec<String>,
}

/// Everything that a batch found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    /// Counts and warnings.
    pub(crate) summary: Summary,
    /// The rows, each with `_region`, `_logGroups` and, when it was given, `_account`.
    #[schemars(default)]
    pub(crate) results: Vec<Row>,
    /// Queries that were not complete when the time was up: fetch their rows with
    /// `get_logs_insight_query_results`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub(crate) pending_queries: Vec<PendingQuery>,
}

impl Report {
    /// Adds the rows of a chunk, marked with where they are from, as far as an answer holds them.
    pub(crate) fn add_rows(&mut self, rows: Vec<Row>, marks: &[(&str, String)], bytes: &mut usize) {
        let all = rows.len();
        let mut added = 0;
        for mut row in rows {
            for (name, value) in marks {
                row.insert((*name).to_owned(), Value::from(value.clone()));
            }
            *bytes += size(&row);
            if *bytes > MOST_BYTES {
                break;
            }
            self.results.push(row);
            added += 1;
        }
        if added < all {
            let place: Vec<&str> = marks.iter().map(|(_, value)| value.as_str()).collect();
            self.summary.warnings.push(format!(
                "{}: {} of {all} rows do not fit into the answer; ask for fewer fields, a shorter time or fewer log groups",
                place.join(", "),
                all - added
            ));
        }
        self.summary.total_records_returned = self.results.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_no_answer_holds_are_counted() {
        let mut report = Report {
            summary: Summary::default(),
            results: Vec::new(),
            pending_queries: Vec::new(),
        };
        let row = Row::from_iter([("@message".to_owned(), Value::from("x".repeat(600_000)))]);
        let marks = [
            ("_region", "eu-west-1".to_owned()),
            ("_logGroups", "/a".to_owned()),
        ];
        let mut bytes = 0;
        report.add_rows(vec![row.clone(); 2], &marks, &mut bytes);
        assert_eq!(
            (
                report.summary.total_records_returned,
                report.summary.warnings.len()
            ),
            (2, 0)
        );
        report.add_rows(vec![row; 3], &marks, &mut bytes);
        assert_eq!(report.summary.total_records_returned, 2);
        assert_eq!(
            report.summary.warnings,
            [
                "eu-west-1, /a: 3 of 3 rows do not fit into the answer; ask for fewer fields, a shorter time or fewer log groups"
            ]
        );
        assert_eq!(report.results[1]["_logGroups"], "/a");
    }
}
