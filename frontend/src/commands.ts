/** The one file that knows the integration's WebSocket commands (docs/api.md, "Through Home Assistant"). */

import type {
  AskEvent,
  Community,
  InspectedInvite,
  Invite,
  NodeEntry,
  Notice,
  Severity,
  StateMessage,
} from "./api-types";
import { toFailure } from "./failure";
import type { Connection, Unsubscribe } from "./ha-types";

interface Methods {
  post_notice: { params: { title: string; body: string; severity: Severity; ttl_hours: number }; result: { notice: Notice } };
  create_invite: { params: { own?: boolean; ttl_hours?: number }; result: Invite };
  inspect_invite: { params: { text: string }; result: InspectedInvite };
  join: { params: { text: string; name?: string; own?: boolean }; result: { community: Partial<Community>; member_id: string } };
  leave: { params: Record<string, never>; result: { community: Partial<Community> } };
  set_mode: { params: { mode: string; reason?: string }; result: unknown };
  set_privacy: { params: { privacy: string }; result: unknown };
  corpora: { params: Record<string, never>; result: unknown };
  set_corpus: { params: { name: string; access: string }; result: unknown };
  documents: { params: { corpus?: string; limit?: number; before?: string }; result: unknown };
  document: { params: { document_id: string; page?: number; chunk_id?: number; limit?: number }; result: unknown };
  find_pictures: { params: { query?: string; document_id?: string; k?: number }; result: unknown };
  delete_document: { params: { document_id: string; corpus: string }; result: unknown };
  confirm: { params: { confirm_id: string; allow: boolean }; result: unknown };
  feedback: { params: { trace_id: string; good: boolean }; result: unknown };
  models: { params: Record<string, never>; result: unknown };
  delete_model: { params: { engine: string; model: string }; result: unknown };
}

export interface StreamEvent {
  event: string;
  data: Record<string, unknown>;
}

export interface Question {
  question: string;
  language: string;
  conversation: string;
  history: { role: "user" | "assistant"; content: string }[];
  /** JPEG in base64. */
  images?: string[];
  /** With tools, a step after the other. */
  agent?: boolean;
}

const target = (entryId: string): Record<string, unknown> => (entryId ? { entry_id: entryId } : {});

/** Subscriptions are renewed by their owner, who knows what to do when the renewal fails. */
const ONCE = { resubscribe: false } as const;

export const listNodes = (connection: Connection): Promise<NodeEntry[]> =>
  connection.sendMessagePromise({ type: "hearthnet/nodes" });

export const subscribeState = (
  connection: Connection,
  entryId: string,
  receive: (message: StateMessage) => void,
): Promise<Unsubscribe> =>
  connection.subscribeMessage(receive, { type: "hearthnet/subscribe", ...target(entryId) }, ONCE);

export const ask = (
  connection: Connection,
  entryId: string,
  question: Question,
  receive: (event: AskEvent) => void,
): Promise<Unsubscribe> =>
  connection.subscribeMessage(receive, { type: "hearthnet/ask", ...target(entryId), ...question }, ONCE);

export const request = <M extends keyof Methods>(
  connection: Connection,
  entryId: string,
  method: M,
  params: Methods[M]["params"],
): Promise<Methods[M]["result"]> =>
  connection.sendMessagePromise({ type: "hearthnet/request", ...target(entryId), method, params });

/** The events of a method that takes its time; unsubscribing cancels it. */
export const stream = (
  connection: Connection,
  entryId: string,
  method: "speak" | "transcribe" | "pull_model" | "extract" | "call",
  params: Record<string, unknown>,
  receive: (event: StreamEvent) => void,
): Promise<Unsubscribe> =>
  connection.subscribeMessage(receive, { type: "hearthnet/stream", ...target(entryId), method, params }, ONCE);

/** Unsubscribing on a socket that is gone fails, and means nothing. */
export function release(unsubscribe: Unsubscribe): void {
  try {
    void Promise.resolve(unsubscribe()).catch(() => undefined);
  } catch {
    // the same, from a synchronous unsubscribe
  }
}

/** The `done` of such a method, when only that counts. Rejects with a `Failure`. */
export const finished = (
  connection: Connection,
  entryId: string,
  method: "transcribe" | "call",
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const subscribed = stream(connection, entryId, method, params, ({ event, data }) => {
      if (event === "done") resolve(data);
      else if (event === "error") reject(toFailure(data));
      else return;
      void subscribed.then(release);
    });
    subscribed.catch(reject);
  });
