import { expect, test } from "vitest";
import type { Candidate } from "../src/api-types";
import { readCandidates } from "../src/reading";
import { MAX_IDLE, layoutRoute, reasonOf } from "../src/route-layout";
import { newTurn, reduceTurn } from "../src/turn";

const candidates = (count: number, more: (i: number) => Partial<Candidate> = () => ({})): Candidate[] =>
  readCandidates(Array.from({ length: count }, (_, i) => ({ node_id: `n${i}`, node_name: `N${i}`, provider: "p", model: "m", score: 1 - i / 10, allowed: true, ...more(i) })));

const attempt = (n: number, node: string, continues = false): { event: string; data: unknown } => ({
  event: "attempt",
  data: { n, node_id: node, node_name: node.toUpperCase(), provider: "p", model: "m", continues },
});

test("an attempt that failed and the one that went on are both drawn, joined by a handover", () => {
  let turn = reduceTurn(newTurn("t", "q", 0), { event: "route", data: { candidates: candidates(3) } });
  for (const event of [attempt(1, "n0"), { event: "attempt_failed", data: { n: 1, error: "unavailable", after_sentences: 2 } }, attempt(2, "n1", true)]) turn = reduceTurn(turn, event);
  const drawing = layoutRoute(turn);
  expect(drawing.branches.find((branch) => branch.key === "0")?.kind).toBe("failed");
  expect(drawing.handovers).toHaveLength(1);
  expect(drawing.rows.map((row) => row.attempts.length)).toEqual([1, 1, 0]);
});

test("someone who was asked without having been a candidate is drawn too", () => {
  const turn = reduceTurn(newTurn("t", "q", 0), attempt(1, "stranger"));
  expect(layoutRoute(turn).rows.map((row) => row.name)).toEqual(["STRANGER"]);
});

test("of those who were not asked only a few are drawn, the allowed first, the rest counted", () => {
  const drawing = layoutRoute({ candidates: candidates(30, (i) => ({ allowed: i > 10 })), attempts: [] });
  expect(drawing.rows).toHaveLength(MAX_IDLE);
  expect(drawing.rows.every((row) => row.candidate?.allowed)).toBe(true);
  expect(drawing.hidden).toBe(30 - MAX_IDLE);
});

test("the reason shown is what sets a candidate apart, not what all have in common", () => {
  const terms = (latency: number): Candidate["terms"] => [
    { name: "reliability", value: 1, weight: 0.9, why: "0 answered, 0 failed" },
    { name: "latency", value: latency, weight: 0.3, why: `latency ${latency}` },
  ];
  const [near, far] = candidates(2, (i) => ({ terms: terms(i ? 0.1 : 0.9) })) as [Candidate, Candidate];
  expect(reasonOf(near, [near, far])).toBe("latency 0.9");
  expect(reasonOf(far, [near, far])).toBe("latency 0.1");
  expect(reasonOf(near, [near])).toBe("0 answered, 0 failed");
});

test("rows follow the heights they really have", () => {
  const turn = { candidates: candidates(2), attempts: [] };
  const before = layoutRoute(turn);
  const after = layoutRoute(turn, new Map([["0", 300]]));
  expect((after.rows[1]?.top ?? 0) - (before.rows[1]?.top ?? 0)).toBe(300 - 74);
});

test("a score out of all bounds keeps its bar on the page", () => {
  const drawing = layoutRoute({ candidates: candidates(2, (i) => ({ score: i ? -5 : 9e9 })), attempts: [] });
  for (const row of drawing.rows) {
    expect(row.bar).toBeGreaterThanOrEqual(0);
    expect(row.bar).toBeLessThanOrEqual(1);
  }
});
