/** What a file's way into the library tells, and what is made of it. */

import { expect, test } from "vitest";
import type { HomeAssistant } from "../src/ha-types";
import { type UploadProgress, summary, upload } from "../src/upload";

const answering = (lines: string[], init: ResponseInit = {}): { hass: HomeAssistant; asked: string[] } => {
  const asked: string[] = [];
  const fetchWithAuth = async (path: string, request?: RequestInit): Promise<Response> => {
    asked.push(`${request?.method} ${path}`);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const line of lines) controller.enqueue(new TextEncoder().encode(line));
        controller.close();
      },
    });
    return new Response(body, init);
  };
  return { hass: { fetchWithAuth } as unknown as HomeAssistant, asked };
};

const send = (hass: HomeAssistant, told: UploadProgress[] = []) =>
  upload(hass, "e1", "manuals", new File(["x"], "Öl & Gas.pdf"), (at) => told.push(at), new AbortController().signal);

test("progress is told as it comes, however the lines are cut", async () => {
  const told: UploadProgress[] = [];
  const { hass, asked } = answering([
    '{"event":"progress","data":{"step":"reco', 'gnising","done":3,"total":12}}\n{"event":"done","data":{"documents":[{"duplicate":true},{}],"more":1,',
    '"failed":[{"name":"a","message":"b"}],"unreadable_pages":2}}',
    "\n",
  ]);
  expect(await send(hass, told)).toEqual({ documents: 3, duplicates: 1, unreadable: 2, failed: ["a: b"] });
  expect(told).toEqual([{ step: "recognising", done: 3, total: 12 }]);
  expect(asked).toEqual(["POST /api/hearthnet/upload?name=%C3%96l+%26+Gas.pdf&corpus=manuals&entry_id=e1"]);
});

test("the node's refusal is the failure, with its words", async () => {
  const { hass } = answering(['{"event":"error","data":{"error":"bad_request","message":"It is damaged."}}\n']);
  await expect(send(hass)).rejects.toEqual({ code: "bad_request", message: "It is damaged." });
});

test("who may not is told so", async () => {
  const { hass } = answering(['{"message":"Only an administrator may add documents."}'], { status: 403 });
  await expect(send(hass)).rejects.toEqual({ code: "forbidden", message: "Only an administrator may add documents." });
});

test("an answer that breaks off is a lost connection, never a success", async () => {
  const { hass } = answering(['{"event":"progress","data":{}}\n{"event":"do']);
  await expect(send(hass)).rejects.toEqual({ code: "connection_lost", message: "" });
});

test("whatever the node tells is read without an error", () => {
  expect(summary({ documents: 7, failed: [null, 3], more: "x" })).toEqual({ documents: 0, duplicates: 0, unreadable: 0, failed: [": ", ": "] });
});
