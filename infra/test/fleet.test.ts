// The fleet of this repository, whatever servers it has.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { readServers } from "../lib/manifest.ts";
import { lambdaArnOutput } from "../lib/names.ts";
import { REPOSITORY, standIns, synth } from "./support.ts";

const servers = readServers(REPOSITORY, REPOSITORY);
const fleet = synth({ environment: "prod", auth: "iam", assets: standIns(servers.map(({ id }) => id)) });
const generated = (id: string, file: string) => JSON.parse(fs.readFileSync(path.join(REPOSITORY, "handlers", id, file), "utf8"));

test("one function, one log group, one target, one output for each server, and nothing for others", () => {
  const names = servers.map(({ id }) => `mcp-server-${id}`);
  const values = (stack: "mcp-fleet" | "mcp-gateway", type: string, property: string) =>
    Object.values(fleet.resources(stack, type)).map(({ Properties }) => Properties[property]);
  assert.deepEqual(values("mcp-fleet", "AWS::Lambda::Function", "FunctionName"), names);
  assert.deepEqual(
    values("mcp-fleet", "AWS::Logs::LogGroup", "LogGroupName"),
    names.map((name) => `/aws/lambda/${name}`),
  );
  assert.deepEqual(
    values("mcp-gateway", "AWS::BedrockAgentCore::GatewayTarget", "Name"),
    servers.map(({ id }) => id),
  );
  assert.deepEqual(Object.keys(fleet.template("mcp-fleet").findOutputs("*")).sort(), servers.map(({ id }) => lambdaArnOutput(id)).sort());
  assert.equal(lambdaArnOutput("core-mcp"), "McpCoremcpLambdaArn");
});

for (const server of servers) {
  test(`${server.id} is deployed as its files say`, () => {
    const lambda = fleet.one("mcp-fleet", "AWS::Lambda::Function", "FunctionName", server.function).Properties;
    assert.deepEqual(
      [lambda.Architectures, lambda.MemorySize, lambda.Timeout, lambda.Environment.Variables],
      [[server.architecture], server.memory_mb, server.timeout_seconds, generated(server.id, "target.json").environment],
    );
    const role = fleet.resources("mcp-fleet", "AWS::IAM::Role")[lambda.Role["Fn::GetAtt"][0]]!;
    const own = role.Properties.Policies.find(({ PolicyName }: { PolicyName: string }) => PolicyName === "server");
    assert.deepEqual(own?.PolicyDocument.Statement ?? [], generated(server.id, "policy.json").Statement);
    const target = fleet.one("mcp-gateway", "AWS::BedrockAgentCore::GatewayTarget", "Name", server.id).Properties;
    const tools = target.TargetConfiguration.Mcp.Lambda.ToolSchema.InlinePayload.map(({ Name }: { Name: string }) => Name);
    assert.deepEqual(
      tools,
      generated(server.id, "target.json").tools.map(({ name }: { name: string }) => name),
    );
  });
}

test("a template fits into CloudFormation's limits", () => {
  for (const [name, template] of Object.entries(fleet.templates)) {
    const { Resources } = template.toJSON();
    assert.ok(Object.keys(Resources).length <= 500, name);
    assert.ok(Buffer.byteLength(JSON.stringify(template.toJSON(), null, 1)) <= 1_000_000, name);
  }
});
