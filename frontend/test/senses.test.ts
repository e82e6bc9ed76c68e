/** Sound, pictures and steps: what is computed of them, whatever arrives. */

import { expect, test } from "vitest";
import { MAX_SECONDS, RATE, decoded, encoded, level, resampled } from "../src/pcm";
import { MAX_SIDE, fitted } from "../src/picture";
import { inReach, readState } from "../src/reading";
import { MAX_STEPS, readStep, withStep } from "../src/steps";
import { newTurn, reduceTurn } from "../src/turn";

const tone = (rate: number, hertz: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));

test("what is encoded is decoded to the same sound", () => {
  const samples = tone(RATE, 440, 0.1);
  const again = decoded(encoded(samples));
  expect(again.length).toBe(samples.length);
  expect(Math.max(...samples.map((one, n) => Math.abs(one - (again[n] ?? 9))))).toBeLessThan(1 / 16_000);
});

test("too loud is cut, and what is no sound is silence", () => {
  expect([...decoded(encoded(Float32Array.from([2, -2])))].map(Math.round)).toEqual([1, -1]);
  expect(decoded("no base64!").length).toBe(0);
  expect(level(new Float32Array(0))).toBe(0);
});

test.each([48_000, 44_100, 22_050, 8_000])("a tone taken at %i is the same tone at the node's rate", (from) => {
  const made = resampled(tone(from, 440, 0.5), from);
  expect(Math.abs(made.length - RATE / 2)).toBeLessThan(3);
  let crossings = 0;
  for (let n = 1; n < made.length; n++) crossings += (made[n - 1] ?? 0) < 0 !== (made[n] ?? 0) < 0 ? 1 : 0;
  expect(Math.abs(crossings - 440)).toBeLessThan(4);
});

test("a minute of speech is short enough for one message of Home Assistant", () => {
  expect((MAX_SECONDS * RATE * 2 * 4) / 3).toBeLessThan(4 * 1024 * 1024);
});

test("pictures keep their shape and fit", () => {
  expect(fitted(4_000, 3_000)).toEqual({ width: MAX_SIDE, height: 1_200 });
  expect(fitted(100, 50)).toEqual({ width: 100, height: 50 });
  expect(fitted(9_999, 1)).toEqual({ width: MAX_SIDE, height: 1 });
});

test("a step is told anew by the same number, and there are never too many", () => {
  let turn = newTurn("t", "q", 0);
  turn = reduceTurn(turn, { event: "step", data: { n: 1, tool: "search_library", state: "running", arguments: { query: "x" } } });
  turn = reduceTurn(turn, { event: "step", data: { n: 1, tool: "search_library", state: "done", summary: "3" } });
  turn = reduceTurn(turn, { event: "step", data: { n: 2, tool: "post_notice", state: "needs_confirmation", confirm_id: "c", tainted: true } });
  expect(turn.steps.map((step) => [step.n, step.state, step.confirmId, step.tainted])).toEqual([
    [1, "done", "", false],
    [2, "needs_confirmation", "c", true],
  ]);
  let steps = turn.steps;
  for (let n = 3; n < 50; n++) steps = withStep(steps, readStep({ n }));
  expect(steps.length).toBe(MAX_STEPS);
});

test("whatever a step is, it is read", () => {
  for (const value of [null, 3, [], { arguments: [1], state: {}, tool: 7 }, { arguments: { a: { b: 1n < 2n } } }]) {
    expect(readStep(value).state).toBe("running");
  }
});

test("confidence is shown only where the node says one", () => {
  const done = (confidence: unknown) => reduceTurn(newTurn("t", "q", 0), { event: "done", data: { text: "a", confidence } }).confidence;
  expect(done({ level: 0.9, n: 120 })).toEqual({ level: 0.9, n: 120 });
  expect([done(undefined), done({ level: 1 }), done({ level: "0.9" })]).toEqual([null, null, null]);
});

test("a neighbour's ears count only when the question may go there", () => {
  const hears = { capability: "stt.transcribe", version: "1.0", available: true };
  const state = (privacy: string, home: boolean) =>
    readState({ privacy, node: { id: "a" }, peers: [{ node_id: "b", connected: true, home, capabilities: [hears] }] });
  expect(inReach(state("community", false), "stt.transcribe")).toBe(true);
  expect(inReach(state("home", false), "stt.transcribe")).toBe(false);
  expect(inReach(state("home", true), "stt.transcribe")).toBe(true);
  expect(inReach(state("local", true), "stt.transcribe")).toBe(false);
  expect(inReach(state("community", false), "stt.transcribe", "2")).toBe(false);
});
