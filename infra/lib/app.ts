import { App, Validations, type AppProps } from "aws-cdk-lib";
import flags from "aws-cdk-lib/recommended-feature-flags.json" with { type: "json" };
import { AwsSolutionsChecks } from "cdk-nag";
import { readConfig } from "./config.ts";
import { FleetStack } from "./fleet-stack.ts";
import { GatewayStack } from "./gateway-stack.ts";
import { readHandlers } from "./handlers.ts";
import { readServers } from "./manifest.ts";
import { Names } from "./names.ts";

/** The whole app. `repository` is where `codegen` is built, and the fleet unless `root` names another folder. */
export function fleetApp(repository: string, props: AppProps = {}): App {
  // Behaviour as the pinned version of the library recommends it.
  const app = new App({ analyticsReporting: false, ...props, context: { ...flags, ...props.context } });
  // Everything that can be wrong shows before there is a construct.
  const config = readConfig(app.node.getAllContext(), repository);
  const handlers = readHandlers(config.root, readServers(config.root, repository));
  const names = new Names(config.prefix);
  const fleet = new FleetStack(app, config, names, handlers);
  if (config.gateway !== undefined) {
    new GatewayStack(app, config, config.gateway, names, handlers).addStackDependency(fleet);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
