/** One question and what became of it: a pure reduction of the events of `ask`. */

import type { AnsweredBy, AskEvent, Candidate, Searched, Source } from "./api-types";
import { type Failure, toFailure } from "./failure";
import { fields, flag, list, number, readCandidates, readSearched, readSources, text } from "./reading";
import { type Step, readStep, withStep } from "./steps";

export const MAX_ANSWER = 48_000;
export const MAX_ATTEMPTS = 12;

export type Outcome = "waiting" | "answering" | "ok" | "failed" | "cancelled";

export interface Attempt {
  n: number;
  node_id: string;
  node_name: string;
  provider: string;
  model: string;
  continues: boolean;
  outcome: Outcome;
  message: string;
  after_sentences: number;
  first_chunk_ms: number | null;
  /** Length of the answer when this attempt took over. */
  offset: number;
}

export type TurnStatus = "asking" | "answering" | "done" | "failed" | "cancelled";

export interface Turn {
  id: string;
  question: string;
  /** Milliseconds. */
  asked: number;
  status: TurnStatus;
  step: "" | "searching" | "asking" | "queued";
  text: string;
  truncated: boolean;
  sources: Source[];
  searched: Searched[];
  candidates: Candidate[];
  attempts: Attempt[];
  answeredBy: AnsweredBy | null;
  grounded: boolean | null;
  durationMs: number | null;
  receipts: { valid: number; all: number };
  failure: Failure | null;
  /** What was asked about, to show; not kept over a reload. */
  pictures: string[];
  spoken: boolean;
  steps: Step[];
  /** `words` when only words were compared. */
  method: string;
  confidence: { level: number; n: number } | null;
  traceId: string;
  /** What was said of it: "", "good" or "bad". */
  opinion: string;
}

export interface With {
  pictures?: string[];
  spoken?: boolean;
}

export const newTurn = (id: string, question: string, asked: number, more: With = {}): Turn => ({
  id,
  question,
  asked,
  pictures: more.pictures ?? [],
  spoken: more.spoken ?? false,
  steps: [],
  method: "",
  confidence: null,
  traceId: "",
  opinion: "",
  status: "asking",
  step: "",
  text: "",
  truncated: false,
  sources: [],
  searched: [],
  candidates: [],
  attempts: [],
  answeredBy: null,
  grounded: null,
  durationMs: null,
  receipts: { valid: 0, all: 0 },
  failure: null,
});

export const running = (turn: Turn): boolean => turn.status === "asking" || turn.status === "answering";

export const failedAttempts = (turn: Turn): number =>
  turn.attempts.filter((attempt) => attempt.outcome === "failed").length;

/** The turn ends here, whatever was still open. */
export function endTurn(turn: Turn, status: "failed" | "cancelled", failure: Failure | null): Turn {
  if (!running(turn)) return turn;
  const outcome: Outcome = status;
  const attempts = turn.attempts.map((attempt) =>
    attempt.outcome === "waiting" || attempt.outcome === "answering"
      ? { ...attempt, outcome, message: attempt.message || (failure?.message ?? "") }
      : attempt,
  );
  return { ...turn, status, failure, attempts, step: "" };
}

export function reduceTurn(turn: Turn, { event, data }: AskEvent): Turn {
  if (!running(turn)) return turn;
  const raw = fields(data);
  switch (event) {
    case "progress": {
      const step = raw.step;
      return step === "searching" || step === "asking" || step === "queued" ? { ...turn, step } : turn;
    }
    case "sources":
      return {
        ...turn,
        sources: readSources(raw.sources),
        searched: readSearched(raw.searched),
        method: text(raw.method, 40) || turn.method,
      };
    case "step":
      return { ...turn, steps: withStep(turn.steps, readStep(raw)) };
    case "route":
      return { ...turn, candidates: readCandidates(raw.candidates) };
    case "attempt":
      return { ...turn, attempts: withAttempt(turn, raw) };
    case "delta":
      return withText(turn, typeof raw.text === "string" ? raw.text : "");
    case "attempt_failed":
      return { ...turn, attempts: withFailure(turn.attempts, raw) };
    case "done":
      return finished(turn, raw);
    case "error":
      return endTurn(turn, "failed", toFailure(raw));
    default:
      return turn; // a newer node may say more
  }
}

