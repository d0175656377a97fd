"""Calls of cloudwatch-mcp. Ministack has metrics, alarms and most of Logs; anomalies, index policies, saved queries and
PromQL are in no local AWS: `stand_in.py` answers those.
"""

import datetime
import functools

import local_aws
import seed
from call import Call

WITHOUT_AWS = {"get_metric_metadata": "has its own table"}
_IN_TIME = {"logs:StopQuery": "stops what does not end in time; here a query has ended when it is asked for"}
UNREACHED = {"execute_cwl_insights_batch": _IN_TIME, "recommend_indexes_loggroup": _IN_TIME}

_NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
_SPAN = {"start_time": (_NOW - datetime.timedelta(hours=seed.HOURS)).isoformat(), "end_time": _NOW.isoformat()}
_METRIC = {
    "namespace": "AWS/Lambda",
    "metric_name": "Duration",
    "dimensions": [{"name": "FunctionName", "value": seed.FUNCTION}],
}
_GROUP_ARN = f"arn:aws:logs:{local_aws.REGION}:{local_aws.ACCOUNT}:log-group:{seed.LOG_GROUP}"
_ERRORS = {"query_string": "fields @message | filter @message like /ERROR/ | limit 2"}
_QUERY = ["logs:StartQuery", "logs:GetQueryResults"]
_ANALYSIS = ["logs:ListLogAnomalyDetectors", "logs:ListAnomalies"] + _QUERY
_INDEX_FACTS = ["logs:DescribeIndexPolicies", "logs:DescribeLogGroups"] + _QUERY
_ALARM = {"alarm_name": seed.FAILING_ALARM}
_COMPOSITE = "shop-is-down"
# CloudWatch authorises PromQL as these two.
_PROMQL = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]


@functools.cache
def _seeded(url: str) -> dict:
    seed.seed(url)
    local_aws.client("cloudwatch", url).put_composite_alarm(AlarmName=_COMPOSITE, AlarmRule=f"ALARM({seed.FAILING_ALARM})")
    return {}


def _queried(url: str) -> dict:
    _seeded(url)
    span = {"startTime": int((_NOW - datetime.timedelta(hours=1)).timestamp()), "endTime": int(_NOW.timestamp())}
    logs = local_aws.client("logs", url)
    return {"query_id": logs.start_query(logGroupName=seed.LOG_GROUP, queryString=_ERRORS["query_string"], **span)["queryId"]}


def _promql(tool: str, arguments: dict, answers: str) -> Call:
    return Call(tool, arguments, _PROMQL, answers)


CALLS = [
    Call(
        "describe_log_groups",
        {"log_group_name_prefix": seed.LOG_GROUP},
        ["logs:DescribeLogGroups", "logs:DescribeQueryDefinitions"],
        seed.LOG_GROUP,
        given=_seeded,
    ),
    Call(
        "execute_log_insights_query",
        {"log_group_names": [seed.LOG_GROUP]} | _ERRORS | _SPAN,
        _QUERY,
        "payments.example.com",
        given=_seeded,
    ),
    Call("get_logs_insight_query_results", {}, ["logs:GetQueryResults"], "payments.example.com", given=_queried),
    Call("cancel_logs_insight_query", {}, ["logs:StopQuery"], "success", given=_queried),
    Call(
        "execute_cwl_insights_batch",
        {"log_group_names": [seed.LOG_GROUP], "regions": [local_aws.REGION]} | _ERRORS | _SPAN,
        _QUERY,
        "payments.example.com",
        given=_seeded,
    ),
    Call(
        "execute_cwl_insights_batch",
        {"log_group_names": [seed.LOG_GROUP, "/no/such"], "regions": [local_aws.REGION]} | _ERRORS | _SPAN,
        ["logs:StartQuery", "logs:GetQueryResults", "logs:DescribeLogGroups"],
        "/no/such",
        untold=["logs:DescribeLogGroups"],  # only asked for which groups are missing; the answer is then that one is
        given=_seeded,
    ),
    Call(
        "analyze_log_group",
        {"log_group_arn": _GROUP_ARN} | _SPAN,
        _ANALYSIS,
        "log_anomaly_results",
        noted=_ANALYSIS,  # each part that is denied says so, beside the others
        given=_seeded,
    ),
    Call(
        "recommend_indexes_loggroup",
        {"log_group_identifier": seed.LOG_GROUP},
        ["logs:DescribeQueries"] + _INDEX_FACTS,
        "orderId",
        noted=_INDEX_FACTS,
        given=_seeded,
    ),
    Call(
        "recommend_indexes_account",
        {},
        ["logs:DescribeQueries", "logs:DescribeAccountPolicies"],
        "orderId",
        noted=["logs:DescribeAccountPolicies"],
        given=_seeded,
    ),
    Call("get_metric_data", _METRIC | _SPAN | {"statistic": "Average"}, ["cloudwatch:GetMetricData"], "3000", given=_seeded),
    Call("analyze_metric", _METRIC, ["cloudwatch:GetMetricData"], "Duration", given=_seeded),
    # A metric of AWS has recommendations in a table; of others the data is looked at.
    Call(
        "get_recommended_metric_alarms",
        {"namespace": "Shop", "metric_name": "Orders", "dimensions": []},
        ["cloudwatch:GetMetricData"],
        "No alarm can be recommended",
    ),
    Call("get_active_alarms", {}, ["cloudwatch:DescribeAlarms"], seed.FAILING_ALARM, given=_seeded),
    Call("get_alarm_history", _ALARM, ["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"], "ALARM", given=_seeded),
    Call(
        "get_alarm_history",
        {"alarm_name": _COMPOSITE, "include_component_alarms": True},
        ["cloudwatch:DescribeAlarms"],
        seed.FAILING_ALARM,
        given=_seeded,
    ),
    _promql("execute_promql_query", {"query": "up"}, "42"),
    _promql("execute_promql_range_query", {"query": "up", "start": _SPAN["start_time"], "end": _SPAN["end_time"], "step": "5m"}, "42"),
    _promql("get_promql_label_values", {"label_name": "job"}, "shop"),
    _promql("get_promql_series", {"match": ["up"]}, "shop"),
    _promql("get_promql_labels", {}, "job"),
]
