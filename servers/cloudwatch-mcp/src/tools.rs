//! One module per tool.

mod analyze_log_group;
mod analyze_metric;
mod cancel_logs_insight_query;
mod describe_log_groups;
mod execute_cwl_insights_batch;
mod execute_log_insights_query;
mod execute_promql_query;
mod execute_promql_range_query;
mod get_active_alarms;
mod get_alarm_history;
mod get_logs_insight_query_results;
mod get_metric_data;
mod get_metric_metadata;
mod get_promql_label_values;
mod get_promql_labels;
mod get_promql_series;
mod get_recommended_metric_alarms;
mod recommend_indexes_account;
mod recommend_indexes_loggroup;

use agentcore_gateway_target::ToolError as _;
use rmcp::handler::server::router::tool::ToolRouter;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::error::CloudWatchError;
use crate::insights::QueryResult;
use crate::names::QueryId;
use crate::server::Server;

impl Server {
    /// Tools that read logs.
    pub(crate) fn log_tools() -> ToolRouter<Self> {
        Self::describe_log_groups_router()
            + Self::analyze_log_group_router()
            + Self::execute_log_insights_query_router()
            + Self::get_logs_insight_query_results_router()
            + Self::cancel_logs_insight_query_router()
            + Self::execute_cwl_insights_batch_router()
            + Self::recommend_indexes_loggroup_router()
            + Self::recommend_indexes_account_router()
    }

    /// Tools that read alarms.
    pub(crate) fn alarm_tools() -> ToolRouter<Self> {
        Self::get_active_alarms_router() + Self::get_alarm_history_router()
    }

    /// Tools that read metrics, and say what they mean.
    pub(crate) fn metric_tools() -> ToolRouter<Self> {
        Self::get_metric_data_router()
            + Self::get_metric_metadata_router()
            + Self::analyze_metric_router()
            + Self::get_recommended_metric_alarms_router()
    }

    /// Tools that speak PromQL.
    pub(crate) fn promql_tools() -> ToolRouter<Self> {
        Self::execute_promql_query_router()
            + Self::execute_promql_range_query_router()
            + Self::get_promql_label_values_router()
            + Self::get_promql_series_router()
            + Self::get_promql_labels_router()
    }
}

/// Output of the tools that answer one query.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of what `QueryResult` writes")]
struct QueryOutput {
    /// `queryId`, `status`, `statistics` (`recordsMatched`, `recordsScanned`, `bytesScanned`),
    /// `results` (one object per row, by field), where needed `message` and `nextToken`.
    result: Map<String, Value>,
}

/// A failure with the members of a query's result.
fn query_failure(id: Option<&QueryId>, error: CloudWatchError) -> CloudWatchError {
    if error.details().is_some() {
        return error;
    }
    let result = QueryResult::failed(id, "Error", error.to_string());
    error.with_result(json!({ "result": result }))
}
