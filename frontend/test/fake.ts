/** A connection that does what a test tells it to, as `hass.connection` does: a socket that dies takes its subscriptions along. */

import type { Connection } from "../src/ha-types";

export interface Subscription {
  message: Record<string, unknown>;
  send: (message: unknown) => void;
  open: boolean;
}

export class TestConnection implements Connection {
  connected = true;
  /** Every subscription ever made, the last at the end. */
  readonly subscriptions: Subscription[] = [];
  nodes: unknown = [{ entry_id: "e1", title: "Alice", node_id: "n", loaded: true }];
  refuse: unknown = null;
  /** Sent by the other side before it confirms the subscription. */
  early: unknown[] = [];
  asked = 0;
  private readonly listeners = { ready: new Set<() => void>(), disconnected: new Set<() => void>() };

  get open(): Subscription[] {
    return this.subscriptions.filter((one) => one.open);
  }

  get last(): Subscription {
    const last = this.subscriptions[this.subscriptions.length - 1];
    if (!last) throw new Error("nothing was subscribed");
    return last;
  }

  get watched(): number {
    return this.listeners.ready.size + this.listeners.disconnected.size;
  }

  async sendMessagePromise<T>(): Promise<T> {
    this.asked += 1;
    if (!this.connected) throw 3;
    return this.nodes as T;
  }

  async subscribeMessage<T>(callback: (message: T) => void, message: Record<string, unknown>): Promise<() => void> {
    if (!this.connected) throw 3;
    if (this.refuse) throw this.refuse;
    const subscription: Subscription = {
      message,
      open: true,
      send: (said) => {
        if (subscription.open) callback(said as T);
      },
    };
    this.subscriptions.push(subscription);
    for (const said of this.early) subscription.send(said);
    await Promise.resolve();
    return () => {
      subscription.open = false;
    };
  }

  addEventListener(event: "ready" | "disconnected", listener: () => void): void {
    this.listeners[event].add(listener);
  }

  removeEventListener(event: "ready" | "disconnected", listener: () => void): void {
    this.listeners[event].delete(listener);
  }

  cut(): void {
    this.connected = false;
    for (const one of this.subscriptions) one.open = false;
    for (const listener of [...this.listeners.disconnected]) listener();
  }

  heal(): void {
    this.connected = true;
    for (const listener of [...this.listeners.ready]) listener();
  }
}
