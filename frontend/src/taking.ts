/** Data out of a document: the fields a person wants as a JSON Schema, and what came back for each, with where it stands. Pure. */

import { fields, flag, list, number, text } from "./reading";

export const KINDS = ["text", "number", "date", "yes_no", "list"] as const;
export const MAX_FIELDS = 20;
export const MAX_NAME = 60;
export const MAX_HINT = 2_000;
export const MAX_ENTRIES = 100;
export const MAX_ORIGINS = 2_000;
const MAX_VALUE = 2_000;

export type Kind = (typeof KINDS)[number];

export interface Wanted {
  name: string;
  kind: Kind;
}

export interface Place {
  /** Nothing: the text is not in the library. */
  chunkId: number | null;
  page: number | null;
}

export interface Said {
  value: string | number | boolean;
  places: Place[];
  /** It stands there word for word. Else the places only say what the model had read. */
  exact: boolean;
}

export interface Row extends Wanted {
  said: Said[];
}

export interface Taken {
  rows: Row[];
  model: string;
  /** The document that the data was kept as. */
  stored: string;
}

/** Null is "not in it": without it a model makes something up, and a single missing field would end it all. */
const SHAPES: Record<Kind, object> = {
  text: { type: ["string", "null"] },
  number: { type: ["number", "null"] },
  date: { type: ["string", "null"], format: "date", description: "YYYY-MM-DD" },
  yes_no: { type: ["boolean", "null"] },
  list: { type: "array", items: { type: "string" } },
};

/** Fields with a name, each name once, as the node will name them. */
export function wantedOf(rows: readonly Wanted[]): Wanted[] {
  const found = new Map<string, Wanted>();
  for (const { name, kind } of rows) {
    const clean = [...name.replace(/[\p{C}\s]+/gu, " ").trim()].slice(0, MAX_NAME).join("").trim();
    if (clean && !found.has(clean)) found.set(clean, { name: clean, kind });
  }
  return [...found.values()].slice(0, MAX_FIELDS);
}

export function schemaOf(title: string, wanted: readonly Wanted[]): object {
  return {
    title,
    type: "object",
    properties: Object.fromEntries(wanted.map(({ name, kind }) => [name, SHAPES[kind]])),
    required: wanted.map(({ name }) => name),
    additionalProperties: false,
  };
}

export function readTaken(raw: unknown, wanted: readonly Wanted[]): Taken {
  const done = fields(raw);
  const data = new Map(Object.entries(fields(done.data)));
  const origins = new Map<string, { places: Place[]; exact: boolean }>();
  list(done.sources, MAX_ORIGINS, (one) => {
    const place = { chunkId: typeof one.chunk_id === "number" ? one.chunk_id : null, page: typeof one.page === "number" ? number(one.page) : null };
    const path = text(one.path);
    const known = origins.get(path);
    origins.set(path, { places: [...(known?.places ?? []), place], exact: flag(one.exact) && (known?.exact ?? true) });
  });
  const said = (value: unknown, path: string): Said[] => {
    const read = typeof value === "string" ? value.slice(0, MAX_VALUE) : value;
    if (read === "" || (typeof read !== "string" && typeof read !== "number" && typeof read !== "boolean")) return [];
    const from = origins.get(path);
    return [{ value: read, places: from?.places ?? [], exact: from?.exact ?? false }];
  };
  return {
    rows: wanted.map(({ name, kind }) => {
      const value = data.get(name);
      const entries = Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : null;
      return { name, kind, said: entries ? entries.flatMap((one, n) => said(one, `$.${name}[${n}]`)) : said(value, `$.${name}`) };
    }),
    model: text(done.model),
    stored: text(done.stored),
  };
}
