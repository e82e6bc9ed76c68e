/** A file on its way into the library: Home Assistant passes it on, and the node tells what it does with it, a line each. */

import { type Failure, toFailure } from "./failure";
import type { HomeAssistant } from "./ha-types";
import { fields, number, text } from "./reading";

export const MAX_FILE = 64 * 1024 * 1024;
export const ACCEPTED = ".pdf,.docx,.html,.htm,.md,.markdown,.txt,.csv,.zip,.jpg,.jpeg,.png,.webp";
const MAX_LINE = 1_000_000;

export interface UploadProgress {
  step: string;
  done: number;
  total: number;
}

export interface Uploaded {
  documents: number;
  duplicates: number;
  unreadable: number;
  failed: string[];
}

/** Throws a `Failure`. */
export async function upload(
  hass: HomeAssistant,
  entryId: string,
  corpus: string,
  file: File,
  progress: (at: UploadProgress) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  if (!hass.fetchWithAuth) throw { code: "unavailable", message: "" } satisfies Failure;
  const query = new URLSearchParams({ name: file.name.slice(0, 300), corpus, ...(entryId ? { entry_id: entryId } : {}) });
  const response = await hass
    .fetchWithAuth(`/api/hearthnet/upload?${query}`, { method: "POST", body: file, signal })
    .catch((reason: unknown) => {
      throw signal.aborted ? toFailure({ code: "cancelled" }) : toFailure({ code: "connection_lost", message: String(reason).slice(0, 200) });
    });
  if (!response.ok || !response.body) {
    const told = fields(await response.json().catch(() => ({})));
    throw toFailure({ code: response.status === 403 ? "forbidden" : "unavailable", message: text(told.message, 300) });
  }
  for await (const line of lines(response.body)) {
    const { event, data } = fields(JSON.parse(line));
    const told = fields(data);
    if (event === "error") throw toFailure(told);
    if (event === "progress") progress({ step: text(told.step), done: number(told.done), total: number(told.total) });
    if (event === "done") return summary(told);
  }
  throw toFailure({ code: "connection_lost" });
}

export function summary(done: Record<string, unknown>): Uploaded {
  const documents = (Array.isArray(done.documents) ? done.documents : []).map(fields);
  const failed = (Array.isArray(done.failed) ? done.failed : []).slice(0, 20).map(fields);
  return {
    documents: documents.length + number(done.more),
    duplicates: documents.filter((one) => one.duplicate === true).length,
    unreadable: number(done.unreadable_pages),
    failed: failed.map((one) => `${text(one.name)}: ${text(one.message, 300)}`),
  };
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let held = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      held += decoder.decode(value, { stream: !done });
      const parts = held.split("\n");
      held = parts.pop() ?? "";
      for (const part of parts) if (part.trim()) yield part;
      if (held.length > MAX_LINE) throw toFailure({ code: "unknown" });
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
