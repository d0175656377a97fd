//! Why PromQL gave no answer, where AWS's common errors do not say it.

/// Why PromQL gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromqlError {
    /// The query or its arguments are wrong.
    #[error("CloudWatch refuses the request: {kind}: {error}")]
    Rejected { kind: String, error: String },
    /// The query is right, but could not be answered.
    #[error("CloudWatch could not answer the request: {kind}: {error}\nhint: {hint}")]
    Failed {
        kind: String,
        error: String,
        hint: &'static str,
    },
    /// More than an answer can hold.
    #[error(
        "the answer is larger than {limit} bytes\nhint: ask for less: narrower matchers, an aggregation such as `sum by (…)`, a shorter range or a larger step"
    )]
    TooLarge { limit: usize },
}

impl PromqlError {
    /// Stable name of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected { .. } => "promql_rejected",
            Self::Failed { .. } => "promql_failed",
            Self::TooLarge { .. } => "result_too_large",
        }
    }
}
