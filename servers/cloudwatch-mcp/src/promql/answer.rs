//! What the API answers, and what a tool returns of it.
//! Format: <https://prometheus.io/docs/prometheus/latest/querying/api/>

use prometheus_api::Success;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The result of a query as it came.
#[derive(Debug, Deserialize)]
pub(crate) struct QueryData {
    #[serde(rename = "resultType")]
    result_type: String,
    result: Value,
}

/// Output of `execute_promql_query` and `execute_promql_range_query`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryOutput {
    /// `vector`, `matrix`, `scalar` or `string`.
    result_type: String,
    /// The series, each with `metric` (its labels) and `value` or `values`: Unix seconds, and the
    /// number as text. A scalar is one entry without labels.
    #[schemars(default)]
    result: Vec<Map<String, Value>>,
    /// What CloudWatch remarks about the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    warnings: Vec<String>,
}

impl From<Success<QueryData>> for QueryOutput {
    fn from(Success { data, warnings, .. }: Success<QueryData>) -> Self {
        let result = match (data.result_type.as_str(), data.result) {
            ("scalar" | "string", value) => {
                let entry = json!({ "metric": {}, "value": value });
                entry.as_object().cloned().into_iter().collect()
            }
            (_, Value::Array(series)) => series
                .into_iter()
                .map(|series| match series {
                    Value::Object(series) => series,
                    other => Map::from_iter([("value".to_owned(), other)]),
                })
                .collect(),
            (_, _) => Vec::new(),
        };
        Self {
            result_type: data.result_type,
            result,
            warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(data: &str) -> String {
        let success = Success {
            data: serde_json::from_str::<QueryData>(data).unwrap(),
            warnings: vec!["w".to_owned()],
            infos: Vec::new(),
        };
        serde_json::to_string(&QueryOutput::from(success)).unwrap()
    }

    #[test]
    fn series_are_passed_on_as_they_came() {
        for data in [
            r#"{"resultType":"vector","result":[]}"#,
            r#"{"resultType":"vector","result":[{"metric":{"Z":"1","__name__":"up"},"value":[1795225922.058,"NaN"]}]}"#,
            r#"{"resultType":"matrix","result":[{"metric":{},"values":[[1795225926,"1"],[1795225928.25,"-Inf"]]}]}"#,
        ] {
            let data = data.strip_suffix('}').unwrap();
            assert_eq!(
                shown(&format!("{data}}}")),
                format!(r#"{data},"warnings":["w"]}}"#)
            );
        }
    }

    #[test]
    fn a_scalar_is_an_entry_without_labels() {
        assert_eq!(
            shown(r#"{"resultType":"scalar","result":[1,"2"]}"#),
            r#"{"resultType":"scalar","result":[{"metric":{},"value":[1,"2"]}],"warnings":["w"]}"#
        );
    }
}
