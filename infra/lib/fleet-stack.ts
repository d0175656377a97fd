import { Stack, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { addAlarms } from "./alarms.ts";
import type { Config } from "./config.ts";
import { addDashboard } from "./dashboard.ts";
import { McpFunction } from "./functions.ts";
import { gatewayRole } from "./gateway-role.ts";
import type { Handler } from "./handlers.ts";
import type { Names } from "./names.ts";

/** The functions, and the gateway's role: a target is checked with it the moment it is created. */
export class FleetStack extends Stack {
  constructor(scope: Construct, config: Config, names: Names, handlers: readonly Handler[]) {
    super(scope, names.fleetStack, { description: "MCP servers, one Lambda function each (mcp-fleet)" });
    tag(this, config);
    const servers = handlers.map((handler) => new McpFunction(this, handler, config, names));
    if (config.gateway !== undefined) {
      const role = gatewayRole(
        this,
        names,
        handlers.map(({ server }) => server),
      );
      // IAM takes seconds to spread a change. The functions wait for the role, so that it is old enough
      // when the next stack creates targets.
      for (const server of servers) server.function.node.addDependency(role);
    }
    for (const server of servers) addAlarms(server, config);
    if (config.dashboard) addDashboard(this, servers, names);
  }
}

export function tag(stack: Stack, config: Config): void {
  for (const [key, value] of Object.entries({ project: "mcp-fleet", environment: config.environment, ...config.tags })) {
    Tags.of(stack).add(key, value);
  }
}
