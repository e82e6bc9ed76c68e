/** A `hass.connection` that speaks the integration's commands (docs/api.md) from a scene. */

import type { AskEvent, NodeState } from "../src/api-types";
import type { Connection } from "../src/ha-types";

export interface Scene {
  nodes: { entry_id: string; title: string; node_id: string; loaded: boolean }[];
  state: NodeState | null;
  online: boolean;
  error: string;
  admin: boolean;
  /** Never answers at all. */
  silent?: boolean;
  /** Refuses the subscription with this code. */
  refuse?: string;
  answer: AskEvent[];
  /** Milliseconds between two events. */
  pace: number;
  /** What fetching a model tells. */
  pulling?: { event: string; data: Record<string, unknown> }[];
  /** What taking data out of a document tells. */
  taking?: { event: string; data: Record<string, unknown> }[];
  request: (method: string, params: Record<string, unknown>) => unknown;
}

type Listener = () => void;

export class FakeConnection implements Connection {
  connected = true;
  private readonly listeners: Record<string, Set<Listener>> = { ready: new Set(), disconnected: new Set() };
  private readonly subscribers = new Set<(message: unknown) => void>();
  /** Events of answers delivered so far. */
  said = 0;
  readonly sent: Record<string, unknown>[] = [];

  constructor(private readonly scene: Scene) {}

  async sendMessagePromise<T>(message: Record<string, unknown>): Promise<T> {
    this.sent.push(message);
    if (!this.connected) throw 3;
    if (this.scene.silent) return new Promise(() => undefined);
    if (message.type === "hearthnet/nodes") return this.scene.nodes as T;
    await pause(this.scene.pace * 4);
    return this.scene.request(String(message.method), (message.params ?? {}) as Record<string, unknown>) as T;
  }

  async subscribeMessage<T>(callback: (message: T) => void, message: Record<string, unknown>): Promise<() => void> {
    this.sent.push(message);
    if (!this.connected) throw 3;
    if (this.scene.refuse) throw { code: this.scene.refuse, message: "The node speaks API 2.0; this integration understands 1.0. Update the integration." };
    const receive = callback as (message: unknown) => void;
    if (message.type === "hearthnet/subscribe") {
      this.subscribers.add(receive);
      receive(this.stateMessage());
      return () => this.subscribers.delete(receive);
    }
    let stopped = false;
    void (async () => {
      const called = message.method === "call" ? [{ event: "done", data: { text: translated(message.params) } }] : undefined;
      const streamed = called ?? (message.method === "extract" ? this.scene.taking : this.scene.pulling);
      for (const event of message.type === "hearthnet/stream" ? (streamed ?? []) : this.scene.answer) {
        await pause(this.scene.pace);
        if (stopped || !this.connected) return;
        receive(event);
        this.said += 1;
      }
    })();
    return () => {
      stopped = true;
    };
  }

  addEventListener(event: "ready" | "disconnected", listener: Listener): void {
    this.listeners[event]?.add(listener);
  }

  removeEventListener(event: "ready" | "disconnected", listener: Listener): void {
    this.listeners[event]?.delete(listener);
  }

  /** What the node says next. */
  push(change: Partial<Scene>): void {
    Object.assign(this.scene, change);
    for (const receive of this.subscribers) receive(this.stateMessage());
  }

  cut(): void {
    this.connected = false;
    this.subscribers.clear();
    for (const listener of [...(this.listeners.disconnected ?? [])]) listener();
  }

  heal(): void {
    this.connected = true;
    for (const listener of [...(this.listeners.ready ?? [])]) listener();
  }

  private stateMessage(): unknown {
    const { state, online, error, admin } = this.scene;
    return { kind: "state", entry_id: this.scene.nodes[0]?.entry_id, online, state, error, admin, bundle: "" };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const GERMAN: Record<string, string> = {
  "Warm room at the school": "Warmer Raum in der Schule",
  "The gym is heated from 18:00. Bring blankets; there is tea, and sockets for medical devices.":
    "Die Turnhalle ist ab 18 Uhr geheizt. Bringt Decken mit; es gibt Tee und Steckdosen für medizinische Geräte.",
};

const translated = (params: unknown): string => {
  const said = (params as { body?: { text?: string } }).body?.text ?? "";
  return GERMAN[said] ?? said;
};
