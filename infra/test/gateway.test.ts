import assert from "node:assert/strict";
import { test } from "node:test";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { CfnGateway } from "aws-cdk-lib/aws-bedrockagentcore";
import type { Handler } from "../lib/handlers.ts";
import type { Server } from "../lib/manifest.ts";
import { Names } from "../lib/names.ts";
import { addTargets } from "../lib/targets.ts";
import { fixture, synth, type Resource } from "./support.ts";

const gatewayWith = (context: Record<string, unknown>) =>
  synth(fixture(context)).one("mcp-gateway", "AWS::BedrockAgentCore::Gateway").Properties;
/** An ARN as it would read in Region `R` of account `A`. */
const plain = (value: any): string => {
  if (typeof value === "string") return value;
  if (value.Ref !== undefined) return { "AWS::Partition": "aws", "AWS::Region": "R", "AWS::AccountId": "A" }[value.Ref as string]!;
  return value["Fn::Join"][1].map(plain).join("");
};

test("the gateway speaks every version, lists all tools at once and shows failures in dev", () => {
  const gateway = gatewayWith({});
  assert.equal(gateway.Name, "dev-mcp-fleet");
  assert.equal(gateway.ProtocolType, "MCP");
  assert.deepEqual(gateway.ProtocolConfiguration.Mcp, {
    SupportedVersions: ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"],
    DisableMcpListToolsPagination: true,
  });
  assert.equal(gateway.ExceptionLevel, "DEBUG");
  assert.deepEqual(gateway.Tags, { project: "mcp-fleet", environment: "dev" });
});

test("paging, search and hidden failures by context", () => {
  const gateway = gatewayWith({ environment: "prod", toolPages: "true", search: "semantic" });
  assert.equal(gateway.ProtocolConfiguration.Mcp.DisableMcpListToolsPagination, undefined);
  assert.equal(gateway.ProtocolConfiguration.Mcp.SearchType, "SEMANTIC");
  assert.equal(gateway.ExceptionLevel, undefined);
});

test("callers with AWS credentials", () => {
  const { AuthorizerType, AuthorizerConfiguration } = gatewayWith({ auth: "iam" });
  assert.deepEqual([AuthorizerType, AuthorizerConfiguration], ["AWS_IAM", undefined]);
});

test("callers with bearer tokens", () => {
  const jwtDiscoveryUrl = "https://issuer.example.com/.well-known/openid-configuration";
  const { AuthorizerType, AuthorizerConfiguration } = gatewayWith({
    auth: "jwt",
    jwtDiscoveryUrl,
    jwtAudiences: "fleet",
    jwtScopes: "call,list",
  });
  assert.equal(AuthorizerType, "CUSTOM_JWT");
  assert.deepEqual(AuthorizerConfiguration, {
    CustomJWTAuthorizer: { DiscoveryUrl: jwtDiscoveryUrl, AllowedAudience: ["fleet"], AllowedScopes: ["call", "list"] },
  });
});

test("everyone", () => {
  assert.equal(gatewayWith({ auth: "open-to-everyone" }).AuthorizerType, "NONE");
});

