// Prints what the app makes of some settings, for the scripts: one `key<tab>value` per line. Arguments are `key=value`, and
// `check` before them to check the manifest and the generated files as well.
import * as fs from "node:fs";
import * as path from "node:path";
import { readConfig } from "../lib/config.ts";
import { readHandlers } from "../lib/handlers.ts";
import { readServers } from "../lib/manifest.ts";
import { orMistake } from "../lib/mistake.ts";
import { Names } from "../lib/names.ts";

orMistake(() => {
  const infra = path.resolve(import.meta.dirname, "..");
  const checkedIn = JSON.parse(fs.readFileSync(path.join(infra, "cdk.json"), "utf8")).context as Record<string, unknown>;
  const check = process.argv[2] === "check";
  const given = Object.fromEntries(process.argv.slice(check ? 3 : 2).map((argument) => split(argument)));
  const repository = path.dirname(infra);
  const config = readConfig({ ...checkedIn, ...given }, repository);
  if (check) readHandlers(config.root, readServers(config.root, repository));
  const names = new Names(config.prefix);
  const settings = {
    environment: config.environment,
    prefix: config.prefix,
    fleetStack: names.fleetStack,
    gatewayStack: config.gateway === undefined ? "" : names.gatewayStack,
    auth: config.gateway?.authorizer.kind ?? "",
  };
  for (const [key, value] of Object.entries(settings)) console.log(`${key}\t${value}`);
});

function split(argument: string): [string, string] {
  const equals = argument.indexOf("=");
  return [argument.slice(0, equals), argument.slice(equals + 1)];
}
