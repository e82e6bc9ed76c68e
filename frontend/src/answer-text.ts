/** Reads an answer into blocks the views can draw: paragraphs, lists, emphasis, citations. Never links, never HTML. */

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "strong"; text: string }
  | { kind: "code"; text: string }
  | { kind: "cite"; n: number }
  | { kind: "handover"; name: string };

export interface Block {
  kind: "paragraph" | "heading" | "bullets" | "numbers";
  items: Inline[][];
}

export interface Handover {
  offset: number;
  name: string;
}

/** Stands for a handover inside the text while it is read; taken out of what others wrote first. */
const MARK = "\uE000";
/** A citation that has begun and not ended yet, at the end of a text that is still arriving. */
const HALF_CITATION = / ?\[(?:\d{0,2}(?:\s*,\s*\d{0,2})*)?$/;
/** No half citation is longer; a longer tail would let a peer's spaces keep the browser busy. */
const TAIL = 40;
const INLINE = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]|\uE000/g;

export function readAnswer(raw: string, sources: number, handovers: Handover[] = [], streaming = false): Block[] {
  const names: string[] = [];
  let marked = "";
  let from = 0;
  for (const { offset, name } of [...handovers].sort((a, b) => a.offset - b.offset)) {
    if (offset <= 0 || offset > raw.length) continue;
    marked += clean(raw.slice(from, offset)) + MARK;
    names.push(name);
    from = offset;
  }
  marked += clean(raw.slice(from));
  if (streaming) marked = marked.slice(0, -TAIL) + marked.slice(-TAIL).replace(HALF_CITATION, "");

  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const line of marked.split("\n")) {
    const shape = shapeOf(line);
    if (!shape.text && !line.includes(MARK)) {
      open = null;
      continue;
    }
    const inline = readInline(shape.text, sources, names);
    if (shape.kind === "heading") {
      blocks.push({ kind: "heading", items: [inline] });
      open = null;
    } else if (open && open.kind === shape.kind) {
      if (shape.kind === "paragraph") open.items[0]?.push({ kind: "text", text: " " }, ...inline);
      else open.items.push(inline);
    } else {
      open = { kind: shape.kind, items: [inline] };
      blocks.push(open);
    }
  }
  return blocks;
}

const clean = (value: string): string => value.replace(/\uE000/g, "").replace(/\r\n?/g, "\n");

function shapeOf(line: string): { kind: Block["kind"]; text: string } {
  const trimmed = line.trim();
  const heading = /^#{1,6}\s+(.*)$/.exec(trimmed);
  if (heading) return { kind: "heading", text: heading[1] ?? "" };
  const bullet = /^(?:[-*•])\s+(.*)$/.exec(trimmed);
  if (bullet) return { kind: "bullets", text: bullet[1] ?? "" };
  const numbered = /^\d{1,2}[.)]\s+(.*)$/.exec(trimmed);
  if (numbered) return { kind: "numbers", text: numbered[1] ?? "" };
  return { kind: "paragraph", text: trimmed };
}

function readInline(line: string, sources: number, names: string[]): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  const push = (value: string): void => {
    if (value) parts.push({ kind: "text", text: value });
  };
  for (const match of line.matchAll(INLINE)) {
    const at = match.index ?? 0;
    if (match[3] !== undefined) {
      const numbers = match[3].split(",").map((n) => Number(n.trim()));
      if (!numbers.every((n) => n >= 1 && n <= sources)) continue;
      push(line.slice(from, at).trimEnd());
      for (const n of numbers) parts.push({ kind: "cite", n });
    } else {
      push(line.slice(from, at));
      if (match[1] !== undefined) parts.push({ kind: "strong", text: match[1] });
      else if (match[2] !== undefined) parts.push({ kind: "code", text: match[2] });
      else parts.push({ kind: "handover", name: names.shift() ?? "" });
    }
    from = at + match[0].length;
  }
  push(line.slice(from));
  return parts;
}

/** The first sentences of an answer as plain text, for places with little room. */
export function beginning(raw: string, sentences: number, limit = 420): string {
  const plain = raw
    .replace(/\uE000/g, "")
    .replace(/\[\d{1,2}(?:\s*,\s*\d{1,2})*\]/g, "")
    .replace(/\*\*|`|^#{1,6}\s+/gm, "")
    .replace(/^[ \t]*[-*•][ \t]+/gm, "")
    .replace(/\s+/g, " ")
    .replace(/ ([.,;:!?])/g, "$1")
    .trim();
  const ends = [...plain.matchAll(/[.!?…](?= |$)/g)].map((end) => (end.index ?? 0) + 1);
  const short = ends.length > sentences ? plain.slice(0, ends[sentences - 1]) : plain;
  return short.length > limit ? `${short.slice(0, limit - 1).replace(/\s+\S*$/, "")}…` : short;
}
