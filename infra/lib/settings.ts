import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Mistake } from "./mistake.ts";

/** Every setting, and how an unknown one is told from a mistyped one. `docs/deploy.md` explains them. */
export const SETTINGS = [
  "environment",
  "root",
  "assets",
  "prefix",
  "retentionDays",
  "removalPolicy",
  "alarms",
  "alarmTopic",
  "dashboard",
  "tags",
  "gateway",
  "auth",
  "jwtDiscoveryUrl",
  "jwtAudiences",
  "jwtClients",
  "jwtScopes",
  "exceptionLevel",
  "search",
  "toolPages",
] as const;

export type Setting = (typeof SETTINGS)[number];

/** The settings of one deployment, as texts or as what JSON has. Each reader throws a `Mistake` that lists what would be right. */
export class Settings {
  constructor(private readonly values: Partial<Record<Setting, unknown>>) {}

  text(setting: Setting): string | undefined {
    const value = this.values[setting];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "object") throw wrong(setting, JSON.stringify(value), "one text");
    return String(value).trim();
  }

  /** One of some words. */
  word<T extends string>(setting: Setting, words: readonly T[]): T | undefined {
    const value = this.text(setting);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found === undefined) throw wrong(setting, value, oneOf(words));
    return found;
  }

  truth(setting: Setting): boolean | undefined {
    const word = this.word(setting, ["true", "false"]);
    return word === undefined ? undefined : word === "true";
  }

  /** Texts separated by commas, or a JSON list. */
  list(setting: Setting): string[] {
    const value = this.values[setting];
    const items = Array.isArray(value) ? value.map(String) : (this.text(setting) ?? "").split(",");
    return items.map((item) => item.trim()).filter((item) => item !== "");
  }

  /** Text that must have a form; `example` is shown when it has not. */
  formed(setting: Setting, form: RegExp, example: string): string | undefined {
    const value = this.text(setting);
    if (value !== undefined && !form.test(value)) throw wrong(setting, value, example);
    return value;
  }

  /** Days that CloudWatch Logs can keep logs for. */
  retention(): RetentionDays | undefined {
    const value = this.text("retentionDays");
    if (value === undefined) return undefined;
    const days = Object.values(RetentionDays).filter((day) => typeof day === "number" && day < RetentionDays.INFINITE);
    const found = days.find((day) => String(day) === value);
    if (found === undefined) throw wrong("retentionDays", value, oneOf(days.map(String)));
    return found as RetentionDays;
  }

  /** `key=value` pairs separated by commas, or a JSON object. */
  pairs(setting: Setting): Record<string, string> {
    const value = this.values[setting];
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
    }
    return Object.fromEntries(
      this.list(setting).map((item) => {
        const equals = item.indexOf("=");
        if (equals < 1) throw wrong(setting, item, "`key=value`, several separated by commas");
        return [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
      }),
    );
  }
}

export function wrong(setting: Setting, value: string, right: string): Mistake {
  return new Mistake(`\`${setting}\` is \`${value}\``, `write ${right}`);
}

export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  const last = quoted.pop();
  return quoted.length === 0 ? `${last}` : `${quoted.join(", ")} or ${last}`;
}
