import { CfnGatewayTarget, type CfnGateway } from "aws-cdk-lib/aws-bedrockagentcore";
import type { Construct } from "constructs";
import { callableArn } from "./gateway-role.ts";
import type { Handler } from "./handlers.ts";
import type { Names } from "./names.ts";

/** How many changes to its targets a gateway works on at a time. */
const AT_ONCE = 5;

/** One target per server, in lanes: each waits for the one five before it, when they come and when they go. */
export function addTargets(scope: Construct, gateway: CfnGateway, names: Names, handlers: readonly Handler[]): CfnGatewayTarget[] {
  const targets = handlers.map(
    ({ server, tools }) =>
      new CfnGatewayTarget(scope, `Target-${server.id}`, {
        gatewayIdentifier: gateway.attrGatewayIdentifier,
        name: server.id,
        description: server.description,
        // Required for Lambda targets, which know no other.
        credentialProviderConfigurations: [{ credentialProviderType: "GATEWAY_IAM_ROLE" }],
        targetConfiguration: { mcp: { lambda: { lambdaArn: callableArn(scope, names, server), toolSchema: { inlinePayload: tools } } } },
      }),
  );
  targets.slice(AT_ONCE).forEach((target, index) => target.addDependency(targets[index]!));
  return targets;
}
