import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CfnGatewayTarget } from "aws-cdk-lib/aws-bedrockagentcore";
import type { Server } from "./manifest.ts";
import { Mistake } from "./mistake.ts";
import { checkTools } from "./tool-schema.ts";

export interface Statement {
  readonly Action?: string | string[];
  readonly Resource?: string | string[];
}

/** One server as it is deployed: the manifest's settings and the files that `codegen` wrote for it. */
export interface Handler {
  readonly server: Server;
  readonly tools: CfnGatewayTarget.ToolDefinitionProperty[];
  readonly policy: { readonly Version: string; readonly Statement: Statement[] };
}

interface Target {
  readonly id: string;
  readonly description: string;
  readonly environment: Record<string, string>;
  readonly tools: CfnGatewayTarget.ToolDefinitionProperty[];
}

/** Reads and checks `handlers/<id>/` of every server. */
export function readHandlers(root: string, servers: readonly Server[]): Handler[] {
  return servers.map((server) => {
    const folder = path.join(root, "handlers", server.id);
    const targetFile = path.join(folder, "target.json");
    const target = readJson<Target>(targetFile, root);
    const shown = path.relative(root, targetFile);
    const same =
      target.id === server.id && target.description === server.description && isDeepStrictEqual(target.environment, server.environment);
    if (!same) throw new Mistake(`\`${shown}\` is not what \`servers.yaml\` says`, "run `cargo run -p codegen`");
    checkTools(shown, server.id, target.tools);
    return { server, tools: target.tools, policy: readJson(path.join(folder, "policy.json"), root) };
  });
}

function readJson<T>(file: string, root: string): T {
  const shown = path.relative(root, file);
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new Mistake(`\`${shown}\` could not be read: ${(error as Error).message}`, "run `cargo run -p codegen`");
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Mistake(`\`${shown}\` is not JSON: ${(error as Error).message}`, "run `cargo run -p codegen`");
  }
}
