//! What the recommenders answer. Names as upstream has them.

use schemars::JsonSchema;
use serde::Serialize;

/// Recommendations for one log group.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IndexRecommenderResult {
    /// Fields to index, best first.
    #[schemars(default)]
    pub(crate) recommendations: Vec<IndexRecommendation>,
    /// Fields of past queries that have an index.
    #[schemars(default)]
    pub(crate) already_indexed: Vec<AlreadyIndexedField>,
    /// Fields of past queries that no event of the last hour has.
    #[schemars(default)]
    pub(crate) fields_not_found: Vec<FieldNotFound>,
    /// How often queries were run.
    pub(crate) queries_analyzed: usize,
    /// How many different ones.
    pub(crate) unique_queries: usize,
    /// How far back, in days.
    pub(crate) time_range_days: i64,
    /// The log group.
    pub(crate) log_group: String,
    /// What could not be found out.
    #[schemars(default)]
    pub(crate) warnings: Vec<String>,
}

/// A field to index.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IndexRecommendation {
    /// The field.
    pub(crate) field_name: String,
    /// How much it deserves it, 0 to 1.
    pub(crate) score: f64,
    /// `CREATE_INDEX`.
    pub(crate) action: &'static str,
    /// How often queries used it.
    pub(crate) query_count: usize,
    /// How often they filtered it by equality.
    pub(crate) filter_equality_count: usize,
    /// What the score is made of.
    pub(crate) score_breakdown: FieldScoreBreakdown,
}

/// The parts of a score, each 0 to 1.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct FieldScoreBreakdown {
    /// How often it is used, against the field used most.
    pub(crate) frequency_score: f64,
    /// In how many of its uses an index helps.
    pub(crate) filter_equality_score: f64,
    /// 1 for now, half of it after a week.
    pub(crate) recency_score: f64,
    /// 1 when the group stores anything.
    pub(crate) scan_volume_score: f64,
    /// Different values in the last hour, of 1000; null when unknown.
    #[schemars(default)]
    pub(crate) cardinality_score: Option<f64>,
}

/// A field that has an index.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AlreadyIndexedField {
    /// The field.
    pub(crate) field_name: String,
    /// How often queries used it.
    pub(crate) query_count: usize,
    /// Where the index policy is: `LOG_GROUP` or `ACCOUNT`.
    pub(crate) source: String,
}

/// A field that no event has.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FieldNotFound {
    /// The field.
    pub(crate) field_name: String,
    /// How often queries used it.
    pub(crate) query_count: usize,
}
