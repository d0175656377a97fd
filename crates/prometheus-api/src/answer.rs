//! What the API answers: <https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview>

use serde::Deserialize;

/// Around every answer: `status` is `success` with data, or `error` with a reason.
///
/// A plain structure, not an enum by `status`, because serde would hold the whole answer twice.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<T> {
    status: String,
    data: Option<T>,
    #[serde(rename = "errorType", default)]
    pub(crate) error_type: String,
    #[serde(default)]
    pub(crate) error: String,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    infos: Vec<String>,
}

/// Data, and what Prometheus remarks about it.
#[derive(Debug)]
pub struct Success<T> {
    /// What was asked for.
    pub data: T,
    /// Why the data may not be what was meant.
    pub warnings: Vec<String>,
    /// What may be improved.
    pub infos: Vec<String>,
}

impl<T> Envelope<T> {
    /// The data, or the envelope when it is not a success.
    pub(crate) fn success(self) -> Result<Success<T>, Self> {
        match self {
            Self {
                data: Some(data),
                status,
                warnings,
                infos,
                ..
            } if status == "success" => Ok(Success {
                data,
                warnings,
                infos,
            }),
            other => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
