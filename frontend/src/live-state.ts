/** What is known about one node, kept outside the DOM and renewed without help. */

import type { NodeEntry, NodeState, StateMessage } from "./api-types";
import { listNodes, release, subscribeState } from "./commands";
import { type Failure, toFailure } from "./failure";
import type { Connection, Unsubscribe } from "./ha-types";
import { number, readState, text } from "./reading";

export const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;
export const UNCONFIGURED_MS = 15_000;
/** Silence after which the subscription is renewed: a safety net, not a poll; every change arrives by push. */
export const SILENCE_MS = 600_000;
/** How often "last seen" is written down; a state may come four times a second. */
export const SEEN_MS = 30_000;
/** Failures before "still starting" becomes an error a person should read. */
export const PATIENCE = 3;

export type Phase = "loading" | "live" | "unconfigured" | "failed";

export interface Live {
  phase: Phase;
  connected: boolean;
  online: boolean;
  state: NodeState | null;
  /** Milliseconds; when the node itself last spoke, null when that is not known. */
  seen: number | null;
  failure: Failure | null;
  admin: boolean;
  bundle: string;
  nodes: NodeEntry[];
  entryId: string;
}

export interface SeenStore {
  read(entryId: string): number | null;
  write(entryId: string, at: number): void;
}

export class LiveState {
  snapshot: Live;
  private readonly watchers = new Set<() => void>();
  private unsubscribe: Unsubscribe | null = null;
  private run = 0;
  private failures = 0;
  private written = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private wanted: string,
    private readonly seen: SeenStore,
  ) {
    this.snapshot = {
      phase: "loading",
      connected: connection.connected !== false,
      online: false,
      state: null,
      seen: null,
      failure: null,
      admin: false,
      bundle: "",
      nodes: [],
      entryId: wanted,
    };
  }

  /** Watch changes; the last watcher to leave ends the subscription, the last state stays. */
  watch(watcher: () => void): Unsubscribe {
    this.watchers.add(watcher);
    if (this.watchers.size === 1) this.start();
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) this.stop();
    };
  }

  /** Show another node of this home. */
  choose(entryId: string): void {
    if (entryId === this.snapshot.entryId) return;
    this.wanted = entryId;
    this.written = 0;
    this.update({ phase: "loading", online: false, state: null, seen: null, failure: null, entryId });
    this.renew();
  }

  /** Subscribe again now. */
  renew(): void {
    this.drop();
    if (this.watchers.size > 0) void this.connect();
  }

  private start(): void {
    this.connection.addEventListener("ready", this.onReady);
    this.connection.addEventListener("disconnected", this.onDisconnected);
    this.update({ connected: this.connection.connected !== false });
    void this.connect();
  }

  private stop(): void {
    this.connection.removeEventListener("ready", this.onReady);
    this.connection.removeEventListener("disconnected", this.onDisconnected);
    this.drop();
  }

  private readonly onReady = (): void => {
    this.failures = 0;
    this.update({ connected: true });
    this.renew();
  };

  private readonly onDisconnected = (): void => {
    this.unsubscribe = null; // it died with the socket
    this.drop();
    this.update({ connected: false });
  };

  private drop(): void {
    this.run += 1;
    clearTimeout(this.timer);
    const unsubscribe = this.unsubscribe;
    this.unsubscribe = null;
    if (unsubscribe) release(unsubscribe);
  }

  private async connect(): Promise<void> {
    const run = ++this.run;
    try {
      const answer = await listNodes(this.connection);
      if (run !== this.run) return;
      const nodes = Array.isArray(answer) ? answer.slice(0, 50) : [];
      const entryId = this.pick(nodes);
      if (!entryId) {
        this.update({ phase: "unconfigured", nodes, failure: null });
        this.later(UNCONFIGURED_MS);
        return;
      }
      this.update({ nodes, entryId });
      const unsubscribe = await subscribeState(this.connection, entryId, (message) => {
        if (run === this.run) this.receive(message);
      });
      if (run !== this.run) {
        release(unsubscribe);
        return;
      }
      this.unsubscribe = unsubscribe;
      this.failures = 0;
      this.later(SILENCE_MS);
    } catch (reason) {
      if (run !== this.run) return;
      const failure = toFailure(reason);
      const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 30_000;
      this.failures += 1;
      const starting = this.failures < PATIENCE && !this.snapshot.state;
      this.update({ phase: this.snapshot.state ? "live" : starting ? "loading" : "failed", online: false, failure });
      this.later(wait);
    }
  }

  private pick(nodes: NodeEntry[]): string {
    const wanted = nodes.find((node) => node.entry_id === (this.wanted || this.snapshot.entryId));
    return (wanted ?? nodes.find((node) => node.loaded) ?? nodes[0])?.entry_id ?? "";
  }

  private receive(message: StateMessage): void {
    if (message?.kind !== "state") return;
    this.later(SILENCE_MS);
    const state = readState(message.state) ?? this.snapshot.state;
    const entryId = this.snapshot.entryId;
    let seen = this.snapshot.seen;
    if (message.online && state) {
      seen = Date.now();
      if (seen - this.written >= SEEN_MS) {
        this.written = seen;
        this.seen.write(entryId, seen);
      }
    } else {
      seen = number(message.seen) * 1000 || seen || this.seen.read(entryId);
    }
    this.update({
      phase: state ? "live" : message.online ? "loading" : "live",
      online: message.online === true,
      connected: true,
      state,
      seen,
      failure: message.online ? null : { code: "node_offline", message: text(message.error, 500) },
      admin: message.admin ?? this.snapshot.admin,
      bundle: text(message.bundle) || this.snapshot.bundle,
    });
  }

  private later(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.renew(), wait);
  }

  private update(change: Partial<Live>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const watcher of [...this.watchers]) watcher();
  }
}


const SEEN_KEY = "hearthnet.seen.";

export const browserSeenStore: SeenStore = {
  read(entryId) {
    try {
      return Number(localStorage.getItem(SEEN_KEY + entryId)) || null;
    } catch {
      return null; // storage is blocked: the state is shown undated
    }
  },
  write(entryId, at) {
    try {
      localStorage.setItem(SEEN_KEY + entryId, String(at));
    } catch {
      // storage is full or blocked: the state is shown undated
    }
  },
};

const known = new WeakMap<Connection, Map<string, LiveState>>();

/** One LiveState per connection and wanted entry, however many elements watch it. */
export function liveStateFor(connection: Connection, entryId = ""): LiveState {
  let entries = known.get(connection);
  if (!entries) known.set(connection, (entries = new Map()));
  let live = entries.get(entryId);
  if (!live) entries.set(entryId, (live = new LiveState(connection, entryId, browserSeenStore)));
  return live;
}
