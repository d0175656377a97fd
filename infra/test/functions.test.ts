import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { FIXTURE, fixture, synth, type Resource } from "./support.ts";

const prod = synth(fixture({ environment: "prod", gateway: false, tags: "owner=platform" }));
const functionOf = (name: string) => prod.one("mcp-fleet", "AWS::Lambda::Function", "FunctionName", name);
const tags = (resource: Resource) =>
  Object.fromEntries(resource.Properties.Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));

function roleOf({ Properties }: Resource): Resource {
  return prod.resources("mcp-fleet", "AWS::IAM::Role")[Properties.Role["Fn::GetAtt"][0]]!;
}

function policiesOf(role: Resource): Record<string, unknown[]> {
  return Object.fromEntries(role.Properties.Policies.map((policy: any) => [policy.PolicyName, policy.PolicyDocument.Statement]));
}

test("a function has what the manifest says", () => {
  const { Properties } = functionOf("mcp-server-beta-two");
  assert.equal(Properties.Runtime, "provided.al2023");
  assert.equal(Properties.Handler, "bootstrap");
  assert.deepEqual(Properties.Architectures, ["x86_64"]);
  assert.equal(Properties.MemorySize, 1024);
  assert.equal(Properties.Timeout, 300);
  assert.equal(Properties.ReservedConcurrentExecutions, 20);
  assert.deepEqual(Properties.TracingConfig, { Mode: "Active" });
  assert.deepEqual(Properties.VpcConfig, {
    SubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    SecurityGroupIds: ["sg-0123456789abcdef0"],
  });
  const target = JSON.parse(fs.readFileSync(path.join(FIXTURE, "handlers/beta-two/target.json"), "utf8"));
  assert.deepEqual(Properties.Environment.Variables, target.environment);
});

test("what the manifest does not say has its default", () => {
  const { Properties } = functionOf("mcp-server-alpha");
  assert.deepEqual([Properties.Architectures, Properties.MemorySize, Properties.Timeout], [["arm64"], 256, 60]);
  assert.equal(Properties.VpcConfig, undefined);
  assert.equal(Properties.ReservedConcurrentExecutions, undefined);
});

test("a role has policy.json, logs and traces, and nothing else", () => {
  const alpha = policiesOf(roleOf(functionOf("mcp-server-alpha")));
  assert.deepEqual(Object.keys(alpha), ["lambda"]);
  const [logs, tracing, ...others] = alpha.lambda as any[];
  assert.deepEqual(logs.Action, ["logs:CreateLogStream", "logs:PutLogEvents"]);
  assert.match(logs.Resource["Fn::GetAtt"][0], /^alphaLogs/);
  assert.deepEqual([tracing.Action, tracing.Resource], [["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"]);
  assert.deepEqual(others, []);

  const beta = policiesOf(roleOf(functionOf("mcp-server-beta-two")));
  const policy = JSON.parse(fs.readFileSync(path.join(FIXTURE, "handlers/beta-two/policy.json"), "utf8"));
  assert.deepEqual(beta.server, policy.Statement);
  const network = (beta.lambda as any[]).find(({ Sid }) => Sid === "Network");
  assert.ok(
    network.Action.every((action: string) => action.startsWith("ec2:")),
    network.Action,
  );
  assert.equal(beta.lambda!.length, 3);

  assert.deepEqual(prod.resources("mcp-fleet", "AWS::IAM::Policy"), {}, "a policy outside of the roles");
  for (const role of Object.values(prod.resources("mcp-fleet", "AWS::IAM::Role")))
    assert.equal(role.Properties.ManagedPolicyArns, undefined);
});

test("logs are kept as long as the environment says", () => {
  const kept = prod.one("mcp-fleet", "AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/mcp-server-alpha");
  assert.equal(kept.Properties.RetentionInDays, 365);
  assert.equal(kept.DeletionPolicy, "Retain");
  const dev = synth(fixture()).one("mcp-fleet", "AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/dev-mcp-server-alpha");
  assert.equal(dev.Properties.RetentionInDays, 7);
  assert.equal(dev.DeletionPolicy, "Delete");
  assert.match(functionOf("mcp-server-alpha").Properties.LoggingConfig.LogGroup.Ref, /^alphaLogs/);
});

test("tags name the project, the environment, the server, and what the context adds", () => {
  const expected = { project: "mcp-fleet", environment: "prod", owner: "platform", server: "alpha" };
  const lambda = functionOf("mcp-server-alpha");
  assert.deepEqual(tags(lambda), expected);
  assert.deepEqual(tags(roleOf(lambda)), expected);
});

test("provisioned concurrency is on an alias, and the output names what can be called", () => {
  const alias = prod.one("mcp-fleet", "AWS::Lambda::Alias");
  assert.equal(alias.Properties.Name, "live");
  assert.deepEqual(alias.Properties.ProvisionedConcurrencyConfig, { ProvisionedConcurrentExecutions: 2 });
  const outputs = prod.template("mcp-fleet").findOutputs("*");
  assert.deepEqual(Object.keys(outputs).sort(), ["McpAlphaLambdaArn", "McpBetatwoLambdaArn"]);
  assert.match(outputs.McpBetatwoLambdaArn!.Value.Ref, /^betatwoLive/);
  assert.match(outputs.McpAlphaLambdaArn!.Value["Fn::GetAtt"][0], /^alphaFunction/);
});

test("alarms and dashboard, all and none", () => {
  const alarms = Object.values(prod.resources("mcp-fleet", "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
  assert.deepEqual(alarms.map(({ MetricName, Threshold }) => `${MetricName} ${Threshold}`).sort(), [
    "Duration 240000",
    "Duration 48000",
    "Errors 1",
    "Errors 1",
    "Throttles 1",
    "Throttles 1",
  ]);
  assert.ok(alarms.every(({ AlarmActions }) => AlarmActions === undefined));
  prod.template("mcp-fleet").resourceCountIs("AWS::CloudWatch::Dashboard", 1);
  const dev = synth(fixture()).template("mcp-fleet");
  dev.resourceCountIs("AWS::CloudWatch::Alarm", 0);
  dev.resourceCountIs("AWS::CloudWatch::Dashboard", 0);
});

test("some alarms, which tell somebody", () => {
  const topic = "arn:aws:sns:us-east-1:123456789012:alerts";
  const alarms = Object.values(synth(fixture({ alarms: "errors", alarmTopic: topic })).resources("mcp-fleet", "AWS::CloudWatch::Alarm"));
  assert.equal(alarms.length, 2);
  for (const { Properties } of alarms) {
    assert.equal(Properties.MetricName, "Errors");
    assert.deepEqual([Properties.AlarmActions, Properties.OKActions], [[topic], [topic]]);
  }
});

test("without a gateway there is one stack, and no role for one", () => {
  assert.deepEqual(Object.keys(prod.templates), ["mcp-fleet"]);
  prod.template("mcp-fleet").resourceCountIs("AWS::IAM::Role", 2);
});
