/** The steps of an answer, read within bounds. Pure. */

import { fields, flag, number, text } from "./reading";

export const MAX_STEPS = 12;
export const MAX_ARGUMENTS = 8;
const STATES = ["running", "done", "failed", "needs_confirmation", "refused"] as const;

/** What is read first; anything else stays as it came. */
const FIRST = ["title", "name", "body"];

export interface Step {
  n: number;
  tool: string;
  arguments: [string, string][];
  state: (typeof STATES)[number];
  summary: string;
  tainted: boolean;
  confirmId: string;
}

export function readStep(value: unknown): Step {
  const raw = fields(value);
  return {
    n: number(raw.n),
    tool: text(raw.tool, 64),
    arguments: Object.entries(fields(raw.arguments))
      .sort(([a], [b]) => place(a) - place(b))
      .slice(0, MAX_ARGUMENTS)
      .map(([name, one]) => [name.slice(0, 64), typeof one === "string" ? one.slice(0, 2_000) : (JSON.stringify(one) ?? "").slice(0, 2_000)]),
    state: STATES.find((state) => state === raw.state) ?? "running",
    summary: text(raw.summary, 500),
    tainted: flag(raw.tainted),
    confirmId: text(raw.confirm_id, 64),
  };
}

const place = (name: string): number => (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);

/** A field's name for people where we have no better one: `ttl_hours` is "Ttl hours". */
export const prettified = (name: string): string => {
  const words = name.replace(/[_\s]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The same `n` again is that step's newer state. */
export function withStep(steps: Step[], step: Step): Step[] {
  const known = steps.some((other) => other.n === step.n);
  return known ? steps.map((other) => (other.n === step.n ? step : other)) : [...steps, step].slice(-MAX_STEPS);
}
