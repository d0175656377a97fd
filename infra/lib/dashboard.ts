import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { McpFunction } from "./functions.ts";
import type { Names } from "./names.ts";

const period = Duration.minutes(5);
const WIDTH = 24;

/** One dashboard: each graph has one line per server. */
export function addDashboard(scope: Construct, servers: readonly McpFunction[], names: Names): cloudwatch.Dashboard {
  const graph = (title: string, metric: (server: McpFunction) => cloudwatch.Metric, unit: string) =>
    new cloudwatch.GraphWidget({
      title,
      width: WIDTH / 2,
      left: servers.map((server) => metric(server).with({ label: server.handler.server.id, period })),
      leftYAxis: { min: 0, label: unit, showUnits: false },
    });
  const failures = new cloudwatch.LogQueryWidget({
    title: "Last failures",
    width: WIDTH,
    logGroupNames: servers.map(({ function: lambda }) => lambda.logGroup.logGroupName),
    queryLines: [
      "fields @timestamp, tool, outcome, `error.code`, duration_ms, `request.id`, @message",
      // The second part is Lambda's own: a function that ended or was cut off cannot say so itself.
      "filter (ispresent(outcome) and outcome != 'ok') or @message like /Task timed out|Runtime exited|Runtime.ExitError/",
      "sort @timestamp desc",
      "limit 50",
    ],
  });
  return new cloudwatch.Dashboard(scope, "Dashboard", {
    dashboardName: names.dashboard,
    defaultInterval: Duration.days(1),
    widgets: [
      [
        graph("Calls", ({ function: f }) => f.metricInvocations(), "calls"),
        graph("Errors", ({ function: f }) => f.metricErrors(), "calls"),
      ],
      [
        graph("Duration, 99 of 100 calls", ({ function: f }) => f.metricDuration({ statistic: cloudwatch.Stats.percentile(99) }), "ms"),
        graph("Throttles", ({ function: f }) => f.metricThrottles(), "calls"),
      ],
      [failures],
    ],
  });
}
