/** Data out of a document: what is asked of the node, and what is made of its answer. */

import { expect, test } from "vitest";
import { KINDS, MAX_ENTRIES, MAX_FIELDS, MAX_NAME, type Wanted, readTaken, schemaOf, wantedOf } from "../src/taking";
import { Words } from "../src/words";

const WANTED: Wanted[] = [
  { name: "From whom", kind: "text" },
  { name: "Amount", kind: "number" },
  { name: "Due", kind: "date" },
  { name: "Paid", kind: "yes_no" },
  { name: "Items", kind: "list" },
];

test("a field is named once, by what can be read of its name", () => {
  const rows = ["  Amount \n due\u0000 ", "", "Amount due", " \t", "x".repeat(200)].map((name, n): Wanted => ({ name, kind: KINDS[n] ?? "text" }));
  expect(wantedOf(rows)).toEqual([
    { name: "Amount due", kind: "text" },
    { name: "x".repeat(MAX_NAME), kind: "list" },
  ]);
  expect(wantedOf(Array.from({ length: 99 }, (_, n): Wanted => ({ name: `${n}`, kind: "text" })))).toHaveLength(MAX_FIELDS);
});

test("a name is never cut in the middle of a letter", () => {
  expect(wantedOf([{ name: "🚲".repeat(99), kind: "text" }])[0]?.name).toBe("🚲".repeat(MAX_NAME));
});

test("every field must be answered, and may be answered with nothing", () => {
  expect(schemaOf("Data", WANTED)).toEqual({
    title: "Data",
    type: "object",
    properties: {
      "From whom": { type: ["string", "null"] },
      Amount: { type: ["number", "null"] },
      Due: { type: ["string", "null"], format: "date", description: "YYYY-MM-DD" },
      Paid: { type: ["boolean", "null"] },
      Items: { type: "array", items: { type: "string" } },
    },
    required: ["From whom", "Amount", "Due", "Paid", "Items"],
    additionalProperties: false,
  });
});

test("each value stands beside where it was found, and is marked where it was not found word for word", () => {
  const taken = readTaken(
    {
      data: { "From whom": "Stadtwerke", Amount: 0, Due: null, Paid: false, Items: ["gas", "", "water"] },
      sources: [
        { path: "$.From whom", chunk_id: 3, page: 1, through: 3, exact: true },
        { path: "$.From whom", chunk_id: 9, page: 4, through: 9, exact: true },
        { path: "$.Amount", chunk_id: 3, page: null, through: 9, exact: false },
        { path: "$.Items[2]", chunk_id: 4, page: 2, through: 4, exact: true },
      ],
      model: "qwen3:4b",
      stored: "d1",
    },
    WANTED,
  );
  expect(taken.rows.map((row) => [row.name, row.said.map(({ value, exact, places }) => [value, exact, places.map((place) => place.chunkId)])])).toEqual([
    ["From whom", [["Stadtwerke", true, [3, 9]]]],
    ["Amount", [[0, false, [3]]]],
    ["Due", []],
    ["Paid", [[false, false, []]]],
    ["Items", [["gas", false, []], ["water", true, [4]]]],
  ]);
  expect([taken.model, taken.stored]).toEqual(["qwen3:4b", "d1"]);
});

test("whatever comes back is read, within bounds", () => {
  const named = [{ name: "__proto__", kind: "text" }, { name: "Items", kind: "list" }] satisfies Wanted[];
  for (const raw of [null, 3, [], { data: [] }, { data: { Items: { a: 1 } }, sources: [null, 7, { path: 3 }] }]) {
    expect(readTaken(raw, named).rows.map((row) => row.said)).toEqual([[], []]);
  }
  const long = readTaken({ data: { Items: Array(9_999).fill("x".repeat(9_999)) } }, named).rows[1]?.said ?? [];
  expect(long).toHaveLength(MAX_ENTRIES);
  expect(String(long[0]?.value)).toHaveLength(2_000);
});

test("a field may have any name", () => {
  const named: Wanted[] = [{ name: "__proto__", kind: "text" }];
  expect(JSON.stringify(schemaOf("", named))).toContain('"properties":{"__proto__":{');
  expect(readTaken(JSON.parse('{"data": {"__proto__": "found"}}'), named).rows[0]?.said[0]?.value).toBe("found");
});

test("numbers and days of a document are said in the reader's way, and changed in nothing", () => {
  const german = new Words("de");
  expect([german.exactly(2026), german.exactly(1_234_567.89), german.exactly(-0.005)]).toEqual(["2026", "1234567,89", "-0,005"]);
  expect([german.calendar("2026-12-04"), german.calendar("4 December"), german.calendar("2026-99-99")]).toEqual(["4. Dezember 2026", "4 December", "2026-99-99"]);
});
