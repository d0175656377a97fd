import * as fs from "node:fs";
import * as path from "node:path";
import { CfnOutput, Duration, Tags } from "aws-cdk-lib";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Config } from "./config.ts";
import { functionRole } from "./function-role.ts";
import type { Handler } from "./handlers.ts";
import { Mistake } from "./mistake.ts";
import { lambdaArnOutput, type Names } from "./names.ts";

/** The alias that has the provisioned concurrency, and that a gateway must call to use it. */
export const WARM_ALIAS = "live";

/** One server: its function, role and log group. */
export class McpFunction extends Construct {
  readonly function: lambda.Function;

  constructor(
    scope: Construct,
    readonly handler: Handler,
    config: Config,
    names: Names,
  ) {
    super(scope, handler.server.id);
    const { server } = handler;
    const functionName = names.function(server.function);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.retention,
      removalPolicy: config.removal,
    });
    this.function = new lambda.Function(this, "Function", {
      functionName,
      description: server.description,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: "bootstrap",
      code: lambda.Code.fromAsset(asset(config, handler)),
      architecture: server.architecture === "arm64" ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
      memorySize: server.memory_mb,
      timeout: Duration.seconds(server.timeout_seconds),
      environment: server.environment,
      reservedConcurrentExecutions: server.reserved_concurrency ?? undefined,
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
      // The role says all; the construct would add rights of its own.
      role: functionRole(this, handler, logGroup).withoutPolicyUpdates(),
    });
    if (server.vpc !== null) {
      // Not the construct's `vpc`, which wants to know the whole network to place a function into named subnets.
      const resource = this.function.node.defaultChild as lambda.CfnFunction;
      resource.vpcConfig = { subnetIds: server.vpc.subnets, securityGroupIds: server.vpc.security_groups };
    }
    Tags.of(this).add("server", server.id);
    const callable = this.warm() ?? this.function;
    const output = new CfnOutput(this, "Arn", { value: callable.functionArn, description: server.name });
    output.overrideLogicalId(lambdaArnOutput(server.id));
  }

  private warm(): lambda.Alias | undefined {
    const count = this.handler.server.provisioned_concurrency;
    if (count === 0) return undefined;
    return new lambda.Alias(this, "Live", {
      aliasName: WARM_ALIAS,
      version: this.function.currentVersion,
      provisionedConcurrentExecutions: count,
    });
  }
}

function asset(config: Config, { server }: Handler): string {
  const folder = path.join(config.assets, server.architecture, server.id);
  if (!fs.existsSync(path.join(folder, "bootstrap"))) {
    throw new Mistake(
      `\`${server.id}\` is not built for ${server.architecture}: there is no \`${path.relative(config.root, folder)}/bootstrap\``,
      `run \`scripts/build ${server.id}\``,
    );
  }
  return folder;
}
