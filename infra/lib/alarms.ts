import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { AlarmKind, Config } from "./config.ts";
import type { McpFunction } from "./functions.ts";

const period = Duration.minutes(5);
/** Part of the timeout from which on a call counts as nearly cut off. */
const NEAR_TIMEOUT = 0.8;

interface Condition {
  readonly metric: cloudwatch.Metric;
  readonly threshold: number;
  readonly description: string;
}

/** The alarms of one function. Few are needed: a tool that fails answers its caller, and is no error of the function. */
export function addAlarms(server: McpFunction, config: Config): void {
  const topic = config.alarmTopic === undefined ? undefined : Topic.fromTopicArn(server, "AlarmTopic", config.alarmTopic);
  for (const kind of config.alarms) {
    const alarm = addAlarm(server, kind, condition(server, kind));
    if (topic !== undefined) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }
}

function condition({ function: lambda, handler: { server } }: McpFunction, kind: AlarmKind): Condition {
  switch (kind) {
    case "errors":
      return {
        metric: lambda.metricErrors({ period }),
        threshold: 1,
        description: `${server.id}: the function failed, and its caller got no answer`,
      };
    case "throttles":
      return {
        metric: lambda.metricThrottles({ period }),
        threshold: 1,
        description: `${server.id}: a call was refused for lack of concurrency`,
      };
    case "duration":
      return {
        metric: lambda.metricDuration({ period, statistic: cloudwatch.Stats.MAXIMUM }),
        threshold: server.timeout_seconds * 1000 * NEAR_TIMEOUT,
        description: `${server.id}: a call took more than ${NEAR_TIMEOUT * 100}% of the timeout of ${server.timeout_seconds} s`,
      };
  }
}

function addAlarm(
  scope: Construct & { function: { functionName: string } },
  kind: AlarmKind,
  { metric, threshold, description }: Condition,
): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, `Alarm-${kind}`, {
    alarmDescription: description,
    metric,
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
