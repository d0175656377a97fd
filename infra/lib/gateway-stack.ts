import { CfnOutput, Stack, Validations } from "aws-cdk-lib";
import { CfnGateway } from "aws-cdk-lib/aws-bedrockagentcore";
import type { Construct } from "constructs";
import type { Authorizer, Config, GatewayConfig } from "./config.ts";
import { tag } from "./fleet-stack.ts";
import { gatewayRoleArn } from "./gateway-role.ts";
import type { Handler } from "./handlers.ts";
import type { Names } from "./names.ts";
import { addTargets } from "./targets.ts";

/** Every version of the protocol that the gateway knows. Its own default is the first alone, which refuses most clients. */
const MCP_VERSIONS = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

/** The gateway and its targets. Resources of the lowest level: the higher ones add users, rights and defaults that nobody asked for. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, config: Config, gatewayConfig: GatewayConfig, names: Names, handlers: readonly Handler[]) {
    super(scope, names.gatewayStack, { description: "AgentCore gateway of the MCP servers (mcp-fleet)" });
    tag(this, config);
    const gateway = new CfnGateway(this, "Gateway", {
      name: names.gateway,
      description: `MCP servers of ${names.fleetStack}`,
      roleArn: gatewayRoleArn(this, names),
      protocolType: "MCP",
      protocolConfiguration: {
        mcp: {
          supportedVersions: MCP_VERSIONS,
          // Clients that read the first page only would see 30 tools.
          disableMcpListToolsPagination: gatewayConfig.pages ? undefined : true,
          searchType: gatewayConfig.semanticSearch ? "SEMANTIC" : undefined,
        },
      },
      exceptionLevel: gatewayConfig.debug ? "DEBUG" : undefined,
      ...authorization(gatewayConfig.authorizer),
    });
    if (!gatewayConfig.pages) {
      Validations.of(gateway).acknowledge({
        id: "CloudFormation-Validate::F3018",
        reason: "the validator's copy of the resource schema is older than DisableMcpListToolsPagination, which the construct library has",
      });
      // The same for cfn-lint, which reads it from the template.
      gateway.addMetadata("cfn-lint", { config: { ignore_checks: ["E3002", "E3018"] } });
    }
    addTargets(this, gateway, names, handlers);
    new CfnOutput(this, "GatewayUrl", { value: gateway.attrGatewayUrl, description: "Where MCP clients connect to" });
    new CfnOutput(this, "GatewayId", { value: gateway.attrGatewayIdentifier });
    new CfnOutput(this, "GatewayArn", { value: gateway.attrGatewayArn, description: "Resource of bedrock-agentcore:InvokeGateway" });
  }
}

function authorization(authorizer: Authorizer) {
  switch (authorizer.kind) {
    case "iam":
      return { authorizerType: "AWS_IAM" };
    case "open":
      return { authorizerType: "NONE" };
    case "jwt":
      return {
        authorizerType: "CUSTOM_JWT",
        authorizerConfiguration: {
          customJwtAuthorizer: {
            discoveryUrl: authorizer.discoveryUrl,
            allowedAudience: some(authorizer.audiences),
            allowedClients: some(authorizer.clients),
            allowedScopes: some(authorizer.scopes),
          },
        },
      };
  }
}

/** The service takes no empty lists. */
function some(list: string[]): string[] | undefined {
  return list.length === 0 ? undefined : list;
}
