import { Validations } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Handler, Statement } from "./handlers.ts";

/** The role of one function: its `policy.json` as it is, and what Lambda itself needs of it. */
export function functionRole(scope: Construct, handler: Handler, logGroup: ILogGroup): iam.Role {
  const { server, policy } = handler;
  const inlinePolicies: Record<string, iam.PolicyDocument> = { lambda: lambdaPolicy(logGroup, server.vpc !== null) };
  if (policy.Statement.length > 0) inlinePolicies.server = iam.PolicyDocument.fromJson(policy);
  // Inline, not attached: a role and its rights come into being together.
  const role = new iam.Role(scope, "Role", {
    assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com"),
    description: `Runs the MCP server ${server.id}`,
    inlinePolicies,
  });
  acknowledge(role, server.id, policy.Statement);
  return role;
}

function lambdaPolicy(logGroup: ILogGroup, vpc: boolean): iam.PolicyDocument {
  const statements = [
    new iam.PolicyStatement({ sid: "Logs", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroup.logGroupArn] }),
    new iam.PolicyStatement({ sid: "Tracing", actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] }),
  ];
  if (vpc) {
    const actions = [
      "AssignPrivateIpAddresses",
      "CreateNetworkInterface",
      "DeleteNetworkInterface",
      "DescribeNetworkInterfaces",
      "DescribeSubnets",
      "UnassignPrivateIpAddresses",
    ];
    statements.push(new iam.PolicyStatement({ sid: "Network", actions: actions.map((action) => `ec2:${action}`), resources: ["*"] }));
  }
  return new iam.PolicyDocument({ statements });
}

/** Each wildcard by name, so that one which comes from elsewhere is still reported. */
function acknowledge(role: iam.Role, id: string, statements: readonly Statement[]): void {
  const texts = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());
  const fromPolicy = statements.flatMap((statement) => [
    ...texts(statement.Action).map((action) => `Action::${action}`),
    ...texts(statement.Resource).map((resource) => `Resource::${resource}`),
  ]);
  const wild = new Set(fromPolicy.filter((finding) => finding.includes("*")));
  const stated = wild.has("Resource::*")
    ? `, and handlers/${id}/policy.json, whose tools name their resources only when they are called`
    : "";
  wild.delete("Resource::*");
  Validations.of(role).acknowledge(
    { id: "AwsSolutions-IAM5[Resource::*]", reason: `X-Ray and network interfaces know no narrower resource${stated}` },
    ...[...wild].map((finding) => ({ id: `AwsSolutions-IAM5[${finding}]`, reason: `stated by handlers/${id}/policy.json` })),
  );
}
