//! What Prometheus answers, and what a tool returns of it.
//!
//! Format: <https://prometheus.io/docs/prometheus/latest/querying/api/>

use std::collections::BTreeMap;

use agentcore_gateway_target::ToolError;
use prometheus_api::Success;
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// The result of a query. Values are strings, as Prometheus sends them: `NaN` and `+Inf` survive.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub(crate) enum QueryData {
    Vector(Vec<Instant>),
    Matrix(Vec<Range>),
    Scalar(Sample),
    String(Sample),
}

/// A series at one point in time.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Instant {
    metric: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Sample>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    histogram: Option<Histogram>,
}

/// A series over time.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Range {
    metric: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Sample>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    histograms: Option<Vec<Histogram>>,
}

/// Unix seconds, and the value.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Sample(Number, String);

/// Unix seconds, and a native histogram.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Histogram(Number, Value);

/// Result of `ExecuteQuery` and `ExecuteRangeQuery`.
#[derive(Debug, Serialize)]
pub(crate) struct QueryResult {
    #[serde(flatten)]
    data: QueryData,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    infos: Vec<String>,
}

impl From<Success<QueryData>> for QueryResult {
    fn from(success: Success<QueryData>) -> Self {
        Self {
            data: success.data,
            warnings: success.warnings,
            infos: success.infos,
        }
    }
}

/// A good answer: structured content, and the same as indented JSON for people and models.
///
/// Upstream wraps some results in `{"result": …}` in the structured content only; the text shows
/// what is inside.
#[derive(Debug)]
pub(crate) struct Answer {
    text: Result<String, serde_json::Error>,
    structured: Result<Value, serde_json::Error>,
}

impl Answer {
    /// The same in both places.
    pub(crate) fn plain<T: Serialize>(value: &T) -> Self {
        Self {
            text: serde_json::to_string_pretty(value),
            structured: serde_json::to_value(value),
        }
    }

    /// `{"result": value}` as structured content, `value` as text.
    pub(crate) fn wrapped<T: Serialize>(value: &T) -> Self {
        let plain = Self::plain(value);
        Self {
            text: plain.text,
            structured: plain
                .structured
                .map(|value| serde_json::json!({ "result": value })),
        }
    }
}

/// Our own output could not be written: a mistake of ours, not of the caller.
#[derive(Debug, thiserror::Error)]
#[error("the result cannot be written as JSON")]
struct Unwritable(#[source] serde_json::Error);

impl ToolError for Unwritable {
    fn code(&self) -> &'static str {
        "result_unwritable"
    }
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        match (self.text, self.structured) {
            (Ok(text), Ok(structured)) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
                result.structured_content = Some(structured);
                Ok(result.into())
            }
            (Err(error), _) | (_, Err(error)) => {
                Ok(agentcore_gateway_target::tool_failure(&Unwritable(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(data: &str, remarks: &[&str]) -> String {
        let success = Success {
            data: serde_json::from_str(data).unwrap(),
            warnings: remarks.iter().map(|text| format!("w{text}")).collect(),
            infos: remarks.iter().map(|text| format!("i{text}")).collect(),
        };
        serde_json::to_string(&QueryResult::from(success)).unwrap()
    }

    #[test]
    fn results_are_passed_on_as_they_came() {
        for data in [
            r#"{"resultType":"scalar","result":[1795225922.058,"2"]}"#,
            r#"{"resultType":"string","result":[1795225922,"text"]}"#,
            r#"{"resultType":"vector","result":[]}"#,
            r#"{"resultType":"vector","result":[{"metric":{},"value":[1.5,"NaN"]},{"metric":{"Z":"1","__name__":"up","a":"b"},"value":[2,"+Inf"]}]}"#,
            r#"{"resultType":"matrix","result":[{"metric":{"a":""},"values":[[1795225926,"1"],[1795225928.25,"-Inf"]]}]}"#,
            r#"{"resultType":"vector","result":[{"metric":{},"histogram":[1.5,{"buckets":[[0,"1","2","3"]],"count":"1","sum":"2"}]}]}"#,
        ] {
            assert_eq!(shown(data, &[]), data);
        }
    }

    #[test]
    fn remarks_of_prometheus_follow_the_data() {
        assert_eq!(
            shown(r#"{"resultType":"vector","result":[]}"#, &["1", "2"]),
            r#"{"resultType":"vector","result":[],"warnings":["w1","w2"],"infos":["i1","i2"]}"#
        );
    }
}
