import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AskSession, HISTORY_TURNS, MAX_QUESTION, MAX_TURNS, SILENCE_MS, sessionTurnStore } from "../src/ask-session";
import { MAX_ANSWER, MAX_ATTEMPTS, type Turn, reduceTurn } from "../src/turn";
import { TestConnection } from "./fake";

let connection: TestConnection;
let session: AskSession;
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const ask = async (question: string): Promise<void> => {
  void session.ask({ connection, entryId: "e1", language: "en" }, question);
  await settle();
};
const say = (event: string, data: unknown = {}): void => connection.last.send({ event, data });
const attempt = (n: number, name: string, continues = false): void => say("attempt", { n, node_id: name, node_name: name, provider: "p", model: "m", continues });

beforeEach(() => {
  vi.useFakeTimers();
  connection = new TestConnection();
  session = new AskSession();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the pieces of an answer stand in the order they came, none lost, none repeated", async () => {
  await ask("water?");
  say("progress", { step: "searching" });
  attempt(1, "bob");
  const pieces = Array.from({ length: 500 }, (_, i) => ` piece ${i}.`);
  for (const text of pieces) say("delta", { text });
  expect(session.latest?.text).toBe(pieces.join(""));
  say("done", { text: pieces.join(""), answered_by: { node_id: "bob", node_name: "Bob" } });
  expect(session.latest).toMatchObject({ status: "done", text: pieces.join(""), answeredBy: { node_name: "Bob" } });
  expect(session.busy).toBe(false);
  expect(connection.open).toHaveLength(0);
});

test("what arrives before the subscription is confirmed is not lost", async () => {
  connection.early = [
    { event: "attempt", data: { n: 1, node_id: "b", node_name: "Bob" } },
    { event: "delta", data: { text: "All of it." } },
    { event: "done", data: { text: "All of it." } },
  ];
  await ask("water?");
  expect(session.latest).toMatchObject({ status: "done", text: "All of it." });
  expect(connection.open).toHaveLength(0);
});

test("a failover keeps the text and remembers where the next node went on", async () => {
  await ask("water?");
  attempt(1, "bob");
  say("delta", { text: "One. Two." });
  say("attempt_failed", { n: 1, error: "unavailable", message: "gone", after_sentences: 2 });
  attempt(2, "carol", true);
  say("delta", { text: " Three." });
  say("done", {
    text: "One. Two. Three.",
    trace: { attempts: [{ n: 1, outcome: "failed", first_chunk_ms: 300 }, { n: 2, outcome: "ok", first_chunk_ms: 500 }] },
  });
  expect(session.latest?.text).toBe("One. Two. Three.");
  expect(session.latest?.attempts).toMatchObject([
    { node_name: "bob", outcome: "failed", after_sentences: 2, message: "gone" },
    { node_name: "carol", outcome: "ok", continues: true, offset: 9, first_chunk_ms: 500 },
  ]);
});

test("nothing changes an answer that has ended", async () => {
  await ask("water?");
  const late = connection.last;
  say("done", { text: "It." });
  late.open = true;
  late.send({ event: "delta", data: { text: " More." } });
  late.send({ event: "error", data: { error: "timeout" } });
  expect(session.latest).toMatchObject({ status: "done", text: "It.", failure: null });
  const ended = session.latest as Turn;
  for (const event of ["delta", "error", "done"]) expect(reduceTurn(ended, { event, data: { text: "More", error: "timeout" } })).toBe(ended);
});

test("a new question stops the running one, whose late words go nowhere", async () => {
  await ask("first");
  const first = connection.last;
  say("delta", { text: "Half" });
  await ask("second");
  first.open = true;
  first.send({ event: "delta", data: { text: " intruder" } });
  say("delta", { text: "Fresh" });
  expect(session.turns.map((turn) => [turn.question, turn.status, turn.text])).toEqual([
    ["first", "cancelled", "Half"],
    ["second", "answering", "Fresh"],
  ]);
});

