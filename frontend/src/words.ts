/** Texts, times and figures in the user's language. */

import de from "../../translations/panel/de.json";
import en from "../../translations/panel/en.json";
import type { HomeAssistant } from "./ha-types";

type Tree = { [key: string]: string | Tree };

const LANGUAGES: Record<string, Tree> = { en, de };

export type Values = Record<string, string | number>;

function find(tree: Tree | undefined, path: string[]): string | undefined {
  let at: string | Tree | undefined = tree;
  for (const step of path) {
    if (typeof at !== "object") return undefined;
    at = Object.prototype.hasOwnProperty.call(at, step) ? at[step] : undefined;
  }
  return typeof at === "string" ? at : undefined;
}

export class Words {
  private readonly tree: Tree;
  private readonly plural: Intl.PluralRules;

  constructor(
    readonly language: string,
    private readonly locale: string = language,
    private readonly hour12: boolean | undefined = undefined,
    private readonly timeZone: string | undefined = undefined,
  ) {
    this.tree = LANGUAGES[language.split("-")[0] ?? "en"] ?? LANGUAGES.en ?? {};
    this.plural = new Intl.PluralRules(this.tree === LANGUAGES.de ? "de" : "en");
  }

  /** The text at a dotted key, with `{name}` filled in. Keys may hold dots after `names.`, so both are tried. */
  t(key: string, values: Values = {}): string {
    return fill(this.raw(key.split(".")) ?? key, values);
  }

  /** As `t`, with the form for `count`: `key` and `key_other`. */
  n(key: string, count: number, values: Values = {}): string {
    const form = this.plural.select(count) === "one" ? "" : "_other";
    const path = key.split(".");
    const last = path.pop() ?? "";
    const raw = this.raw([...path, last + form]) ?? this.raw([...path, last]) ?? key;
    return fill(raw, { count: this.figure(count), ...values });
  }

  /** The text below `key` named `name` (which may contain dots), or nothing. */
  named(key: string, name: string): string | undefined {
    return this.raw([...key.split("."), name]);
  }

  /** Who really did it: the provider and its models, those that have a name of ours by that name, none twice. */
  engine(...parts: string[]): string {
    const named = parts.filter(Boolean).map((part) => this.named("panel.provider", part) ?? part);
    return [...new Set(named)].join(" · ");
  }

  figure(value: number, digits = 0): string {
    return value.toLocaleString(this.locale, { maximumFractionDigits: digits });
  }

  /** A number out of a document: a year or an account has no thousands. */
  exactly(value: number): string {
    return value.toLocaleString(this.locale, { useGrouping: false, maximumFractionDigits: 12 });
  }

  /** A day of the calendar, from `YYYY-MM-DD`; what is none, as it is. */
  calendar(day: string): string {
    const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00Z`) : NaN;
    return Number.isNaN(at) ? day : new Date(at).toLocaleDateString(this.locale, { dateStyle: "long", timeZone: "UTC" });
  }

  percent(value: number): string {
    return value.toLocaleString(this.locale, { style: "percent", maximumFractionDigits: 0 });
  }

  latency(ms: number): string {
    return `${this.figure(ms, ms < 10 ? 1 : 0)} ms`;
  }

  /** Bytes as people read them: decimal, as disks and Ollama have it. */
  size(bytes: number): string {
    const power = bytes >= 1e9 ? 9 : bytes >= 1e6 ? 6 : 3;
    return `${this.figure(bytes / 10 ** power, power === 9 ? 1 : 0)} ${{ 9: "GB", 6: "MB", 3: "kB" }[power]}`;
  }

  seconds(ms: number): string {
    return `${this.figure(ms / 1000, ms < 10_000 ? 1 : 0)} s`;
  }

  /** A moment: the time today, the day and time this week, else the date. Milliseconds. */
  when(at: number, now: number = Date.now()): string {
    const base: Intl.DateTimeFormatOptions = {
      hour: "numeric",
      minute: "2-digit",
      ...(this.hour12 === undefined ? {} : { hour12: this.hour12 }),
      ...(this.timeZone ? { timeZone: this.timeZone } : {}),
    };
    const day = (value: number): string =>
      new Date(value).toLocaleDateString("en-CA", this.timeZone ? { timeZone: this.timeZone } : {});
    return day(at) === day(now)
      ? new Date(at).toLocaleString(this.locale, base)
      : new Date(at).toLocaleString(this.locale, { ...this.date(at, now), ...base });
  }

  /** A day without its time, unless it is today. Milliseconds. */
  day(at: number, now: number = Date.now()): string {
    if (Math.abs(now - at) < 86_400_000) return this.when(at, now);
    return new Date(at).toLocaleDateString(this.locale, { ...this.date(at, now), ...(this.timeZone ? { timeZone: this.timeZone } : {}) });
  }

  private date(at: number, now: number): Intl.DateTimeFormatOptions {
    if (Math.abs(now - at) < 6 * 86_400_000) return { weekday: "long" };
    const same = new Date(at).getFullYear() === new Date(now).getFullYear();
    return { day: "numeric", month: "long", ...(same ? {} : { year: "numeric" }) };
  }

  private raw(path: string[]): string | undefined {
    return find(this.tree, path) ?? find(LANGUAGES.en, path);
  }
}

const fill = (raw: string, values: Values): string =>
  raw.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));

let last: { key: string; words: Words } | undefined;

export function wordsFor(hass: HomeAssistant | undefined): Words {
  const language = hass?.selectedLanguage || hass?.language || "en";
  const format = hass?.locale?.time_format;
  const zone = hass?.locale?.time_zone === "server" ? hass.config?.time_zone : undefined;
  const key = [language, format, zone].join("|");
  if (last?.key !== key) {
    const hour12 = format === "12" ? true : format === "24" ? false : undefined;
    last = { key, words: new Words(language, format === "system" ? undefined : language, hour12, zone) };
  }
  return last.words;
}
