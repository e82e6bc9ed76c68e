/** Bounded reading of what arrives: every field typed, every text and list cut to what the views can show. */

import type { Candidate, Capability, NodeState, Notice, Peer, Searched, Source, Term } from "./api-types";

export const MAX_PEERS = 200;
export const MAX_NOTICES = 20;
export const MAX_CAPABILITIES = 40;
export const MAX_ENGINES = 12;
export const MAX_READMIT = 20;
export const MAX_SOURCES = 20;
export const MAX_CANDIDATES = 50;
export const MAX_TERMS = 20;
export const MAX_LABEL = 200;
export const MAX_PASSAGE = 6_000;

type Fields = Record<string, unknown>;

export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const text = (value: unknown, limit: number = MAX_LABEL): string =>
  typeof value === "string" ? value.slice(0, limit) : "";

export const number = (value: unknown, otherwise = 0): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;

export const flag = (value: unknown): boolean => value === true;

export function list<T>(value: unknown, limit: number, read: (item: Fields) => T): T[] {
  return Array.isArray(value) ? value.slice(0, limit).map((item) => read(fields(item))) : [];
}

const texts = (value: unknown, limit: number): string[] =>
  Array.isArray(value) ? value.slice(0, limit).map((item) => text(item)).filter(Boolean) : [];

const oneOf = <T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T =>
  allowed.includes(value as T) ? (value as T) : otherwise;

const readCapability = (raw: Fields): Capability => ({
  capability: text(raw.capability),
  version: text(raw.version),
  provider: text(raw.provider),
  models: texts(raw.models, 20),
  available: flag(raw.available),
  reason: text(raw.reason, 400),
  load: number(raw.load),
  internet: flag(raw.internet),
});

const readPeer = (raw: Fields): Peer => ({
  node_id: text(raw.node_id),
  short: text(raw.short),
  name: text(raw.name) || text(raw.short),
  member_id: text(raw.member_id),
  member_name: text(raw.member_name) || text(raw.name),
  role: text(raw.role),
  home: flag(raw.home),
  connected: flag(raw.connected),
  latency_ms: typeof raw.latency_ms === "number" ? number(raw.latency_ms) : null,
  address: text(raw.address),
  version: text(raw.version),
  since: number(raw.since),
  capabilities: list(raw.capabilities, MAX_CAPABILITIES, readCapability),
});

export const readNotice = (raw: Fields): Notice => ({
  id: text(raw.id),
  title: text(raw.title),
  body: text(raw.body, 2_000),
  severity: oneOf(raw.severity, ["info", "warning", "urgent"] as const, "info"),
  author_node: text(raw.author_node),
  author_name: text(raw.author_name),
  member_id: text(raw.member_id),
  at: number(raw.at),
  expires: number(raw.expires),
  late: flag(raw.late),
});

/** Ids alone, or ids with names. */
const readReadmit = (value: unknown): { member_id: string; name: string }[] =>
  (Array.isArray(value) ? value.slice(0, MAX_READMIT) : [])
    .map((item: unknown) => {
      const raw = fields(item);
      const id = text(item) || text(raw.member_id) || text(raw.id);
      return { member_id: id, name: text(raw.name) || text(raw.short) || (id.slice(0, 12).match(/.{1,4}/g) ?? []).join("-") };
    })
    .filter((one) => one.member_id);

/** Whether somebody whom the node may ask can do this now. */
export function inReach(state: NodeState | null, capability: string, major = "1"): boolean {
  if (!state) return false;
  const can = (offers: Capability[]): boolean =>
    offers.some((one) => one.capability === capability && one.available && one.version.split(".")[0] === major);
  const far = state.privacy === "community" || state.privacy === "any";
  const near = (peer: Peer): boolean => peer.connected && (state.privacy === "home" ? peer.home : far);
  return can(state.capabilities) || state.peers.some((peer) => near(peer) && can(peer.capabilities));
}

