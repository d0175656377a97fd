//! Which fields of log groups deserve an index: those that past queries filter by equality, since
//! an index helps `field = value` and `field in […]` only.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs-Field-Indexing.html>

mod history;
mod policies;
mod report;
mod score;
mod uses;

pub(crate) use history::{DAYS, PastQuery, past_queries};
pub(crate) use policies::{AccountPolicies, account_policies, group_policies};
pub(crate) use report::{AlreadyIndexedField, FieldNotFound, IndexRecommenderResult};
pub(crate) use score::{Candidate, Weights, candidates, recommendations};
pub(crate) use uses::quoted;
