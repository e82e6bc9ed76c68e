import { expect, test } from "vitest";
import { MAX_LABEL, MAX_NOTICES, MAX_PASSAGE, MAX_PEERS, MAX_READMIT, MAX_SOURCES, readCandidates, readSources, readState } from "../src/reading";

const HOSTILE: unknown[] = [undefined, null, 0, Number.NaN, "", "text", true, [], [null], [[]], {}, { a: { b: {} } }, Symbol.iterator, () => 1, new Date(0)];

test("any value at any place of a state is read without an error, or is no state", () => {
  const keys = ["node", "member", "community", "connectivity", "mode", "peers", "capabilities", "last_answer", "library", "notices", "engines", "privacy"];
  for (const value of HOSTILE) {
    expect(() => readState(value)).not.toThrow();
    for (const key of keys) {
      const state = readState({ [key]: value });
      expect(state?.mode.mode).toBe("normal");
      expect(Array.isArray(state?.peers)).toBe(true);
      for (const inner of HOSTILE) expect(() => readState({ [key]: { id: inner, name: inner, mode: inner }, peers: [inner], notices: [inner] })).not.toThrow();
    }
  }
});

test("null and text are no state", () => {
  for (const value of [null, undefined, "state", 7]) expect(readState(value)).toBeNull();
});

test("lists and texts are cut to their bounds", () => {
  const state = readState({
    peers: Array.from({ length: 5_000 }, (_, i) => ({ node_id: `${i}`, name: "x".repeat(10_000) })),
    notices: Array.from({ length: 500 }, () => ({ body: "y".repeat(1e6) })),
    community: { readmit: Array.from({ length: 500 }, (_, i) => `id${i}`) },
  });
  expect(state?.peers).toHaveLength(MAX_PEERS);
  expect(state?.peers[0]?.name).toHaveLength(MAX_LABEL);
  expect(state?.notices).toHaveLength(MAX_NOTICES);
  expect(state?.notices[0]?.body).toHaveLength(2_000);
  expect(state?.community.readmit).toHaveLength(MAX_READMIT);
  const sources = readSources(Array.from({ length: 999 }, () => ({ text: "z".repeat(1e6) })));
  expect(sources).toHaveLength(MAX_SOURCES);
  expect(sources[0]?.text).toHaveLength(MAX_PASSAGE);
});

test("what is not in the closed set becomes the harmless one", () => {
  const state = readState({
    mode: { mode: "meltdown" },
    connectivity: { state: "__proto__", internet: "yes" },
    notices: [{ severity: "constructor" }],
    next_step: "format_disk",
  });
  expect(state?.mode.mode).toBe("normal");
  expect(state?.connectivity).toMatchObject({ state: "unknown", internet: false });
  expect(state?.notices[0]?.severity).toBe("info");
  expect(state?.next_step).toBe("none");
});

test("numbers that are none are not shown as figures", () => {
  const [candidate] = readCandidates([{ score: "9", terms: [{ value: Number.POSITIVE_INFINITY, weight: null }] }]);
  expect(candidate).toMatchObject({ score: 0, terms: [{ value: 0, weight: 0 }] });
  expect(readState({ peers: [{ latency_ms: Number.NaN }] })?.peers[0]?.latency_ms).toBe(0);
  expect(readState({ peers: [{ latency_ms: "4" }] })?.peers[0]?.latency_ms).toBeNull();
});

test("people to admit again are read as ids or with their names", () => {
  const state = readState({ community: { readmit: ["abcdefghijklmnopqrstuvwxyz", { member_id: "m2", name: "Dave" }, 7, {}] } });
  expect(state?.community.readmit).toEqual([
    { member_id: "abcdefghijklmnopqrstuvwxyz", name: "abcd-efgh-ijkl" },
    { member_id: "m2", name: "Dave" },
  ]);
});
