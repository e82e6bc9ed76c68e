/** Where everything of a route drawing stands; pure, so that the same route is always drawn the same way. */

import type { Candidate } from "./api-types";
import type { Attempt, Turn } from "./turn";

export const HOME_X = 22;
export const HOME_Y = 26;
export const DOT_X = 66;
const FIRST_Y = 62;
/** A row's height until it has been measured. */
const ROW = 74;
const ATTEMPT = 34;
const GAP = 12;
/** Candidates that were not tried and are still drawn; the rest is one line of text. */
export const MAX_IDLE = 4;

export interface RouteRow {
  key: string;
  name: string;
  provider: string;
  model: string;
  /** What sets this candidate apart from the others most. */
  reason: string;
  candidate: Candidate | null;
  /** 0..1 of the widest bar. */
  bar: number | null;
  attempts: Attempt[];
  top: number;
  dotY: number;
}

export type BranchKind = "idle" | "excluded" | "active" | "ok" | "failed";

export interface RouteDrawing {
  rows: RouteRow[];
  branches: { d: string; kind: BranchKind; key: string }[];
  handovers: { d: string; key: string; tip: { x: number; y: number } }[];
  height: number;
  hidden: number;
}

const sameNode = (candidate: Candidate, attempt: Attempt): boolean =>
  candidate.node_id === attempt.node_id &&
  candidate.provider === attempt.provider &&
  (candidate.model === attempt.model || !attempt.model || !candidate.model);

/** What speaks for the best, or against the others: the term furthest from the average of those it was compared with. */
export function reasonOf(candidate: Candidate, all: Candidate[]): string {
  const others = all.filter((other) => other !== candidate && other.allowed);
  const ahead = others.every((other) => other.score <= candidate.score);
  const apart = candidate.terms.map((term) => {
    const theirs = others.flatMap((other) => other.terms.filter((one) => one.name === term.name).map((one) => one.value * one.weight));
    const average = theirs.length ? theirs.reduce((sum, one) => sum + one, 0) / theirs.length : 0;
    return { why: term.why, by: term.value * term.weight - average };
  });
  apart.sort((a, b) => (ahead ? b.by - a.by : a.by - b.by));
  return apart[0]?.why ?? "";
}

/** `measured`: the heights rows turned out to have on the page, by key. */
export function layoutRoute(turn: Pick<Turn, "candidates" | "attempts">, measured: ReadonlyMap<string, number> = new Map()): RouteDrawing {
  const left = new Set(turn.attempts);
  const made = turn.candidates.map((candidate, index) => {
    const attempts = turn.attempts.filter((attempt) => left.has(attempt) && sameNode(candidate, attempt));
    for (const attempt of attempts) left.delete(attempt);
    return { candidate: candidate as Candidate | null, attempts, index };
  });
  // Attempted without having been a candidate: still drawn, after those it was tried instead of.
  for (const attempt of left) made.push({ candidate: null, attempts: [attempt], index: made.length });

  const idle = made.filter((row) => row.attempts.length === 0);
  const shown = new Set(idle.filter((row) => row.candidate?.allowed).slice(0, MAX_IDLE));
  for (const row of idle) if (shown.size < MAX_IDLE) shown.add(row);
  const visible = made.filter((row) => row.attempts.length > 0 || shown.has(row));
  const best = Math.max(1, ...turn.candidates.map((candidate) => candidate.score));

  let top = FIRST_Y;
  const rows: RouteRow[] = visible.map(({ candidate, attempts, index }) => {
    const of = candidate ?? attempts[0];
    const key = `${index}`;
    const height = measured.get(key) ?? ROW + attempts.length * ATTEMPT;
    const row: RouteRow = {
      key,
      name: of?.node_name ?? "",
      provider: of?.provider ?? "",
      model: of?.model ?? "",
      reason: candidate ? reasonOf(candidate, turn.candidates) : "",
      candidate,
      bar: candidate?.allowed ? Math.max(0, Math.min(1, candidate.score / best)) : null,
      attempts,
      top,
      dotY: top + 22,
    };
    top += height + GAP;
    return row;
  });

  const rowOf = new Map(rows.flatMap((row) => row.attempts.map((attempt) => [attempt.n, row] as const)));
  const handovers = turn.attempts.flatMap((attempt, index) => {
    const before = turn.attempts[index - 1];
    const from = before && rowOf.get(before.n);
    const to = rowOf.get(attempt.n);
    if (!from || !to || from === to) return [];
    return [{ d: bend(from.dotY, to.dotY), key: `${attempt.n}`, tip: { x: DOT_X, y: to.dotY } }];
  });
  const continued = new Set(turn.attempts.slice(1).map((attempt) => rowOf.get(attempt.n)));

  return {
    rows,
    branches: rows
      .filter((row) => !continued.has(row) || row.attempts.some((attempt) => attempt === turn.attempts[0]))
      .map((row) => ({ d: branch(row.dotY), kind: kindOf(row), key: row.key })),
    handovers,
    height: Math.max(top, FIRST_Y),
    hidden: made.length - visible.length,
  };
}

function kindOf(row: RouteRow): BranchKind {
  const first = row.attempts[0];
  if (!first) return row.candidate?.allowed ? "idle" : "excluded";
  if (first.outcome === "ok") return "ok";
  return first.outcome === "failed" ? "failed" : "active";
}

const branch = (y: number): string => `M${HOME_X} ${HOME_Y} V${y - 22} Q${HOME_X} ${y} ${HOME_X + 22} ${y} H${DOT_X}`;

/** From the one that stopped to the one that goes on, in its own lane so that both stay readable. */
function bend(from: number, to: number): string {
  const lane = HOME_X + 26;
  const turn = to > from ? 16 : -16;
  return `M${DOT_X} ${from} Q${lane} ${from} ${lane} ${from + turn} V${to - turn} Q${lane} ${to} ${DOT_X} ${to}`;
}
