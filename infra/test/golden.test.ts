import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { goldenFile, goldenTexts } from "./golden.ts";

for (const [stack, text] of goldenTexts()) {
  test(`the whole template of ${stack}`, () => {
    assert.equal(
      text,
      fs.readFileSync(goldenFile(stack), "utf8"),
      "after a change that is meant: `npm run golden`, and read the difference",
    );
  });
}
