import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { Stack, type App } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { app, fixture } from "./support.ts";

interface Violation {
  readonly ruleName: string;
  readonly reason?: string;
}

/** What the rules found: of cdk-nag, and of the construct library's own validation. */
function report(fleet: App): { found: Violation[]; acknowledged: Violation[] } {
  try {
    fleet.synth();
  } catch (error) {
    if ((error as Error).name !== "ValidationFailed") throw error;
  }
  const text = fs.readFileSync(path.join(fleet.outdir, "validation-report.json"), "utf8");
  const { pluginReports } = JSON.parse(text) as { pluginReports: { violations: Violation[]; suppressedViolations?: Violation[] }[] };
  return {
    found: pluginReports.flatMap(({ violations }) => violations),
    acknowledged: pluginReports.flatMap(({ suppressedViolations }) => suppressedViolations ?? []),
  };
}

for (const environment of ["dev", "gamma", "prod"]) {
  test(`${environment} has no findings, and each that is acknowledged has a reason`, () => {
    const { found, acknowledged } = report(app(fixture({ environment })));
    assert.deepEqual(found, []);
    assert.ok(
      acknowledged.every(({ reason }) => reason !== undefined && reason.length > 20),
      JSON.stringify(acknowledged),
    );
  });
}

test("a finding is found", () => {
  const fleet = app(fixture());
  new Bucket(new Stack(fleet, "more"), "Open");
  const rules = report(fleet).found.map(({ ruleName }) => ruleName);
  assert.ok(
    rules.some((rule) => rule.includes("S1")),
    rules.join(),
  );
});
