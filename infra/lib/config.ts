import * as path from "node:path";
import { RemovalPolicy } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Mistake } from "./mistake.ts";
import { SETTINGS, Settings, oneOf, wrong, type Setting } from "./settings.ts";

export const ENVIRONMENTS = ["dev", "gamma", "prod"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export const ALARMS = ["errors", "throttles", "duration"] as const;
export type AlarmKind = (typeof ALARMS)[number];

/** What an environment has unless the context says otherwise. */
const DEFAULTS: Record<Environment, Partial<Record<Setting, unknown>>> = {
  dev: { prefix: "dev-", retentionDays: 7, removalPolicy: "destroy", alarms: "none", dashboard: false, exceptionLevel: "debug" },
  gamma: { prefix: "gamma-", retentionDays: 30, removalPolicy: "destroy", alarms: "all", dashboard: true },
  prod: { prefix: "", retentionDays: 365, removalPolicy: "retain", alarms: "all", dashboard: true },
};

/** Who may call the gateway. */
export type Authorizer =
  | {
      readonly kind: "jwt";
      readonly discoveryUrl: string;
      readonly audiences: string[];
      readonly clients: string[];
      readonly scopes: string[];
    }
  | { readonly kind: "iam" }
  | { readonly kind: "open" };

export interface GatewayConfig {
  readonly authorizer: Authorizer;
  /** Whether clients see why a function failed. */
  readonly debug: boolean;
  readonly semanticSearch: boolean;
  /** Whether `tools/list` comes in pages of 30. */
  readonly pages: boolean;
}

export interface Config {
  readonly environment: Environment;
  /** Folder with `servers.yaml` and `handlers/`. */
  readonly root: string;
  /** Folder with `<architecture>/<id>/bootstrap`. */
  readonly assets: string;
  readonly prefix: string;
  readonly retention: RetentionDays;
  readonly removal: RemovalPolicy;
  readonly alarms: readonly AlarmKind[];
  readonly alarmTopic?: string;
  readonly dashboard: boolean;
  readonly tags: Record<string, string>;
  /** Absent when the functions are registered with a gateway elsewhere. */
  readonly gateway?: GatewayConfig;
}

/** Reads the context of a CDK app: `-c`, over `environments.<environment>` of `cdk.json`, over the defaults above. */
export function readConfig(context: Record<string, unknown>, repository: string): Config {
  const given = ownSettings(context, "a `-c` option or `cdk.json`");
  const environment = new Settings(given).word("environment", ENVIRONMENTS) ?? "dev";
  const checkedIn = ownSettings(environmentOf(context, environment), `\`environments.${environment}\` of \`cdk.json\``);
  const settings = new Settings({ ...DEFAULTS[environment], ...checkedIn, ...given });
  const root = path.resolve(settings.text("root") ?? repository);
  return {
    environment,
    root,
    assets: path.resolve(root, settings.text("assets") ?? "target/assets"),
    prefix: prefix(settings),
    retention: settings.retention()!,
    removal: settings.word("removalPolicy", ["destroy", "retain"]) === "retain" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    alarms: alarms(settings),
    alarmTopic: settings.formed(
      "alarmTopic",
      /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
      "the ARN of an SNS topic: `arn:aws:sns:us-east-1:123456789012:alerts`",
    ),
    dashboard: settings.truth("dashboard")!,
    tags: settings.pairs("tags"),
    gateway: settings.truth("gateway") === false ? undefined : gateway(settings),
  };
}

/** The CDK's own keys hold a colon, a slash or a hyphen; a plain word that is no setting is a mistake. */
function ownSettings(values: Record<string, unknown>, where: string): Partial<Record<Setting, unknown>> {
  const known: readonly string[] = SETTINGS;
  for (const key of Object.keys(values)) {
    if (/^[A-Za-z]+$/.test(key) && key !== "environments" && !known.includes(key)) {
      throw new Mistake(`there is no setting \`${key}\`, which ${where} has`, `the settings are ${known.join(", ")}`);
    }
  }
  return Object.fromEntries(Object.entries(values).filter(([key]) => known.includes(key)));
}

function environmentOf(context: Record<string, unknown>, environment: Environment): Record<string, unknown> {
  const all = (context.environments ?? {}) as Record<string, Record<string, unknown>>;
  const unknown = Object.keys(all).find((name) => !(ENVIRONMENTS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new Mistake(`\`environments\` of \`cdk.json\` has \`${unknown}\``, `the environments are ${oneOf(ENVIRONMENTS)}`);
  }
  return all[environment] ?? {};
}

/** Part of the gateway's name, which takes no two hyphens in a row. */
function prefix(settings: Settings): string {
  const form = /^$|^[a-z](-?[a-z0-9]){0,18}-$/;
  return (
    settings.formed(
      "prefix",
      form,
      "nothing, or up to 20 lower-case letters, digits and single hyphens that start with a letter and end with a hyphen: `team-a-`",
    ) ?? ""
  );
}

function alarms(settings: Settings): readonly AlarmKind[] {
  const words = settings.list("alarms");
  if (words.length === 1 && words[0] === "all") return ALARMS;
  if (words.length === 0 || (words.length === 1 && words[0] === "none")) return [];
  const unknown = words.find((word) => !(ALARMS as readonly string[]).includes(word));
  if (unknown !== undefined) throw wrong("alarms", unknown, `\`all\`, \`none\`, or some of ${ALARMS.join(",")} separated by commas`);
  return ALARMS.filter((kind) => words.includes(kind));
}

function gateway(settings: Settings): GatewayConfig {
  return {
    authorizer: authorizer(settings),
    debug: settings.word("exceptionLevel", ["debug", "none"]) === "debug",
    semanticSearch: settings.word("search", ["semantic", "none"]) === "semantic",
    pages: settings.truth("toolPages") ?? false,
  };
}

const CHOICES =
  "`-c auth=iam` for callers with AWS credentials, `-c auth=jwt -c jwtDiscoveryUrl=…` for bearer tokens, or `-c gateway=false` for no gateway";

function authorizer(settings: Settings): Authorizer {
  const auth = settings.text("auth");
  const jwtOnly = (["jwtDiscoveryUrl", "jwtAudiences", "jwtClients", "jwtScopes"] as const).find((name) => settings.list(name).length > 0);
  if (auth !== "jwt" && auth !== undefined && jwtOnly !== undefined) {
    throw new Mistake(`\`${jwtOnly}\` goes with \`auth=jwt\`, and \`auth\` is \`${auth}\``, `take it out, or write \`auth=jwt\``);
  }
  switch (auth) {
    case "iam":
      return { kind: "iam" };
    case "jwt":
      return jwt(settings);
    case "open-to-everyone":
      return { kind: "open" };
    case undefined:
      throw new Mistake("`auth` is missing: it says who may call the gateway", `write ${CHOICES}`);
    case "none":
      throw new Mistake(
        "with `auth=none` anybody on the internet could call every tool with the functions' permissions",
        `write ${CHOICES}; if an open gateway is what you want, \`-c auth=open-to-everyone\``,
      );
    default:
      throw wrong("auth", auth, CHOICES);
  }
}

function jwt(settings: Settings): Authorizer {
  const discoveryUrl = settings.formed(
    "jwtDiscoveryUrl",
    /^https:\/\/[^\s?#]+\/\.well-known\/(openid-configuration|oauth-authorization-server(\/[^\s?#]*)?)$/,
    "the issuer's discovery document: `https://issuer.example.com/.well-known/openid-configuration`",
  );
  if (discoveryUrl === undefined) {
    throw new Mistake("`jwtDiscoveryUrl` is missing", "write `-c jwtDiscoveryUrl=https://<issuer>/.well-known/openid-configuration`");
  }
  const [audiences, clients, scopes] = [settings.list("jwtAudiences"), settings.list("jwtClients"), settings.list("jwtScopes")];
  // A scope alone would let in every client of the issuer that can ask for it.
  if (audiences.length === 0 && clients.length === 0) {
    throw new Mistake(
      "every token of the issuer would be let in: neither `jwtAudiences` nor `jwtClients` is given",
      "write `-c jwtAudiences=…` (claim `aud`) or `-c jwtClients=…` (claim `client_id`; Cognito's machine-to-machine tokens have no `aud`)",
    );
  }
  return { kind: "jwt", discoveryUrl, audiences, clients, scopes };
}
