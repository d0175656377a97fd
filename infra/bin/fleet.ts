import * as path from "node:path";
import { fleetApp } from "../lib/app.ts";
import { orMistake } from "../lib/mistake.ts";

orMistake(() => fleetApp(path.resolve(import.meta.dirname, "../..")).synth());
