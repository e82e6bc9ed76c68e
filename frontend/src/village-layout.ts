/** Places every household around this home: deterministic, in pixels, for the width there is. */

import type { Peer } from "./api-types";

export const MAX_HOUSES = 14;
export const MAX_WINDOWS = 6;
/** A window's own area to touch. */
export const CELL = 48;
export const ROOF = 40;
const WALL_PADDING = 12;
const DOOR = 14;
export const LABEL = 54;
const MARGIN = 14;
/** The smoke of this home's chimney. */
const SMOKE = 34;
const LETTER = 9.5;
export const MAX_NAME = 15;
/** Narrower than this, or with more households, the houses stand along a street instead of around this home. */
const STREET = 560;
const MAX_AROUND = 8;
/** What a house in a street takes. */
const PLOT = 152;

export interface Window {
  nodeId: string;
  name: string;
  connected: boolean;
  self: boolean;
  /** Centre, relative to the house's centre. */
  x: number;
  y: number;
}

export interface House {
  key: string;
  name: string;
  own: boolean;
  connected: boolean;
  latency: number | null;
  /** Centre of the building. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** The house or its name, whichever is wider. */
  span: number;
  windows: Window[];
  more: number;
  nodes: number;
}

export interface Path {
  key: string;
  d: string;
  connected: boolean;
  /** Where the latency stands; null where there is no room on the path. */
  label: { x: number; y: number } | null;
  latency: number | null;
}

export interface Village {
  width: number;
  height: number;
  houses: House[];
  paths: Path[];
  hidden: number;
}

interface Household {
  key: string;
  name: string;
  peers: Peer[];
}

export interface Self {
  node_id: string;
  name: string;
  member_name: string;
}

export function layoutVillage(self: Self, peers: Peer[], width: number): Village {
  const own = peers.filter((peer) => peer.home).sort(byNode);
  const households = group(peers.filter((peer) => !peer.home));
  const shown = choose(households);

  const street = shown.length > MAX_AROUND || (width < STREET && shown.length > 0);
  const most = street ? 2 : 3;
  const centre = build("own", self.member_name || self.name, own, most, self);
  const houses = shown.map((household) => build(household.key, household.name, household.peers, most, null));
  if (street) line(centre, houses, width);
  else place(centre, houses, width);

  const all = [centre, ...houses];
  const top = Math.min(...all.map((house) => house.y - house.height / 2 - (house.own ? SMOKE : 0))) - MARGIN;
  const bottom = Math.max(...all.map((house) => house.y + house.height / 2 + LABEL)) + MARGIN;
  for (const house of all) house.y = Math.round(house.y - top);
  return {
    width,
    height: Math.round(bottom - top),
    houses: all,
    paths: houses.map((house) => (street ? turning(centre, house) : path(centre, house))),
    hidden: households.length - shown.length,
  };
}

const byNode = (a: Peer, b: Peer): number => (a.node_id < b.node_id ? -1 : a.node_id > b.node_id ? 1 : 0);

