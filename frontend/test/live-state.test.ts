import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveState, PATIENCE, RETRY_MS, SILENCE_MS, type SeenStore, liveStateFor } from "../src/live-state";
import { TestConnection } from "./fake";

const memory = (): SeenStore & { at: Map<string, number> } => {
  const at = new Map<string, number>();
  return { at, read: (id) => at.get(id) ?? null, write: (id, when) => void at.set(id, when) };
};
const said = (name: string, more: Record<string, unknown> = {}): unknown => ({ kind: "state", entry_id: "e1", online: true, state: { node: { name } }, admin: true, ...more });
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

let connection: TestConnection;
let live: LiveState;
let changes: number;
let leave: () => unknown;

beforeEach(async () => {
  vi.useFakeTimers();
  connection = new TestConnection();
  live = new LiveState(connection, "", memory());
  changes = 0;
  leave = live.watch(() => (changes += 1));
  await settle();
});
afterEach(() => {
  leave();
  vi.useRealTimers();
});

test("the first state makes the panel live", () => {
  expect(live.snapshot.phase).toBe("loading");
  connection.last.send(said("Alice"));
  expect(live.snapshot).toMatchObject({ phase: "live", online: true, admin: true, entryId: "e1" });
  expect(live.snapshot.state?.node.name).toBe("Alice");
});

test("a lost socket keeps the last state and subscribes again once it is back", async () => {
  connection.last.send(said("Alice"));
  connection.cut();
  expect(live.snapshot).toMatchObject({ connected: false, state: { node: { name: "Alice" } } });
  connection.heal();
  await settle();
  expect(connection.open).toHaveLength(1);
  connection.last.send(said("Alice 2"));
  expect(live.snapshot).toMatchObject({ connected: true, online: true, state: { node: { name: "Alice 2" } } });
});

test("while Home Assistant is away nobody asks", async () => {
  connection.last.send(said("Alice"));
  const asked = connection.asked;
  connection.cut();
  await vi.advanceTimersByTimeAsync(SILENCE_MS * 3);
  expect(connection.asked).toBe(asked);
});

test("a hundred reconnections leave one subscription and the same listeners", async () => {
  const watched = connection.watched;
  for (let i = 0; i < 100; i += 1) {
    connection.cut();
    connection.heal();
    await settle();
  }
  expect(connection.open).toHaveLength(1);
  expect(connection.watched).toBe(watched);
});

test("what an old subscription still says is not heard", async () => {
  const old = connection.last;
  connection.last.send(said("Alice"));
  live.renew();
  await settle();
  old.open = true;
  old.send(said("ghost"));
  expect(live.snapshot.state?.node.name).toBe("Alice");
});

test("a node that is out of reach shows the last state and why", () => {
  connection.last.send(said("Alice"));
  connection.last.send({ kind: "state", online: false, state: null, error: "It is off." });
  expect(live.snapshot).toMatchObject({ phase: "live", online: false, failure: { message: "It is off." }, state: { node: { name: "Alice" } } });
  expect(live.snapshot.seen).toBe(Date.now());
});

test("an integration that is not ready is asked again, ever more slowly, and then said to have failed", async () => {
  connection.refuse = { code: "not_found", message: "No node." };
  live.renew();
  await settle();
  for (let i = 1; i < PATIENCE; i += 1) {
    expect(live.snapshot.phase).toBe("loading");
    await vi.advanceTimersByTimeAsync(RETRY_MS[i - 1] ?? 0);
  }
  expect(live.snapshot).toMatchObject({ phase: "failed", failure: { code: "not_found" } });
  const asked = connection.asked;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(connection.asked - asked).toBeLessThan(30);
  connection.refuse = null;
  await vi.advanceTimersByTimeAsync(30_000);
  connection.last.send(said("Alice"));
  expect(live.snapshot.phase).toBe("live");
});

test("an installation without a node says so and wakes up by itself", async () => {
  connection.nodes = [];
  live.renew();
  await settle();
  expect(live.snapshot.phase).toBe("unconfigured");
  connection.nodes = [{ entry_id: "e2", title: "Alice", node_id: "n", loaded: true }];
  await vi.advanceTimersByTimeAsync(20_000);
  expect(connection.last.message).toMatchObject({ entry_id: "e2" });
});

test("while changes are pushed nothing is asked; long silence renews once", async () => {
  connection.last.send(said("Alice"));
  const asked = connection.asked;
  for (let i = 0; i < 10; i += 1) {
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
    connection.last.send(said("Alice"));
  }
  expect(connection.asked).toBe(asked);
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(connection.asked).toBe(asked + 1);
  expect(connection.open).toHaveLength(1);
});

test("the last watcher to leave ends the subscription, the next finds the last state", async () => {
  connection.last.send(said("Alice"));
  leave();
  expect(connection.open).toHaveLength(0);
  expect(connection.watched).toBe(0);
  expect(live.snapshot.state?.node.name).toBe("Alice");
  leave = live.watch(() => undefined);
  await settle();
  expect(connection.open).toHaveLength(1);
});

test("another node of this home is shown instead, never mixed with the first", async () => {
  connection.nodes = [
    { entry_id: "e1", title: "Alice", node_id: "n", loaded: true },
    { entry_id: "e2", title: "Cellar", node_id: "m", loaded: true },
  ];
  connection.last.send(said("Alice"));
  live.choose("e2");
  expect(live.snapshot.state).toBeNull();
  await settle();
  expect(connection.last.message).toMatchObject({ entry_id: "e2" });
  expect(connection.open).toHaveLength(1);
});

test("messages of another shape change nothing", () => {
  connection.last.send(said("Alice"));
  const before = live.snapshot;
  for (const message of [null, "state", {}, { kind: "ping" }]) connection.last.send(message);
  expect(live.snapshot).toBe(before);
});

test("however many elements watch, one connection has one live state", () => {
  expect(liveStateFor(connection)).toBe(liveStateFor(connection));
  expect(liveStateFor(connection, "e2")).not.toBe(liveStateFor(connection));
});
