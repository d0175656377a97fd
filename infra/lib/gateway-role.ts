import { Arn, ArnFormat, Aws, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { WARM_ALIAS } from "./functions.ts";
import type { Server } from "./manifest.ts";
import type { Names } from "./names.ts";

/**
 * ARNs by name. A reference from one stack into the other would be an export, and CloudFormation refuses to remove an export that is
 * in use: no server could ever leave the fleet.
 */
export function callableArn(scope: Construct, names: Names, server: Server): string {
  const alias = server.provisioned_concurrency > 0 ? `:${WARM_ALIAS}` : "";
  return Stack.of(scope).formatArn({
    service: "lambda",
    resource: "function",
    resourceName: names.function(server.function) + alias,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

export function gatewayRoleName(names: Names): string {
  return `${names.gatewayRole}-${Aws.REGION}`;
}

export function gatewayRoleArn(scope: Construct, names: Names): string {
  return Arn.format({ service: "iam", region: "", resource: "role", resourceName: gatewayRoleName(names) }, Stack.of(scope));
}

/** The role that the gateway calls the functions with: these functions, nothing else. */
export function gatewayRole(scope: Construct, names: Names, servers: readonly Server[]): iam.Role {
  const stack = Stack.of(scope);
  const gateways = stack.formatArn({ service: "bedrock-agentcore", resource: "gateway", resourceName: `${names.gateway}-*` });
  return new iam.Role(scope, "GatewayRole", {
    roleName: gatewayRoleName(names),
    description: "Calls the MCP servers for the AgentCore gateway",
    assumedBy: new iam.ServicePrincipal("bedrock-agentcore.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID }, ArnLike: { "aws:SourceArn": gateways } },
    }),
    inlinePolicies: {
      invoke: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: "Invoke",
            actions: ["lambda:InvokeFunction"],
            resources: servers.map((server) => callableArn(scope, names, server)),
          }),
        ],
      }),
    },
  });
}
