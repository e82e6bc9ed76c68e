import { expect, test } from "vitest";
import { type Inline, beginning, readAnswer } from "../src/answer-text";

const inline = (raw: string, sources = 3, ...rest: [handovers?: { offset: number; name: string }[], streaming?: boolean]): Inline[] =>
  readAnswer(raw, sources, ...rest).flatMap((block) => block.items.flat());
const cites = (parts: Inline[]): number[] => parts.flatMap((part) => (part.kind === "cite" ? [part.n] : []));
const plain = (parts: Inline[]): string => parts.map((part) => ("text" in part ? part.text : "")).join("");

test("a citation of a source that exists is a citation, alone or in a list", () => {
  expect(cites(inline("Six months [1]. Cool and dark [2, 3]."))).toEqual([1, 2, 3]);
});

test("a number in brackets that is no source stays text", () => {
  const parts = inline("See [4] and [0] and [1999].");
  expect(cites(parts)).toEqual([]);
  expect(plain(parts)).toBe("See [4] and [0] and [1999].");
});

test("one citation of a list that does not exist keeps the whole list as text", () => {
  expect(cites(inline("Both [1, 9]."))).toEqual([]);
});

test("half a citation at the end of a stream is held back until it is whole", () => {
  for (const half of ["Six months [", "Six months [1", "Six months [1,", "Six months [1, 2"]) {
    expect(plain(inline(half, 3, [], true))).toBe("Six months");
  }
  expect(cites(inline("Six months [1]", 3, [], true))).toEqual([1]);
  expect(plain(inline("Six months [1", 3, [], false))).toBe("Six months [1");
});

test("markup and links of a peer stay the characters they are", () => {
  const raw = '<img src=x onerror=alert(1)> [go](javascript:alert(1)) <script>1</script>';
  const parts = inline(raw);
  expect(parts.every((part) => part.kind === "text")).toBe(true);
  expect(plain(parts)).toBe(raw);
});

test("a handover stands where the next node took over, whatever the text pretends", () => {
  const raw = "One.\uE000 Two.";
  const parts = inline(raw, 0, [{ offset: 5, name: "Carol" }]);
  expect(parts.filter((part) => part.kind === "handover")).toEqual([{ kind: "handover", name: "Carol" }]);
  expect(plain(parts)).toBe("One. Two.");
});

test("lists, headings and paragraphs are told apart", () => {
  const blocks = readAnswer("# Water\nPlan for:\n- two litres\n- ten days\n\n1. Boil\n2) Wait", 0);
  expect(blocks.map((block) => [block.kind, block.items.length])).toEqual([
    ["heading", 1],
    ["paragraph", 1],
    ["bullets", 2],
    ["numbers", 2],
  ]);
});

test("a peer's text cannot keep the browser busy", { timeout: 5_000 }, () => {
  for (const raw of ["**", "[1,", "`", "a ", "x", "\n", "- ", "[1 ,", "1. "].map((part) => part.repeat(16_000)).concat(`[1,${" ".repeat(48_000)}x [1]`)) {
    for (let i = 0; i < 5; i += 1) {
      expect(Array.isArray(readAnswer(raw, 20, [], true))).toBe(true);
      expect(beginning(raw, 3).length).toBeLessThanOrEqual(420);
      expect(beginning(raw, Infinity, 48_000).length).toBeLessThanOrEqual(48_000);
    }
  }
});

test("the beginning of an answer is whole sentences without marks", () => {
  expect(beginning("Store **water** unopened [1]. Replace it. Then wait. And more.", 3)).toBe("Store water unopened. Replace it. Then wait.");
  expect(beginning("word ".repeat(300), 3).endsWith("…")).toBe(true);
});
