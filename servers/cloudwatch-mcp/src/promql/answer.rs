//! What the API answers, and what a tool returns of it.
//! Format: <https://prometheus.io/docs/prometheus/latest/querying/api/>

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Around every answer: `status` is `success` with data, or `error` with a reason.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) status: String,
    pub(super) data: Option<T>,
    #[serde(rename = "errorType", default)]
    pub(super) error_type: String,
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    infos: Vec<String>,
}

/// Data, and what CloudWatch remarks about it.
#[derive(Debug)]
pub(crate) struct Success<T> {
    pub(crate) data: T,
    pub(crate) warnings: Vec<String>,
}

impl<T> Envelope<T> {
    /// The data, or the envelope when it is not a success.
    pub(super) fn success(self) -> Result<Success<T>, Self> {
        match self {
            Self {
                data: Some(data),
                status,
                mut warnings,
                infos,
                ..
            } if status == "success" => {
                warnings.extend(infos);
                Ok(Success { data, warnings })
            }
            other => Err(other),
        }
    }
}

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
    fn from(Success { data, warnings }: Success<QueryData>) -> Self {
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

    fn shown(answer: &str) -> String {
        let envelope: Envelope<QueryData> = serde_json::from_str(answer).unwrap();
        let success = envelope.success().expect("a success");
        serde_json::to_string(&QueryOutput::from(success)).unwrap()
    }

    #[test]
    fn series_are_passed_on_as_they_came() {
        for data in [
            r#"{"resultType":"vector","result":[]}"#,
            r#"{"resultType":"vector","result":[{"metric":{"Z":"1","__name__":"up"},"value":[1795225922.058,"NaN"]}]}"#,
            r#"{"resultType":"matrix","result":[{"metric":{},"values":[[1795225926,"1"],[1795225928.25,"-Inf"]]}]}"#,
        ] {
            assert_eq!(
                shown(&format!(r#"{{"status":"success","data":{data}}}"#)),
                data
            );
        }
    }

    #[test]
    fn a_scalar_is_an_entry_without_labels() {
        assert_eq!(
            shown(
                r#"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]},"warnings":["w"],"infos":["i"]}"#
            ),
            r#"{"resultType":"scalar","result":[{"metric":{},"value":[1,"2"]}],"warnings":["w","i"]}"#
        );
    }

    #[test]
    fn an_error_is_no_success_whatever_else_it_holds() {
        let answer = r#"{"status":"error","errorType":"bad_data","error":"no","data":[]}"#;
        let envelope: Envelope<Vec<String>> = serde_json::from_str(answer).unwrap();
        let envelope = envelope.success().unwrap_err();
        assert_eq!(
            (envelope.error_type.as_str(), envelope.error.as_str()),
            ("bad_data", "no")
        );
    }
}