test("the role calls these functions, and only the gateway may take it", () => {
  const fleet = synth(fixture());
  const role = Object.values(fleet.resources("mcp-fleet", "AWS::IAM::Role")).find(
    ({ Properties }) => Properties.RoleName !== undefined,
  )!.Properties;
  assert.equal(plain(role.RoleName), "dev-mcp-gateway-R");
  const [trust] = role.AssumeRolePolicyDocument.Statement;
  assert.deepEqual(trust.Principal, { Service: "bedrock-agentcore.amazonaws.com" });
  assert.deepEqual(trust.Condition.StringEquals, { "aws:SourceAccount": { Ref: "AWS::AccountId" } });
  assert.equal(plain(trust.Condition.ArnLike["aws:SourceArn"]), "arn:aws:bedrock-agentcore:R:A:gateway/dev-mcp-fleet-*");
  const [{ PolicyDocument }, ...others] = role.Policies;
  assert.deepEqual(others, []);
  const [statement, ...more] = PolicyDocument.Statement;
  assert.deepEqual([statement.Action, more], ["lambda:InvokeFunction", []]);
  // The alias, where there is one: without it the provisioned concurrency would be of no use.
  const functions = ["dev-mcp-server-alpha", "dev-mcp-server-beta-two:live"].map((name) => `arn:aws:lambda:R:A:function:${name}`);
  assert.deepEqual(statement.Resource.map(plain), functions);
  assert.equal(
    plain(fleet.one("mcp-gateway", "AWS::BedrockAgentCore::Gateway").Properties.RoleArn),
    "arn:aws:iam::A:role/dev-mcp-gateway-R",
  );
  const targets = Object.values(fleet.resources("mcp-gateway", "AWS::BedrockAgentCore::GatewayTarget"));
  assert.deepEqual(
    targets.map(({ Properties }) => plain(Properties.TargetConfiguration.Mcp.Lambda.LambdaArn)),
    functions,
  );
});

test("the role is older than the functions, and those than the targets", () => {
  const fleet = synth(fixture());
  for (const { DependsOn } of Object.values(fleet.resources("mcp-fleet", "AWS::Lambda::Function"))) {
    assert.ok(
      DependsOn!.some((id) => id.startsWith("GatewayRole")),
      String(DependsOn),
    );
  }
  const manifest = JSON.stringify(fleet.template("mcp-gateway").toJSON()) + JSON.stringify(fleet.template("mcp-fleet").toJSON());
  assert.ok(!/ImportValue|"Export"/.test(manifest), "an export in use could never be removed");
});

test("a target has the tools of target.json, in the template's own letters", () => {
  const target = synth(fixture()).one("mcp-gateway", "AWS::BedrockAgentCore::GatewayTarget", "Name", "beta-two").Properties;
  assert.equal(target.Description, "Reads and writes objects.");
  assert.deepEqual(target.CredentialProviderConfigurations, [{ CredentialProviderType: "GATEWAY_IAM_ROLE" }]);
  assert.deepEqual(target.TargetConfiguration.Mcp.Lambda.ToolSchema.InlinePayload, [
    {
      Name: "read_objects",
      Description: "Read objects.",
      InputSchema: {
        Type: "object",
        Properties: {
          keys: { Type: "array", Items: { Type: "string" }, Description: "Which." },
          properties: { Type: "object", Properties: { Required: { Type: "integer" } } },
        },
        Required: ["keys"],
      },
      OutputSchema: { Type: "object", Properties: { size_bytes: { Type: "integer" } } },
    },
    { Name: "write_object", Description: "Write one object.", InputSchema: { Type: "object" } },
  ]);
});

test("at most five targets are created at a time", () => {
  const stack = new Stack(new App(), "lanes");
  const gateway = new CfnGateway(stack, "Gateway", { name: "g", roleArn: "r", authorizerType: "AWS_IAM" });
  const handlers = Array.from({ length: 13 }, (_, n) => {
    const id = `s${String(n).padStart(2, "0")}`;
    const server = { id, description: id, function: `mcp-server-${id}`, provisioned_concurrency: 0 } as Server;
    return { server, tools: [{ name: "t", description: "T.", inputSchema: { type: "object" } }] } as unknown as Handler;
  });
  addTargets(stack, gateway, new Names(""), handlers);
  const waiting = new Map(
    Object.entries(Template.fromStack(stack).findResources("AWS::BedrockAgentCore::GatewayTarget") as Record<string, Resource>).map(
      ([id, { DependsOn }]) => [id, DependsOn ?? []],
    ),
  );
  const rounds: number[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, before]) => before.every((id) => !waiting.has(id))).map(([id]) => id);
    ready.forEach((id) => waiting.delete(id));
    rounds.push(ready.length);
  }
  assert.deepEqual(rounds, [5, 5, 3]);
});
