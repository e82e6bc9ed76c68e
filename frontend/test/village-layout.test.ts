import { expect, test } from "vitest";
import type { Peer } from "../src/api-types";
import { readState } from "../src/reading";
import { LABEL, MAX_HOUSES, MAX_WINDOWS, layoutVillage } from "../src/village-layout";

const self = { node_id: "self", name: "Alice", member_name: "Alice" };
const peers = (count: number, more: (i: number) => Record<string, unknown> = () => ({})): Peer[] =>
  readState({
    peers: Array.from({ length: count }, (_, i) => ({ node_id: `n${i}`, name: `Node ${i}`, member_id: `m${i}`, connected: i % 3 !== 0, latency_ms: i, ...more(i) })),
  })?.peers ?? [];
const WIDTHS = [300, 366, 520, 670, 760, 1100];

test("the same neighbours stand in the same places, in whatever order they are told", () => {
  for (const width of WIDTHS) {
    const all = peers(9, (i) => ({ member_id: `m${i % 4}`, member_name: "" }));
    expect(layoutVillage(self, [...all].reverse(), width)).toEqual(layoutVillage(self, all, width));
  }
});

test("a neighbour who goes dark keeps the place", () => {
  const places = (list: Peer[]): unknown => layoutVillage(self, list, 700).houses.map((house) => [house.key, house.x, house.y]);
  expect(places(peers(7, () => ({ connected: false })))).toEqual(places(peers(7, () => ({ connected: true }))));
});

test("houses and their names neither overlap nor leave the page", () => {
  for (const width of WIDTHS)
    for (let count = 0; count <= MAX_HOUSES; count += 1) {
      const { houses, height } = layoutVillage(self, peers(count * 4, (i) => ({ member_id: `m${i % count}`, home: i % 9 === 1 })), width);
      for (const [i, a] of houses.entries()) {
        expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width / 2).toBeLessThanOrEqual(width);
        expect(a.y + a.height / 2).toBeLessThanOrEqual(height);
        for (const b of houses.slice(i + 1)) {
          const beside = Math.abs(a.x - b.x) >= (a.width + b.width) / 2;
          const above = Math.abs(a.y - b.y) >= (a.height + b.height) / 2 + LABEL - 1;
          expect([width, count, a.key, b.key, beside || above]).toEqual([width, count, a.key, b.key, true]);
        }
      }
    }
});

test("one household is one house with a window for each node, and no more than fit", () => {
  const { houses } = layoutVillage(self, peers(40, () => ({ member_id: "same" })), 700);
  expect(houses).toHaveLength(2);
  expect(houses[1]?.windows).toHaveLength(MAX_WINDOWS);
  expect(houses[1]).toMatchObject({ nodes: 40, more: 40 - MAX_WINDOWS });
});

test("nodes of this home are windows of this home", () => {
  const { houses, paths } = layoutVillage(self, peers(2, () => ({ home: true })), 700);
  expect(houses).toHaveLength(1);
  expect(houses[0]?.windows.map((window) => window.self)).toEqual([true, false, false]);
  expect(paths).toEqual([]);
});

test("in a crowd the reachable are drawn and the rest is counted", () => {
  const village = layoutVillage(self, peers(60, (i) => ({ connected: i >= 50 })), 700);
  expect(village.hidden).toBe(60 - MAX_HOUSES);
  expect(village.houses.filter((house) => !house.own && house.connected)).toHaveLength(10);
});
