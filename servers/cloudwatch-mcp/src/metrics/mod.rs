//! Metrics: what to ask `GetMetricData`, its answer, and what a history says.

pub(crate) mod alarms;
pub(crate) mod analysis;
pub(crate) mod fetch;
pub(crate) mod history;
pub(crate) mod insights_sql;
pub(crate) mod period;
pub(crate) mod query;
pub(crate) mod statistic;

mod seasonality;
mod statistics;
mod trend;
