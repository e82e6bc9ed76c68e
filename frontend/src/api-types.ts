/** Shapes of docs/api.md. Names are the wire's. */

export type Mode = "normal" | "emergency" | "drill";
export type ConnectivityState = "online" | "degraded" | "offline" | "isolated" | "unknown";
export type Severity = "info" | "warning" | "urgent";
export type NextStep = "none" | "invite" | "choose_privacy" | "add_model" | "check_network";

export interface Capability {
  capability: string;
  version: string;
  provider: string;
  models: string[];
  available: boolean;
  reason: string;
  load: number;
  internet: boolean;
}

export interface Peer {
  node_id: string;
  short: string;
  name: string;
  member_id: string;
  member_name: string;
  role: string;
  home: boolean;
  connected: boolean;
  latency_ms: number | null;
  address: string;
  version: string;
  since: number;
  capabilities: Capability[];
}

export interface Notice {
  id: string;
  title: string;
  body: string;
  severity: Severity;
  author_node: string;
  author_name: string;
  member_id: string;
  at: number;
  expires: number;
  late: boolean;
}

export interface Community {
  id: string;
  short: string;
  name: string;
  members: number;
  alone: boolean;
  /** Whose admission became void when somebody was removed; they may be invited again. */
  readmit: { member_id: string; name: string }[];
}

export interface Engine {
  name: string;
  url: string;
  available: boolean;
  reason: string;
}

export interface NodeState {
  node: { id: string; short: string; name: string; version: string; address: string; started: number; warnings: string[] };
  member: { id: string; short: string; name: string; role: string };
  community: Community;
  privacy: string;
  privacy_chosen: boolean;
  connectivity: { state: ConnectivityState; cause: string; since: number; internet: boolean; mesh: boolean };
  mode: { mode: Mode; since: number; by: string; reason: string };
  peers: Peer[];
  capabilities: Capability[];
  last_answer: { node_id: string; node_name: string; at: number; model: string } | null;
  engines: Engine[];
  library: { documents: number; chunks: number; pictures: number; model: string; indexing: { done: number; total: number } | null };
  notices: Notice[];
  next_step: NextStep;
}

export interface NodeEntry {
  entry_id: string;
  title: string;
  node_id: string;
  loaded: boolean;
}

export interface StateMessage {
  kind: "state";
  entry_id?: string;
  online: boolean;
  state: unknown;
  error?: string;
  bundle?: string;
  admin?: boolean;
  /** Unix seconds of the last state the node sent, if the integration says it. */
  seen?: number;
}

export interface Source {
  rank: number;
  score: number;
  text: string;
  doc_title: string;
  doc_cid: string;
  chunk_id: string;
  node_id: string;
  node_name: string;
  corpus: string;
  language: string;
  licence: string;
  page: number | null;
}

export interface Searched {
  node_id: string;
  name: string;
  count: number;
  error?: string;
}

export interface Term {
  name: string;
  value: number;
  weight: number;
  why: string;
}

export interface Candidate {
  node_id: string;
  node_name: string;
  provider: string;
  model: string;
  score: number;
  allowed: boolean;
  excluded: string;
  terms: Term[];
}

export interface AnsweredBy {
  node_id: string;
  node_name: string;
  provider: string;
  model: string;
  home: boolean;
}

export interface AskEvent {
  event: string;
  data: unknown;
}

export interface Invite {
  invite_id: string;
  text: string;
  qr_svg: string;
  expires: number;
  community: Partial<Community>;
  addresses: string[];
}

export interface InspectedInvite {
  community_id: string;
  community_short: string;
  node_id: string;
  node_short: string;
  addresses: string[];
  expires: number;
  words: string;
  own: boolean;
}