function group(peers: Peer[]): Household[] {
  const found = new Map<string, Household>();
  for (const peer of [...peers].sort(byNode)) {
    const key = peer.member_id || peer.node_id;
    const household = found.get(key) ?? { key, name: peer.member_name || peer.name, peers: [] };
    household.peers.push(peer);
    found.set(key, household);
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Who fits on the map: the reachable first, each in its lasting place. */
function choose(households: Household[]): Household[] {
  if (households.length <= MAX_HOUSES) return households;
  const near = (household: Household): number => (household.peers.some((peer) => peer.connected) ? 0 : 1);
  const kept = new Set([...households].sort((a, b) => near(a) - near(b) || (a.key < b.key ? -1 : 1)).slice(0, MAX_HOUSES));
  return households.filter((household) => kept.has(household));
}

function build(key: string, name: string, peers: Peer[], most: number, self: Self | null): House {
  const own = self !== null;
  const nodes = [
    ...(self ? [{ nodeId: self.node_id, name: self.name, connected: true, self: true }] : []),
    ...peers.map((peer) => ({ nodeId: peer.node_id, name: peer.name, connected: peer.connected, self: false })),
  ];
  const shown = nodes.slice(0, MAX_WINDOWS);
  const columns = shown.length === 4 ? 2 : Math.min(most, Math.max(1, shown.length));
  const rows = Math.ceil(shown.length / columns);
  const wide = Math.max(own ? 104 : 76, columns * CELL + WALL_PADDING * 2);
  const high = ROOF + rows * CELL + DOOR;
  const connected = nodes.some((node) => node.connected);
  const latencies = peers.filter((peer) => peer.connected && peer.latency_ms !== null).map((peer) => peer.latency_ms ?? 0);
  return {
    key,
    name,
    own,
    connected,
    latency: !own && latencies.length ? Math.min(...latencies) : null,
    x: 0,
    y: 0,
    width: wide,
    height: high,
    span: Math.max(wide + 8, Math.min(name.length, MAX_NAME) * LETTER),
    nodes: nodes.length,
    more: nodes.length - shown.length,
    windows: shown.map((node, index) => {
      const row = Math.floor(index / columns);
      const inRow = Math.min(columns, shown.length - row * columns);
      return {
        ...node,
        x: ((index % columns) - (inRow - 1) / 2) * CELL,
        y: -high / 2 + ROOF + (row + 0.5) * CELL,
      };
    }),
  };
}

/** An ellipse around this home, as flat as the width allows and as tall as the neighbours need. */
function place(centre: House, houses: House[], width: number): void {
  centre.x = width / 2;
  centre.y = 0;
  const count = houses.length;
  if (count === 0) return;
  const widest = Math.max(...houses.map((house) => Math.max(house.span, 104)));
  const highest = Math.max(...houses.map((house) => house.height)) + LABEL;
  const rx = Math.max(60, width / 2 - widest / 2 - MARGIN);
  const roomy = rx > centre.width / 2 + widest / 2 + 90;
  if (count <= 2 && roomy) {
    const reach = Math.min(rx, 340);
    houses.forEach((house, index) => {
      house.x = centre.x + (index === 0 ? reach : -reach);
      house.y = 0;
    });
    if (count === 1) {
      centre.x -= reach / 2;
      for (const house of houses) house.x -= reach / 2;
    }
    return;
  }
  const clear = (centre.height + LABEL + highest) / 2 + 56;
  let ry = clear;
  const angle = (index: number): number => {
    const start = roomy ? (count % 2 ? -Math.PI / 2 : -Math.PI / 2 + Math.PI / count) : -Math.PI / 2;
    return start + (index * 2 * Math.PI) / count;
  };
  for (; ry < clear * 5; ry += 20) {
    houses.forEach((house, index) => {
      house.x = centre.x + rx * Math.cos(angle(index));
      house.y = centre.y + ry * Math.sin(angle(index));
    });
    if (apart([centre, ...houses])) break;
  }
  for (const house of houses) house.x = Math.round(house.x);
}

function apart(houses: House[]): boolean {
  return houses.every((a, i) =>
    houses.slice(i + 1).every((b) => {
      const beside = Math.abs(a.x - b.x) >= (a.span + b.span) / 2 + 14;
      const above = Math.abs(a.y - b.y) >= (a.height + b.height) / 2 + LABEL;
      return beside || above;
    }),
  );
}

/** This home at the head of a street, the others left and right of it, as many a row as there is room for. */
function line(centre: House, houses: House[], width: number): void {
  centre.x = Math.round(width / 2);
  centre.y = 0;
  const only = houses.length === 1;
  let top = centre.height / 2 + LABEL + (only ? 40 : 12);
  const each = Math.max(1, Math.floor((width / 2 - 24) / PLOT));
  const plot = each === 1 ? width / 2 - 12 : PLOT;
  for (let i = 0; i < houses.length; i += each * 2) {
    const row = houses.slice(i, i + each * 2);
    const high = Math.max(...row.map((house) => house.height));
    row.forEach((house, n) => {
      const away = 12 + (Math.floor(n / 2) + 0.5) * plot;
      house.x = only ? centre.x : Math.round(centre.x + (n % 2 === 0 ? -away : away));
      house.y = top + high - house.height / 2;
    });
    top += high + LABEL + 24;
  }
}

/** Along the street, then off it to the house's doorstep. */
function turning(from: House, to: House): Path {
  const start = from.y + from.height / 2 + LABEL;
  const side = Math.sign(to.x - from.x);
  const ground = to.y + to.height / 2 - 6;
  const d = side
    ? `M${from.x} ${start} V${ground - 18} Q${from.x} ${ground} ${from.x + side * 18} ${ground} H${to.x - side * (to.width / 2 + 8)}`
    : `M${from.x} ${start} V${to.y - to.height / 2 - 4}`;
  return { key: to.key, d, connected: to.connected, label: null, latency: to.latency };
}

/** A footpath from door to door, slightly bent, with a milestone in the middle. */
function path(from: House, to: House): Path {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const bend = Math.min(26, length / 10);
  const mx = from.x + dx / 2 - (dy / length) * bend;
  const my = from.y + dy / 2 + (dx / length) * bend;
  const start = edge(from, dx, dy);
  const end = edge(to, -dx, -dy);
  const at = (t: number, a: number, c: number, b: number): number => (1 - t) ** 2 * a + 2 * (1 - t) * t * c + t ** 2 * b;
  return {
    key: to.key,
    d: `M${round(start.x)} ${round(start.y)} Q${round(mx)} ${round(my)} ${round(end.x)} ${round(end.y)}`,
    connected: to.connected,
    label: { x: round(at(0.5, start.x, mx, end.x)), y: round(at(0.5, start.y, my, end.y)) },
    latency: to.latency,
  };
}

/** Where a line leaving the house in this direction crosses its outline, label included below. */
function edge(house: House, dx: number, dy: number): { x: number; y: number } {
  const halfWide = house.width / 2 + 10;
  const halfHigh = house.height / 2 + (dy > 0 ? LABEL : 6);
  const scale = Math.min(dx ? halfWide / Math.abs(dx) : Infinity, dy ? halfHigh / Math.abs(dy) : Infinity);
  return { x: house.x + dx * scale, y: house.y + dy * scale };
}

const round = (value: number): number => Math.round(value * 10) / 10;
