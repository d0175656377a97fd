import assert from "node:assert/strict";
import { test } from "node:test";
import { Mistake } from "../lib/mistake.ts";
import { Names } from "../lib/names.ts";
import { checkTools } from "../lib/tool-schema.ts";
import { app, changedFixture, fixture } from "./support.ts";

const refused = (message: RegExp) => (error: unknown) => error instanceof Mistake && message.test(error.message);
const tool = (more: object = {}) => ({ name: "read", description: "Reads.", inputSchema: { type: "object" }, ...more });
const property = (schema: unknown) => tool({ inputSchema: { type: "object", properties: { size: schema } } });

const mistakes: [string, unknown, RegExp][] = [
  ["no tools", [], /`target.json` has no tools/],
  ["too many tools", Array.from({ length: 1001 }, (_, n) => tool({ name: `t${n}` })), /has 1001 tools, a target may have 1000/],
  ["a name that models refuse", [tool({ name: "r".repeat(60) })], /`files___r+`, 68 characters, and models accept 64/],
  ["a tool that is there twice", [tool(), tool()], /tool `read` of `target.json` is there twice/],
  ["no description", [tool({ description: " " })], /tool `read` of `target.json` has no description/],
  ["a member of tools that targets do not have", [tool({ annotations: {} })], /has `annotations`, which a target cannot hold/],
  ["no schema", [tool({ inputSchema: undefined })], /`inputSchema` is not an object/],
  ["a schema of something else", [tool({ inputSchema: { type: "array" } })], /`type` of `inputSchema` is `array`\n.*must be `object`/],
  [
    "a keyword that the gateway refuses",
    [property({ type: "string", enum: ["a"] })],
    /`inputSchema.properties.size` has `enum`, which the gateway does not accept/,
  ],
  [
    "a keyword deep inside",
    [property({ type: "array", items: { type: "string", default: "" } })],
    /`inputSchema.properties.size.items` has `default`/,
  ],
  ["two types", [property({ type: ["string", "null"] })], /`type` of `inputSchema.properties.size` is `\["string","null"\]`/],
  ["no type", [property({})], /`type` of `inputSchema.properties.size` is `undefined`/],
  ["a wrong result", [tool({ outputSchema: { type: "object", oneOf: [] } })], /`outputSchema` has `oneOf`/],
  [
    "names that are no names",
    [tool({ inputSchema: { type: "object", required: "a" } })],
    /`required` of `inputSchema` is no list of names/,
  ],
  ["more than 1 MB", [property({ type: "string", description: "d".repeat(1_000_000) })], /take 1000\d+ bytes, a target may have 1000000/],
];

for (const [name, tools, message] of mistakes) {
  test(`refused: ${name}`, () => assert.throws(() => checkTools("target.json", "files", tools), refused(message)));
}

test("properties may be named like keywords", () => {
  const schema = { type: "object", properties: { properties: { type: "string" }, enum: { type: "integer" } } };
  checkTools("target.json", "files", [tool({ inputSchema: schema })]);
});

test("a mistake in the manifest is told in the manifest's own words", () => {
  const context = changedFixture("servers.yaml", (text) => text.replace("timeout: 300", "timeout: 3000"));
  assert.throws(() => app(context), refused(/servers\.yaml` has a mistake[^]*servers\.yaml:\d+:\d+: .*3000[^]*hint: .*900/));
});

test("a generated file that is older than the manifest", () => {
  const context = changedFixture("servers.yaml", (text) => text.replace("access: read-write", "access: read-only"));
  assert.throws(() => app(context), refused(/`handlers\/beta-two\/target.json` is not what `servers.yaml` says\n.*cargo run -p codegen/));
});

test("a generated file that is broken", () => {
  const context = changedFixture("handlers/alpha/policy.json", (text) => text.slice(0, 20));
  assert.throws(() => app(context), refused(/`handlers\/alpha\/policy.json` is not JSON/));
});

test("a server that was not generated", () => {
  const more = "  gamma: {name: Gamma, description: Counts., server: gamma}\n";
  const context = changedFixture("servers.yaml", (text) => text + more);
  assert.throws(() => app(context), refused(/`handlers\/gamma\/target.json` could not be read[^]*cargo run -p codegen/));
});

test("a server that needs a container image", () => {
  const more = "  gamma: {name: Gamma, description: Counts., command: python3}\n";
  const context = changedFixture("servers.yaml", (text) => text + more);
  assert.throws(() => app(context), refused(/`gamma` runs a program[^]*hint: .*docs\/wrapped-servers\.md/));
});

test("a server that was not built", () => {
  assert.throws(() => app(fixture({ assets: "nowhere" })), refused(/`alpha` is not built for arm64[^]*scripts\/build alpha/));
});

test("a name that Lambda refuses", () => {
  const names = new Names("team-platform-");
  assert.throws(() => names.function(`mcp-server-${"b".repeat(40)}`), refused(/has 65 characters, Lambda allows 64\n.*`prefix`/));
});
