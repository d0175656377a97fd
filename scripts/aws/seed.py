"""Fills a local AWS with a small story: a function `checkout` that has been slow and failing for ten minutes."""

import datetime
import json
import math

import local_aws

FUNCTION = "checkout"
LOG_GROUP = f"/aws/lambda/{FUNCTION}"
STACK = "shop"
BUCKET = "shop-receipts"
QUEUE = "shop-orders"
FAILING_ALARM = "checkout-errors"
HOURS = 3

_DIMENSIONS = [{"Name": "FunctionName", "Value": FUNCTION}]
_OUTAGE_MINUTES_AGO = range(1, 11)
_TEMPLATE = {
    "Resources": {
        "Receipts": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}},
        "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": QUEUE}},
    }
}


def seed(url: str) -> None:
    # Whole minutes, so that a minute is one data point.
    now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    _metrics(local_aws.client("cloudwatch", url), now)
    _logs(local_aws.client("logs", url), now)
    _alarms(local_aws.client("cloudwatch", url))
    _stack(url)


def _metrics(cloudwatch, now: datetime.datetime) -> None:
    data = []
    for minutes_ago in range(HOURS * 60, 0, -1):
        at = now - datetime.timedelta(minutes=minutes_ago)
        out = minutes_ago in _OUTAGE_MINUTES_AGO
        # A gentle wave, the same in every run.
        wave = math.sin(minutes_ago / 20)
        for name, value, unit in (
            ("Invocations", round(60 + 20 * wave), "Count"),
            ("Errors", 25 if out else 0, "Count"),
            ("Duration", 3000 if out else round(120 + 30 * wave), "Milliseconds"),
        ):
            data.append({"MetricName": name, "Dimensions": _DIMENSIONS, "Timestamp": at, "Value": value, "Unit": unit})
    most = 500
    for first in range(0, len(data), most):
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=data[first : first + most])


def _logs(logs, now: datetime.datetime) -> None:
    for group in (LOG_GROUP, "/aws/lambda/receipts"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="today")
    events = []
    for minutes_ago in range(HOURS * 60, 0, -1):
        order = 5000 - minutes_ago
        text = f"INFO order {order} paid"
        if minutes_ago in _OUTAGE_MINUTES_AGO:
            text = f"ERROR order {order} not paid: payments.example.com did not answer within 3000 ms"
        at = now - datetime.timedelta(minutes=minutes_ago)
        events.append({"timestamp": int(at.timestamp() * 1000), "message": text})
    logs.put_log_events(logGroupName=LOG_GROUP, logStreamName="today", logEvents=events)


def _alarms(cloudwatch) -> None:
    for name, metric, statistic, threshold, states in (
        (FAILING_ALARM, "Errors", "Sum", 5, [("OK", "no errors"), ("ALARM", "25 errors in a minute are more than 5")]),
        ("checkout-slow", "Duration", "Average", 10_000, [("OK", "120 ms are less than 10 s")]),
    ):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription=f"{metric} of {FUNCTION}",
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=_DIMENSIONS,
            Statistic=statistic,
            Period=60,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator="GreaterThanThreshold",
        )
        for state, reason in states:
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)


def _stack(url: str) -> None:
    cloudformation = local_aws.client("cloudformation", url)
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(_TEMPLATE))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    # Ministack's Cloud Control has a list of its own, and does not see what a stack made.
    control = local_aws.client("cloudcontrol", url)
    for resource in _TEMPLATE["Resources"].values():
        control.create_resource(TypeName=resource["Type"], DesiredState=json.dumps(resource["Properties"]))