export function readState(value: unknown): NodeState | null {
  if (typeof value !== "object" || value === null) return null;
  const raw = fields(value);
  const node = fields(raw.node);
  const member = fields(raw.member);
  const community = fields(raw.community);
  const connectivity = fields(raw.connectivity);
  const mode = fields(raw.mode);
  const library = fields(raw.library);
  const last = raw.last_answer ? fields(raw.last_answer) : null;
  return {
    node: {
      id: text(node.id),
      short: text(node.short),
      name: text(node.name),
      version: text(node.version),
      address: text(node.address),
      started: number(node.started),
      warnings: texts(node.warnings, 8),
    },
    member: { id: text(member.id), short: text(member.short), name: text(member.name), role: text(member.role) },
    community: {
      id: text(community.id),
      short: text(community.short),
      name: text(community.name),
      members: number(community.members, 1),
      alone: flag(community.alone),
      readmit: readReadmit(community.readmit),
    },
    privacy: text(raw.privacy),
    privacy_chosen: flag(raw.privacy_chosen),
    connectivity: {
      state: oneOf(connectivity.state, ["online", "degraded", "offline", "isolated", "unknown"] as const, "unknown"),
      cause: text(connectivity.cause),
      since: number(connectivity.since),
      internet: flag(connectivity.internet),
      mesh: flag(connectivity.mesh),
    },
    mode: {
      mode: oneOf(mode.mode, ["normal", "emergency", "drill"] as const, "normal"),
      since: number(mode.since),
      by: text(mode.by),
      reason: text(mode.reason, 400),
    },
    peers: list(raw.peers, MAX_PEERS, readPeer),
    capabilities: list(raw.capabilities, MAX_CAPABILITIES, readCapability),
    last_answer: last && {
      node_id: text(last.node_id),
      node_name: text(last.node_name),
      at: number(last.at),
      model: text(last.model),
    },
    engines: list(raw.engines, MAX_ENGINES, (engine) => ({
      name: text(engine.name),
      url: text(engine.url),
      available: flag(engine.available),
      reason: text(engine.reason, 400),
    })),
    library: {
      documents: number(library.documents),
      chunks: number(library.chunks),
      pictures: number(library.pictures),
      model: text(library.model),
      indexing: library.indexing ? { done: number(fields(library.indexing).done), total: number(fields(library.indexing).total) } : null,
    },
    notices: list(raw.notices, MAX_NOTICES, readNotice),
    next_step: oneOf(
      raw.next_step,
      ["none", "invite", "choose_privacy", "add_model", "check_network"] as const,
      "none",
    ),
  };
}

export const readSources = (value: unknown): Source[] =>
  list(value, MAX_SOURCES, (raw) => ({
    rank: number(raw.rank),
    score: number(raw.score),
    text: text(raw.text, MAX_PASSAGE),
    doc_title: text(raw.doc_title),
    doc_cid: text(raw.doc_cid),
    chunk_id: text(raw.chunk_id),
    node_id: text(raw.node_id),
    node_name: text(raw.node_name),
    corpus: text(raw.corpus),
    language: text(raw.language),
    licence: text(raw.licence),
  page: typeof raw.page === "number" ? number(raw.page) : null,
  }));

export const readSearched = (value: unknown): Searched[] =>
  list(value, MAX_CANDIDATES, (raw) => ({
    node_id: text(raw.node_id),
    name: text(raw.name),
    count: number(raw.count),
    error: text(raw.error, 400),
  }));

const readTerm = (raw: Fields): Term => ({
  name: text(raw.name),
  value: number(raw.value),
  weight: number(raw.weight),
  why: text(raw.why, 300),
});

export const readCandidates = (value: unknown): Candidate[] =>
  list(value, MAX_CANDIDATES, (raw) => ({
    node_id: text(raw.node_id),
    node_name: text(raw.node_name),
    provider: text(raw.provider),
    model: text(raw.model),
    score: number(raw.score),
    allowed: flag(raw.allowed),
    excluded: text(raw.excluded, 300),
    terms: list(raw.terms, MAX_TERMS, readTerm),
  }));
