import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Stack, type App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { fleetApp } from "../lib/app.ts";

export const REPOSITORY = path.resolve(import.meta.dirname, "../..");
/** Two servers: `alpha` with the least, `beta-two` with everything. */
export const FIXTURE = path.join(import.meta.dirname, "fixtures/fleet");

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  /** A template has no types of its own. */
  readonly Properties: Record<string, any>;
}

/** The synthesised stacks of an app by name. */
export class Synthesised {
  readonly templates: Record<string, Template>;

  constructor(app: App) {
    const stacks = app.node.children.filter((child): child is Stack => child instanceof Stack);
    this.templates = Object.fromEntries(stacks.map((stack) => [stack.stackName, Template.fromStack(stack)]));
  }

  /** The resources of a type in the stack whose name ends so. */
  resources(stack: "mcp-fleet" | "mcp-gateway", type: string): Record<string, Resource> {
    return this.template(stack).findResources(type) as Record<string, Resource>;
  }

  /** The only resource of a type, or the only one with a property of a value. */
  one(stack: "mcp-fleet" | "mcp-gateway", type: string, property?: string, value?: unknown): Resource {
    const all = Object.values(this.resources(stack, type));
    const found = all.filter(({ Properties }) => property === undefined || Properties[property] === value);
    if (found.length !== 1) throw new Error(`${found.length} of ${all.length} ${type} have ${property} ${value}`);
    return found[0]!;
  }

  template(stack: "mcp-fleet" | "mcp-gateway"): Template {
    const name = Object.keys(this.templates).find((name) => name.endsWith(stack));
    if (name === undefined) throw new Error(`there is no stack ${stack}`);
    return this.templates[name]!;
  }
}

const done = new Map<string, Synthesised>();

/** Synthesises with this context, once. */
export function synth(context: Record<string, unknown>): Synthesised {
  const key = JSON.stringify(context);
  const known = done.get(key) ?? new Synthesised(app(context));
  done.set(key, known);
  return known;
}

export function app(context: Record<string, unknown>): App {
  return fleetApp(REPOSITORY, { context, outdir: temporaryFolder() });
}

/** The context of the fixture fleet. */
export function fixture(context: Record<string, unknown> = {}): Record<string, unknown> {
  return { root: FIXTURE, assets: "assets", auth: "iam", ...context };
}

/** A copy of the fixture fleet in which one file is changed. */
export function changedFixture(file: string, change: (text: string) => string): Record<string, unknown> {
  const root = temporaryFolder();
  fs.cpSync(FIXTURE, root, { recursive: true });
  const changed = path.join(root, file);
  fs.writeFileSync(changed, change(fs.readFileSync(changed, "utf8")));
  return fixture({ root });
}

/** Folders with a stand-in for every server of the fleet, built for both architectures. */
export function standIns(ids: readonly string[]): string {
  const folder = temporaryFolder();
  for (const architecture of ["arm64", "x86_64"]) {
    for (const id of ids) {
      fs.mkdirSync(path.join(folder, architecture, id), { recursive: true });
      fs.copyFileSync(path.join(FIXTURE, "assets/arm64/alpha/bootstrap"), path.join(folder, architecture, id, "bootstrap"));
    }
  }
  return folder;
}

const folders: string[] = [];
process.on("exit", () => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mcp-fleet-infra-"));
  folders.push(folder);
  return folder;
}
