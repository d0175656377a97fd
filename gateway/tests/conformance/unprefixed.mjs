// Stands between the conformance suite and a gateway, because the suite calls tools by names of its own, and a gateway
// prefixes every name with its target's. Changes names and nothing else: headers and bodies pass as they are.
//
// usage: unprefixed.mjs GATEWAY_PORT TARGET    (run by ./run; prints its own port)

import { createServer, request } from "node:http";
import { createInterface } from "node:readline";

const [gatewayPort, target] = process.argv.slice(2);
const prefix = `${target}___`;

// The body with the full name of the tool that is called.
function prefixed(body) {
  let message;
  try {
    message = JSON.parse(body);
  } catch {
    return body;
  }
  if (message?.method !== "tools/call" || typeof message.params?.name !== "string") return body;
  message.params.name = prefix + message.params.name;
  return Buffer.from(JSON.stringify(message));
}

async function forward(incoming, outgoing) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = prefixed(Buffer.concat(chunks));
  const headers = { ...incoming.headers, "content-length": body.length };
  delete headers["transfer-encoding"];
  if (headers["mcp-name"] !== undefined && headers["mcp-method"] === "tools/call") {
    headers["mcp-name"] = prefix + headers["mcp-name"];
  }
  const options = { host: "127.0.0.1", port: gatewayPort, method: incoming.method, path: incoming.url, headers, setHost: false };
  const forwarded = request(options, (answer) => {
    const { "content-length": _, ...kept } = answer.headers;
    outgoing.writeHead(answer.statusCode, kept);
    // Events and JSON are lines, and a name is never on two of them.
    const lines = createInterface({ input: answer });
    lines.on("line", (line) => outgoing.write(`${line.replaceAll(`"name":"${prefix}`, '"name":"')}\n`));
    lines.on("close", () => outgoing.end());
    // Whoever listens for changes goes away without a word.
    lines.on("error", () => outgoing.destroy());
  });
  forwarded.on("error", () => outgoing.destroy());
  outgoing.on("close", () => forwarded.destroy());
  forwarded.end(body);
}

const server = createServer((incoming, outgoing) => forward(incoming, outgoing).catch(() => outgoing.destroy()));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