test("stopping unsubscribes and keeps what was said", async () => {
  await ask("water?");
  attempt(1, "bob");
  say("delta", { text: "One." });
  session.cancel();
  expect(connection.open).toHaveLength(0);
  expect(session.latest).toMatchObject({ status: "cancelled", text: "One.", attempts: [{ outcome: "cancelled" }] });
});

test("a lost connection ends the answer with the reason, and the next question works", async () => {
  await ask("water?");
  say("delta", { text: "One." });
  connection.cut();
  expect(session.latest).toMatchObject({ status: "failed", text: "One.", failure: { code: "connection_lost" } });
  await ask("again?");
  expect(session.latest).toMatchObject({ status: "failed", failure: { code: "connection_lost" } });
  connection.heal();
  await ask("again?");
  say("done", { text: "Now." });
  expect(session.latest).toMatchObject({ status: "done", text: "Now." });
  expect(connection.watched).toBe(0);
});

test("an answer that falls silent ends instead of waiting for ever", async () => {
  await ask("water?");
  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
  say("delta", { text: "Slowly." });
  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
  expect(session.busy).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(session.latest).toMatchObject({ status: "failed", failure: { code: "silence" }, text: "Slowly." });
});

test("a refusal shows its code and its sentence", async () => {
  connection.refuse = { code: "rate_limited", message: "Wait 3 s." };
  await ask("water?");
  expect(session.latest).toMatchObject({ status: "failed", failure: { code: "rate_limited", message: "Wait 3 s." } });
});

test("a day of questions keeps the last few and sends only the latest along", async () => {
  for (let i = 0; i < MAX_TURNS * 3; i += 1) {
    await ask(`question ${i}`);
    say("done", { text: `answer ${i}` });
  }
  expect(session.turns).toHaveLength(MAX_TURNS);
  await ask("last");
  expect(connection.last.message.history).toEqual(
    [0, 1, 2].flatMap((i) => {
      const n = MAX_TURNS * 3 - HISTORY_TURNS + i;
      return [
        { role: "user", content: `question ${n}` },
        { role: "assistant", content: `answer ${n}` },
      ];
    }),
  );
  expect(connection.watched).toBe(1);
});

test("an endless answer and endless attempts are cut, and the cut is known", async () => {
  await ask("x".repeat(MAX_QUESTION * 2));
  expect(String(connection.last.message.question)).toHaveLength(MAX_QUESTION);
  for (let i = 0; i < 100; i += 1) {
    attempt(i, `bob${i}`);
    say("delta", { text: "y".repeat(1_000) });
  }
  expect(session.latest?.text).toHaveLength(MAX_ANSWER);
  expect(session.latest).toMatchObject({ truncated: true });
  expect(session.latest?.attempts).toHaveLength(MAX_ATTEMPTS);
});

test("events of any shape are survived", async () => {
  await ask("water?");
  for (const event of ["progress", "sources", "route", "attempt", "delta", "attempt_failed", "later", "__proto__"])
    for (const data of [null, undefined, 7, "text", [], [null], { sources: {}, candidates: 3, text: {}, n: "x" }]) say(event, data);
  expect(session.busy).toBe(true);
  say("done", null);
  expect(session.latest?.status).toBe("done");
});

test("a rebuilt page finds its questions again; damaged storage is an empty start", async () => {
  const stored = new Map<string, string>();
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) });
  session = new AskSession(MAX_TURNS, sessionTurnStore);
  await ask("water?");
  say("done", { text: "Six months." });
  expect(new AskSession(MAX_TURNS, sessionTurnStore).turns).toMatchObject([{ question: "water?", text: "Six months.", status: "done" }]);
  for (const damaged of ["{", "{}", "[null, 3, {\"id\": \"x\"}]"]) {
    stored.set([...stored.keys()][0] ?? "", damaged);
    expect(new AskSession(MAX_TURNS, sessionTurnStore).turns).toEqual([]);
  }
});

test("forgetting starts a new conversation", async () => {
  await ask("one");
  const before = connection.last.message.conversation;
  say("done", { text: "1" });
  session.clear();
  await ask("two");
  expect(connection.last.message.history).toEqual([]);
  expect(connection.last.message.conversation).not.toBe(before);
});