function withAttempt(turn: Turn, raw: Record<string, unknown>): Attempt[] {
  const attempt: Attempt = {
    n: number(raw.n, turn.attempts.length + 1),
    node_id: text(raw.node_id),
    node_name: text(raw.node_name),
    provider: text(raw.provider),
    model: text(raw.model),
    continues: flag(raw.continues),
    outcome: "waiting",
    message: "",
    after_sentences: 0,
    first_chunk_ms: null,
    offset: turn.text.length,
  };
  const last = turn.attempts[turn.attempts.length - 1];
  // Asked again after a step, the one before is over; the same answerer is one row, with the time of what it said last.
  const over = last && !flag(raw.hedge) && (last.outcome === "waiting" || last.outcome === "answering");
  if (!over) return [...turn.attempts, attempt].slice(-MAX_ATTEMPTS);
  const before = turn.attempts.slice(0, -1);
  if (sameAnswerer(last, attempt)) return [...before, { ...attempt, continues: last.continues, offset: last.offset }];
  return [...before, { ...last, outcome: "ok" as const }, attempt].slice(-MAX_ATTEMPTS);
}

const sameAnswerer = (one: Attempt, other: Attempt): boolean =>
  one.node_id === other.node_id && one.provider === other.provider && one.model === other.model;

function withText(turn: Turn, piece: string): Turn {
  if (!piece) return turn;
  const whole = turn.text + piece;
  const last = turn.attempts[turn.attempts.length - 1];
  const attempts =
    last?.outcome === "waiting" ? [...turn.attempts.slice(0, -1), { ...last, outcome: "answering" as const }] : turn.attempts;
  return {
    ...turn,
    status: "answering",
    step: "",
    text: whole.slice(0, MAX_ANSWER),
    truncated: turn.truncated || whole.length > MAX_ANSWER,
    attempts,
  };
}

function withFailure(attempts: Attempt[], raw: Record<string, unknown>): Attempt[] {
  const n = number(raw.n);
  return attempts.map((attempt) =>
    attempt.n === n
      ? {
          ...attempt,
          outcome: "failed" as const,
          message: text(raw.message, 500),
          after_sentences: number(raw.after_sentences),
        }
      : attempt,
  );
}

function finished(turn: Turn, raw: Record<string, unknown>): Turn {
  const trace = fields(raw.trace);
  const by = fields(raw.answered_by);
  const whole = typeof raw.text === "string" && raw.text ? raw.text : turn.text;
  const receipts = list(raw.receipts, MAX_ATTEMPTS, (receipt) => flag(receipt.valid));
  const sources = readSources(raw.sources);
  const candidates = readCandidates(trace.candidates);
  return {
    ...turn,
    status: "done",
    step: "",
    text: whole.slice(0, MAX_ANSWER),
    truncated: whole.length > MAX_ANSWER,
    sources: sources.length ? sources : turn.sources,
    candidates: candidates.length ? candidates : turn.candidates,
    attempts: settledBy(turn.attempts, trace.attempts),
    answeredBy: by.node_id
      ? {
          node_id: text(by.node_id),
          node_name: text(by.node_name),
          provider: text(by.provider),
          model: text(by.model),
          home: flag(by.home),
        }
      : null,
    traceId: text(trace.id, 64),
    confidence: readConfidence(raw.confidence),
    grounded: typeof raw.grounded === "boolean" ? raw.grounded : null,
    durationMs: typeof trace.duration_ms === "number" ? number(trace.duration_ms) : null,
    receipts: { valid: receipts.filter(Boolean).length, all: receipts.length },
  };
}

function readConfidence(value: unknown): Turn["confidence"] {
  const raw = fields(value);
  const level = number(raw.level);
  return level > 0 && level < 1 ? { level, n: number(raw.n) } : null;
}

/** The trace has the last word on what each attempt came to. */
function settledBy(attempts: Attempt[], trace: unknown): Attempt[] {
  const told = list(trace, MAX_ATTEMPTS, (raw) => raw);
  const said = new Map(told.map((raw) => [number(raw.n), raw]));
  // With steps there is a call after the other. The trace is the last one's and counts from 1; the attempts count on.
  const ok = told.find((raw) => raw.outcome === "ok" && raw.node_id);
  const by = ok && [...attempts].reverse().find((one) => one.node_id === ok.node_id && one.provider === text(ok.provider));
  const before = by ? by.n - number(ok.n) : 0;
  const settled = attempts.map((attempt): Attempt => {
    const raw = said.get(attempt.n - before) ?? {};
    const outcome = raw.outcome;
    return {
      ...attempt,
      outcome:
        outcome === "ok" || outcome === "failed" || outcome === "cancelled"
          ? outcome
          : attempt.outcome === "failed"
            ? "failed"
            : "ok",
      message: attempt.message || text(raw.message, 500),
      first_chunk_ms: typeof raw.first_chunk_ms === "number" ? number(raw.first_chunk_ms) : attempt.first_chunk_ms,
    };
  });
  return settled.filter((one, at) => one.outcome !== "ok" || said.has(one.n - before) || !settled.slice(at + 1).some((later) => sameAnswerer(one, later)));
}
