//! One module per tool.

mod execute_query;
mod execute_range_query;
mod get_available_workspaces;
mod get_server_info;
mod list_metrics;

/// How to ask a query for less.
const NARROW_QUERY: &str = "narrow the query with label matchers, aggregate with `sum by (…)` or `topk(…)`, or ask for a shorter range or a larger step";
