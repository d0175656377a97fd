//! Fields of past queries, and how much each deserves an index.

use std::collections::BTreeMap;

use super::history::PastQuery;
use super::report::{FieldScoreBreakdown, IndexRecommendation};

/// Different values that count as many.
const MANY_VALUES: f64 = 1_000.0;

/// A field of past queries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) field: String,
    /// Runs that used it.
    pub(crate) queries: usize,
    /// Runs that filtered it by equality.
    pub(crate) equalities: usize,
    /// When it was last used, in days.
    pub(crate) age_days: f64,
    /// Different values, when that was found out.
    pub(crate) distinct: Option<f64>,
}

/// How much each part counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights {
    frequency: f64,
    equality: f64,
    recency: f64,
    volume: f64,
    cardinality: f64,
}

impl Weights {
    /// For one group, of which all is known.
    pub(crate) const GROUP: Self = Self {
        frequency: 0.30,
        equality: 0.25,
        recency: 0.15,
        volume: 0.15,
        cardinality: 0.15,
    };

    /// For an account, of which only the queries are known.
    pub(crate) const ACCOUNT: Self = Self {
        frequency: 0.40,
        equality: 0.35,
        recency: 0.25,
        volume: 0.0,
        cardinality: 0.0,
    };
}

/// The fields of queries, those used most first.
pub(crate) fn candidates(queries: &[&PastQuery]) -> Vec<Candidate> {
    let mut by_field: BTreeMap<&str, Candidate> = BTreeMap::new();
    for query in queries {
        for (field, equality) in &query.uses {
            let candidate = by_field.entry(field).or_insert_with(|| Candidate {
                field: field.clone(),
                queries: 0,
                equalities: 0,
                age_days: f64::MAX,
                distinct: None,
            });
            candidate.queries += 1;
            candidate.equalities += usize::from(*equality);
            candidate.age_days = candidate.age_days.min(query.age_days);
        }
    }
    let mut found: Vec<Candidate> = by_field.into_values().collect();
    found.sort_by_key(|candidate| std::cmp::Reverse((candidate.equalities, candidate.queries)));
    found
}

/// Recommendations for fields that are filtered by equality, best first.
pub(crate) fn recommendations(
    candidates: &[Candidate],
    weights: Weights,
    stores_anything: bool,
) -> Vec<IndexRecommendation> {
    let helped = || {
        candidates
            .iter()
            .filter(|candidate| candidate.equalities > 0)
    };
    let most = helped()
        .map(|candidate| candidate.queries)
        .max()
        .unwrap_or(1);
    let mut found: Vec<IndexRecommendation> = helped()
        .map(|candidate| recommendation(candidate, most, weights, stores_anything))
        .collect();
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found
}

fn recommendation(
    candidate: &Candidate,
    most: usize,
    weights: Weights,
    stores_anything: bool,
) -> IndexRecommendation {
    let parts = FieldScoreBreakdown {
        frequency_score: ratio(candidate.queries, most),
        filter_equality_score: ratio(candidate.equalities, candidate.queries),
        // Half of it is gone after a week.
        recency_score: (-0.693 * candidate.age_days / 7.0).exp(),
        scan_volume_score: if stores_anything { 1.0 } else { 0.0 },
        cardinality_score: candidate
            .distinct
            .map(|distinct| (distinct / MANY_VALUES).min(1.0)),
    };
    let score = weights.frequency * parts.frequency_score
        + weights.equality * parts.filter_equality_score
        + weights.recency * parts.recency_score
        + weights.volume * parts.scan_volume_score
        + weights.cardinality * parts.cardinality_score.unwrap_or_default();
    IndexRecommendation {
        field_name: candidate.field.clone(),
        score: (score * 10_000.0).round() / 10_000.0,
        action: "CREATE_INDEX",
        query_count: candidate.queries,
        filter_equality_count: candidate.equalities,
        score_breakdown: parts,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of queries are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(age_days: f64, uses: &[(&str, bool)]) -> PastQuery {
        PastQuery {
            text: String::new(),
            log_group: String::new(),
            age_days,
            uses: uses
                .iter()
                .map(|(field, equality)| ((*field).to_owned(), *equality))
                .collect(),
        }
    }

    #[test]
    fn what_is_filtered_often_lately_and_has_many_values_comes_first() {
        let queries = [
            query(7.0, &[("often", true), ("shown", false)]),
            query(0.0, &[("often", true), ("once", true), ("shown", false)]),
        ];
        let mut fields = candidates(&queries.iter().collect::<Vec<_>>());
        let names: Vec<&str> = fields
            .iter()
            .map(|candidate| candidate.field.as_str())
            .collect();
        assert_eq!(names, ["often", "once", "shown"]);
        fields[0].distinct = Some(850.0);
        let found = recommendations(&fields, Weights::GROUP, true);
        let scores: Vec<(&str, f64)> = found
            .iter()
            .map(|one| (one.field_name.as_str(), one.score))
            .collect();
        assert_eq!(scores, [("often", 0.9775), ("once", 0.7)]);
        let account = recommendations(&fields, Weights::ACCOUNT, false);
        assert_eq!(account[0].score, 1.0);
    }
}
