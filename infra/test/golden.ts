// The whole templates of the fixture fleet in prod. `npm run golden` writes them; the tests only compare.
import * as fs from "node:fs";
import * as path from "node:path";
import { fixture, synth } from "./support.ts";

const CONTEXT = {
  environment: "prod",
  prefix: "golden-",
  alarmTopic: "arn:aws:sns:us-east-1:123456789012:alerts",
  auth: "jwt",
  jwtDiscoveryUrl: "https://issuer.example.com/.well-known/openid-configuration",
  jwtAudiences: "fleet",
  search: "semantic",
};

export function goldenFile(stack: string): string {
  return path.join(import.meta.dirname, "golden", `${stack}.json`);
}

/** The text of each stack's template. */
export function goldenTexts(): [string, string][] {
  const { templates } = synth(fixture(CONTEXT));
  return Object.entries(templates).map(([stack, template]) => [stack, `${JSON.stringify(template.toJSON(), null, 1)}\n`]);
}

if (process.argv[2] === "write") {
  for (const [stack, text] of goldenTexts()) fs.writeFileSync(goldenFile(stack), text);
}
