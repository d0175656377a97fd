import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { RemovalPolicy } from "aws-cdk-lib";
import { readConfig } from "../lib/config.ts";
import { SETTINGS } from "../lib/settings.ts";
import { Mistake } from "../lib/mistake.ts";
import { REPOSITORY } from "./support.ts";

const config = (context: Record<string, unknown>) => readConfig({ auth: "iam", ...context }, "/fleet");

test("each environment has its defaults", () => {
  const facts = (environment: string) => {
    const { prefix, retention, removal, alarms, dashboard, gateway } = config({ environment });
    return {
      prefix,
      retention: Number(retention),
      kept: removal === RemovalPolicy.RETAIN,
      alarms: alarms.join(),
      dashboard,
      debug: gateway!.debug,
    };
  };
  assert.deepEqual(facts("dev"), { prefix: "dev-", retention: 7, kept: false, alarms: "", dashboard: false, debug: true });
  assert.deepEqual(facts("gamma"), {
    prefix: "gamma-",
    retention: 30,
    kept: false,
    alarms: "errors,throttles,duration",
    dashboard: true,
    debug: false,
  });
  assert.deepEqual(facts("prod"), {
    prefix: "",
    retention: 365,
    kept: true,
    alarms: "errors,throttles,duration",
    dashboard: true,
    debug: false,
  });
  assert.equal(config({}).environment, "dev");
});

test("the command line is over cdk.json, and that over the defaults", () => {
  const environments = { dev: { retentionDays: 30, prefix: "mine-" }, prod: { retentionDays: 90 } };
  const { retention, prefix, dashboard } = config({ environments, prefix: "other-" });
  assert.deepEqual([Number(retention), prefix, dashboard], [30, "other-", false]);
});

test("texts of the command line and values of JSON mean the same", () => {
  assert.deepEqual(config({ alarms: "throttles, errors", dashboard: "true" }).alarms, ["errors", "throttles"]);
  assert.deepEqual(config({ alarms: ["throttles", "errors"], dashboard: true }).alarms, ["errors", "throttles"]);
  assert.deepEqual(config({ tags: "owner=platform,cost=a=b" }).tags, { owner: "platform", cost: "a=b" });
  assert.deepEqual(config({ tags: { owner: "platform", cost: "a=b" } }).tags, { owner: "platform", cost: "a=b" });
});

test("the gateway can be left out, and then nobody has to be let in", () => {
  assert.equal(readConfig({ gateway: "false" }, "/fleet").gateway, undefined);
});

test("a bearer token's issuer and readers", () => {
  const { gateway } = config({
    auth: "jwt",
    jwtDiscoveryUrl: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/.well-known/openid-configuration",
    jwtClients: "a,b",
    jwtScopes: ["fleet/call"],
  });
  assert.deepEqual(gateway!.authorizer, {
    kind: "jwt",
    discoveryUrl: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/.well-known/openid-configuration",
    audiences: [],
    clients: ["a", "b"],
    scopes: ["fleet/call"],
  });
});

test("an open gateway takes an own word", () => {
  assert.deepEqual(config({ auth: "open-to-everyone" }).gateway!.authorizer, { kind: "open" });
});

const JWT = { auth: "jwt", jwtDiscoveryUrl: "https://issuer.example.com/.well-known/openid-configuration" };

test("each setting is in docs/deploy.md", () => {
  const text = fs.readFileSync(path.join(REPOSITORY, "docs/deploy.md"), "utf8");
  const absent = SETTINGS.filter((setting) => !new RegExp(`\\b${setting}\\b`).test(text));
  assert.deepEqual(absent, []);
});

const mistakes: [string, Record<string, unknown>, RegExp][] = [
  ["an unknown environment", { environment: "test" }, /`environment` is `test`\n.*`dev`, `gamma` or `prod`/],
  ["an unknown setting", { retension: "3" }, /no setting `retension`, which a `-c` option[^]*retentionDays/],
  ["an unknown setting of an environment", { environments: { dev: { alarm: "all" } } }, /`alarm`, which `environments.dev` of `cdk.json`/],
  ["an environment of cdk.json that does not exist", { environments: { test: {} } }, /`environments` of `cdk.json` has `test`/],
  ["days that CloudWatch does not know", { retentionDays: "8" }, /`retentionDays` is `8`\n.*`1`, `3`, `5`, `7`, `14`.*`3653`/],
  ["a removal policy", { removalPolicy: "snapshot" }, /`removalPolicy` is `snapshot`\n.*`destroy` or `retain`/],
  ["an alarm", { alarms: "errors,cost" }, /`alarms` is `cost`\n.*`all`, `none`, or some of errors,throttles,duration/],
  ["a topic", { alarmTopic: "alerts" }, /`alarmTopic` is `alerts`\n.*arn:aws:sns/],
  ["a truth value", { dashboard: "yes" }, /`dashboard` is `yes`\n.*`true` or `false`/],
  ["a prefix without a hyphen", { prefix: "team" }, /`prefix` is `team`\n.*end with a hyphen/],
  ["a prefix with two hyphens", { prefix: "a--b-" }, /`prefix` is `a--b-`/],
  ["a tag", { tags: "owner" }, /`tags` is `owner`\n.*`key=value`/],
  ["a search type", { search: "full" }, /`search` is `full`\n.*`semantic` or `none`/],
  ["an exception level", { exceptionLevel: "trace" }, /`exceptionLevel` is `trace`\n.*`debug` or `none`/],
  ["nobody said who may call", { auth: undefined }, /`auth` is missing: it says who may call[^]*auth=iam[^]*auth=jwt[^]*gateway=false/],
  ["none, which is too short", { auth: "none" }, /anybody on the internet[^]*auth=open-to-everyone/],
  ["an authorizer", { auth: "oauth" }, /`auth` is `oauth`[^]*auth=jwt/],
  ["bearer tokens of nobody", { auth: "jwt" }, /`jwtDiscoveryUrl` is missing/],
  [
    "an issuer without its document",
    { ...JWT, jwtDiscoveryUrl: "https://issuer.example.com" },
    /`jwtDiscoveryUrl` is `https:\/\/issuer.example.com`[^]*openid-configuration/,
  ],
  [
    "an issuer without encryption",
    { ...JWT, jwtDiscoveryUrl: "http://i.example.com/.well-known/openid-configuration" },
    /`jwtDiscoveryUrl` is `http:/,
  ],
  ["every token of an issuer", { ...JWT, jwtScopes: "call" }, /neither `jwtAudiences` nor `jwtClients`/],
  ["token settings without tokens", { jwtClients: "a" }, /`jwtClients` goes with `auth=jwt`, and `auth` is `iam`/],
];

for (const [name, context, message] of mistakes) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => config(context),
      (error) => error instanceof Mistake && message.test(error.message),
    );
  });
}
