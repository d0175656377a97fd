import * as path from "node:path";
import { fleetApp } from "../lib/app.ts";
import { Mistake } from "../lib/mistake.ts";

try {
  fleetApp(path.resolve(import.meta.dirname, "../..")).synth();
} catch (error) {
  if (!(error instanceof Mistake)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
