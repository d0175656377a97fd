// Fails when a package of a package-lock.json has a licence that is not allowed here.
// usage: node npm_licences.mjs LOCK...
import { readFileSync } from "node:fs";

const ALLOWED = new Set(["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "Zlib"]);
// Run by tests, never shipped.
const EXCEPTIONS = new Map([
  ["@modelcontextprotocol/inspector", "MIT, moving to Apache-2.0: the file says so in prose"],
  ["@modelcontextprotocol/server-everything", "as the inspector"],
  ["lightningcss", "MPL-2.0, a program that the inspector's front end is built with"],
]);

/** An SPDX expression of names, AND, OR and parentheses around the whole. */
const isAllowed = (expression) =>
  expression
    .replace(/^\((.*)\)$/, "$1")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((name) => ALLOWED.has(name.trim())));

const refused = [];
let packages = 0;
for (const lock of process.argv.slice(2)) {
  for (const [path, { license }] of Object.entries(JSON.parse(readFileSync(lock, "utf8")).packages)) {
    if (path === "") continue;
    packages += 1;
    const name = path.split("node_modules/").at(-1);
    const excepted = [...EXCEPTIONS.keys()].some((known) => name === known || name.startsWith(`${known}-`));
    if (!excepted && !(license && isAllowed(license))) refused.push(`${lock}: ${name} has the licence ${license ?? "(none)"}`);
  }
}
if (refused.length > 0) {
  console.error(`${refused.join("\n")}\n  hint: another package, or an entry in scripts/npm_licences.mjs with its reason`);
  process.exit(1);
}
console.log(`npm licences ok: ${packages} packages`);
