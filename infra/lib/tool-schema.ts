import { Mistake } from "./mistake.ts";

/** The keywords and types of a Lambda target's schemas. The construct library drops any other without a word. */
const KEYWORDS = ["type", "properties", "required", "items", "description"];
const TYPES = ["string", "number", "object", "array", "boolean", "integer"];
/** Quota of the inline schema of one target: 1 MB. */
const MAX_SCHEMA_BYTES = 1_000_000;
/** Quota of the tools of one target. */
const MAX_TOOLS = 1000;
/** What models accept of a tool's name, together with the target's name and three underscores. */
const MAX_NAME = 64;

/**
 * Checks the tools of one target by the rules of the gateway, which reports a violation in the middle of a deployment
 * or not at all. `file` is named in the message.
 */
export function checkTools(file: string, target: string, tools: unknown): void {
  if (!Array.isArray(tools) || tools.length === 0) {
    throw new Mistake(`\`${file}\` has no tools`, "see `access` and `tools` of this server in `servers.yaml`");
  }
  if (tools.length > MAX_TOOLS) throw new Mistake(`\`${file}\` has ${tools.length} tools, a target may have ${MAX_TOOLS}`);
  const names = new Set<string>();
  for (const tool of tools) checkTool(file, target, tool as Record<string, unknown>, names);
  const bytes = Buffer.byteLength(JSON.stringify(tools));
  if (bytes > MAX_SCHEMA_BYTES) {
    throw new Mistake(
      `the tools of \`${file}\` take ${bytes} bytes, a target may have ${MAX_SCHEMA_BYTES}`,
      "offer fewer with `tools` in `servers.yaml`",
    );
  }
}

function checkTool(file: string, target: string, tool: Record<string, unknown>, names: Set<string>): void {
  const { name, description, inputSchema, outputSchema, ...others } = tool;
  if (typeof name !== "string" || name === "") throw new Mistake(`\`${file}\` has a tool without a name`);
  const where = `tool \`${name}\` of \`${file}\``;
  if (names.has(name)) throw new Mistake(`${where} is there twice`);
  names.add(name);
  const full = `${target}___${name}`;
  if (full.length > MAX_NAME) {
    throw new Mistake(
      `${where}: clients see \`${full}\`, ${full.length} characters, and models accept ${MAX_NAME}`,
      "choose a shorter id in `servers.yaml`",
    );
  }
  if (typeof description !== "string" || description.trim() === "") throw new Mistake(`${where} has no description`);
  const other = Object.keys(others)[0];
  if (other !== undefined) throw new Mistake(`${where} has \`${other}\`, which a target cannot hold`);
  checkSchema(where, "inputSchema", inputSchema, true);
  if (outputSchema !== undefined) checkSchema(where, "outputSchema", outputSchema, true);
}

function checkSchema(where: string, at: string, schema: unknown, top = false): void {
  if (!isObject(schema)) throw new Mistake(`${where}: \`${at}\` is not an object`);
  const other = Object.keys(schema).find((keyword) => !KEYWORDS.includes(keyword));
  if (other !== undefined) {
    throw new Mistake(
      `${where}: \`${at}\` has \`${other}\`, which the gateway does not accept`,
      `it takes ${KEYWORDS.join(", ")}; \`cargo run -p codegen\` lowers schemas to these`,
    );
  }
  const { type, properties, required, items, description } = schema;
  if (typeof type !== "string" || !TYPES.includes(type)) {
    throw new Mistake(`${where}: the \`type\` of \`${at}\` is \`${JSON.stringify(type)}\``, `it must be one of ${TYPES.join(", ")}`);
  }
  if (top && type !== "object") throw new Mistake(`${where}: the \`type\` of \`${at}\` is \`${type}\``, "at the top it must be `object`");
  if (description !== undefined && typeof description !== "string")
    throw new Mistake(`${where}: the \`description\` of \`${at}\` is no text`);
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === "string"))) {
    throw new Mistake(`${where}: \`required\` of \`${at}\` is no list of names`);
  }
  if (properties !== undefined) {
    if (!isObject(properties)) throw new Mistake(`${where}: \`properties\` of \`${at}\` is not an object`);
    for (const [name, property] of Object.entries(properties)) checkSchema(where, `${at}.properties.${name}`, property);
  }
  if (items !== undefined) checkSchema(where, `${at}.items`, items);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
