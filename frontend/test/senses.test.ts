/** Sound, pictures and steps: what is computed of them, whatever arrives. */

import { expect, test } from "vitest";
import { MAX_SECONDS, RATE, decoded, encoded, level, resampled } from "../src/pcm";
import { MAX_SIDE, fitted } from "../src/picture";
import { inReach, readState } from "../src/reading";
import { mixed } from "../src/sound-file";
import { MAX_STEPS, prettified, readStep, withStep } from "../src/steps";
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

test("a person reads the title before the text, and every argument is shown", () => {
  const names = (given: object): string[] => readStep({ arguments: given }).arguments.map(([name]) => name);
  expect(names({ body: "b", severity: "info", title: "t", ttl_hours: 24 })).toEqual(["title", "body", "severity", "ttl_hours"]);
  expect(names({ area: "Kitchen", brightness: 40, name: "Lamp" })).toEqual(["name", "area", "brightness"]);
});

test("an argument nobody named for people is made readable", () => {
  expect([prettified("device_class"), prettified("__x"), prettified(""), prettified("öffnen")]).toEqual(["Device class", "X", "", "Öffnen"]);
});

const asked = (n: number, node = "bob", more = {}) => ({ event: "attempt", data: { n, node_id: node, node_name: node, provider: "ollama", model: "m", ...more } });

test("who is asked again after each step is one row, with the time of its last answer", () => {
  let turn = newTurn("t", "q", 0);
  for (const event of [asked(1), asked(2), asked(3)]) turn = reduceTurn(turn, event);
  expect(turn.attempts.map((one) => [one.n, one.outcome])).toEqual([[3, "waiting"]]);
  turn = reduceTurn(turn, { event: "done", data: { text: "a", trace: { attempts: [{ n: 1, node_id: "bob", provider: "ollama", outcome: "ok", first_chunk_ms: 610 }] } } });
  expect(turn.attempts.map((one) => [one.n, one.outcome, one.first_chunk_ms])).toEqual([[3, "ok", 610]]);
});

test("somebody else after a step is a row of its own, and an answer without a time of its own is none", () => {
  let turn = newTurn("t", "q", 0);
  for (const event of [asked(1), asked(2, "carol"), { event: "attempt_failed", data: { n: 2, message: "gone" } }, asked(3, "bob")]) turn = reduceTurn(turn, event);
  const attempts = [{ n: 1, node_id: "carol", provider: "ollama", outcome: "failed", message: "gone", first_chunk_ms: null }, { n: 2, node_id: "bob", provider: "ollama", outcome: "ok", first_chunk_ms: 90 }];
  turn = reduceTurn(turn, { event: "done", data: { text: "a", trace: { attempts } } });
  expect(turn.attempts.map((one) => [one.node_id, one.outcome, one.first_chunk_ms, one.message])).toEqual([
    ["carol", "failed", null, "gone"],
    ["bob", "ok", 90, ""],
  ]);
});

test("a second one asked to be quicker ends nothing", () => {
  let turn = newTurn("t", "q", 0);
  for (const event of [asked(1), asked(2, "bob", { hedge: true })]) turn = reduceTurn(turn, event);
  expect(turn.attempts.map((one) => one.outcome)).toEqual(["waiting", "waiting"]);
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

test("the channels of a recording are heard together, each as much as the other", () => {
  const [left, right] = [Float32Array.from([1, 0.5, 0]), Float32Array.from([0, 0.5, -1])];
  expect([...mixed([left, right])]).toEqual([0.5, 0.5, -0.5]);
  expect(mixed([left])).toBe(left);
  expect(mixed([]).length).toBe(0);
});
