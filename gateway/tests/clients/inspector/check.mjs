// Uses a running gateway through the command line of the MCP Inspector and compares every answer.
//
// usage: check.mjs INSPECTOR URL HANDLERS CHECKS    (run by ../run)

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

const [inspector, url, handlers, checksFile] = process.argv.slice(2);
const checks = JSON.parse(readFileSync(checksFile, "utf8"));
let failures = 0;

function check(name, found, expected) {
  if (isDeepStrictEqual(found, expected)) {
    console.log(`ok      MCP Inspector, ${name}`);
  } else {
    failures += 1;
    const show = (value) => JSON.stringify(value);
    console.log(`FAILED  MCP Inspector, ${name}\n        found:    ${show(found)}\n        expected: ${show(expected)}`);
  }
}

// Exit code, what standard output holds as JSON, and the error that standard error holds.
function inspect(...options) {
  const words = [inspector, "--cli", url, "--transport", "http", "--quiet", ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 26 });
  const json = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
  return { status, result: json(stdout), error: json(stderr).error?.code ?? stderr };
}

const call = ({ tool, arguments: values }) =>
  inspect("--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(values));

const registered = readdirSync(handlers)
  .map((id) => join(handlers, id, "target.json"))
  .filter((path) => existsSync(path))
  .map((path) => JSON.parse(readFileSync(path, "utf8")))
  .flatMap((target) => target.tools.map((tool) => `${target.id}___${tool.name}`))
  .sort();

const initialized = inspect("--method", "initialize").result;
check("initialize", [initialized.protocolVersion, initialized.serverInfo?.name], ["2025-11-25", "agentcore-gateway"]);

// `--strict` fails on schemas that some client could not read.
const list = inspect("--method", "tools/list", "--strict");
check("schemas are portable", list.status, 0);
const names = (list.result.tools ?? []).map((tool) => tool.name);
check(`list all ${names.length} tools`, names, registered);

const called = call(checks.call);
const texts = (called.result.content ?? []).map((block) => block.text);
const found = [called.status, called.result.isError, texts.length, texts[0]?.includes(checks.call.text)];
check(`call ${checks.call.tool}`, found, [0, false, 1, true]);

for (const kind of ["invalid", "missing"]) {
  const { status, result } = call(checks[kind]);
  const text = { content: [{ type: "text", text: checks[kind].text }], isError: true };
  check(`${kind} arguments`, [status, result], [5, text]);
}

const unknown = call({ tool: checks.unknown, arguments: {} });
check("unknown tool", [unknown.status, unknown.error], [5, "tool_not_found"]);

for (const [method, member] of [["resources/list", "resources"], ["prompts/list", "prompts"]]) {
  const { status, result } = inspect("--method", method);
  check(`no ${member}`, [status, result[member]], [0, []]);
}

process.exitCode = failures > 0 ? 1 : 0;
