import { Mistake } from "./mistake.ts";

/** Names of everything that is deployed: the same prefix before each, nothing where it is empty. */
export class Names {
  readonly fleetStack: string;
  readonly gatewayStack: string;
  readonly gateway: string;
  readonly dashboard: string;
  /** Without the Region, which has to follow: roles are global. */
  readonly gatewayRole: string;

  constructor(private readonly prefix: string) {
    this.fleetStack = `${prefix}mcp-fleet`;
    this.gatewayStack = `${prefix}mcp-gateway`;
    this.gateway = `${prefix}mcp-fleet`;
    this.dashboard = `${prefix}mcp-fleet`;
    this.gatewayRole = `${prefix}mcp-gateway`;
  }

  /** `base` is the manifest's name of the function. */
  function(base: string): string {
    const name = this.prefix + base;
    if (name.length > 64) {
      throw new Mistake(
        `the function's name \`${name}\` has ${name.length} characters, Lambda allows 64`,
        "choose a shorter `prefix`, or a shorter id in `servers.yaml`",
      );
    }
    return name;
  }
}

/** `git-repo` gives `McpGitrepoLambdaArn`: names of outputs are letters and digits. */
export function lambdaArnOutput(id: string): string {
  const word = id.replaceAll("-", "");
  return `Mcp${word.charAt(0).toUpperCase()}${word.slice(1)}LambdaArn`;
}
