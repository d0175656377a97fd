import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { Mistake } from "./mistake.ts";

/** One server of `servers.yaml` with all defaults applied, as `codegen list --json` prints it. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** What is behind it, such as `server aws-docs`, `command npx` or an address. */
  readonly source: string;
  /** Name of the function, without a prefix. */
  readonly function: string;
  readonly architecture: "arm64" | "x86_64";
  readonly memory_mb: number;
  readonly timeout_seconds: number;
  readonly environment: Record<string, string>;
  /** 0 for none. */
  readonly provisioned_concurrency: number;
  readonly reserved_concurrency: number | null;
  readonly vpc: { readonly subnets: string[]; readonly security_groups: string[] } | null;
}

/**
 * The servers of a manifest. `codegen` reads it, so that its rules and its messages are those of everything else;
 * `MCP_FLEET_CODEGEN` names a built `codegen`, otherwise cargo runs it.
 */
export function readServers(root: string, repository: string): Server[] {
  const built = process.env.MCP_FLEET_CODEGEN;
  const cargo = ["cargo", "run", "--quiet", "--locked", "--manifest-path", path.join(repository, "Cargo.toml"), "-p", "codegen", "--"];
  const [program, ...first] = built === undefined ? cargo : [built];
  const run = spawnSync(program!, [...first, "--root", root, "list", "--json"], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (run.error !== undefined) {
    throw new Mistake(
      `\`${program}\` could not be started: ${run.error.message}`,
      "install Rust from https://rustup.rs; it reads `servers.yaml`",
    );
  }
  if (run.status !== 0) throw new Mistake(run.stderr.trim().replace(/^error: /, ""));
  const { servers } = JSON.parse(run.stdout) as { servers: Server[] };
  const wrapped = servers.find(({ source }) => source.startsWith("command "));
  if (wrapped !== undefined) {
    throw new Mistake(
      `server \`${wrapped.id}\` runs a program, and the packages that are deployed here hold handlers only`,
      "keep it in a manifest of its own, and deploy it as a container image: docs/wrapped-servers.md",
    );
  }
  return servers;
}
