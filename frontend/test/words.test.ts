/// <reference types="vite/client" />
import { expect, test } from "vitest";
import de from "../../translations/panel/de.json";
import en from "../../translations/panel/en.json";
import { Words, wordsFor } from "../src/words";

type Tree = { [key: string]: string | Tree };
const leaves = (tree: Tree, path = ""): Map<string, string> =>
  new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${path}${key}`, value] as const] : [...leaves(value, `${path}${key}.`)],
    ),
  );
const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();

test("German has every text that English has, with the same values", () => {
  const english = leaves(en);
  const german = leaves(de);
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  for (const [key, text] of english) expect([key, values(german.get(key) ?? "")]).toEqual([key, values(text)]);
});

test("every text the source names exists", () => {
  const source = Object.values(import.meta.glob<string>("../src/*.ts", { query: "?raw", import: "default", eager: true })).join("\n");
  const english = leaves(en);
  const named = [...source.matchAll(/["'`](panel(?:\.[a-z_]+)+)["'`]/g)].map((match) => match[1] ?? "");
  expect(named.length).toBeGreaterThan(100);
  const groups = new Set([...english.keys()].flatMap((key) => key.split(".").map((_, i, all) => all.slice(0, i).join("."))));
  expect(named.filter((key) => !english.has(key) && !groups.has(key))).toEqual([]);
});

test("one and many take their own form, in the language's own way", () => {
  const english = new Words("en");
  expect(english.n("panel.status.near", 1)).toBe("1 node near");
  expect(english.n("panel.status.near", 0)).toBe("0 nodes near");
  expect(english.n("panel.status.near", 1_200)).toBe("1,200 nodes near");
  const german = new Words("de");
  expect(german.n("panel.mesh.members", 1)).toBe("1 Haushalt");
  expect(german.n("panel.mesh.members", 1_200)).toBe("1.200 Haushalte");
});

test("a regional language finds its language, an unknown one English", () => {
  expect(new Words("de-CH").t("panel.tabs.ask")).toBe("Fragen");
  expect(new Words("xx").t("panel.tabs.ask")).toBe("Ask");
});

test("a value of a peer is put in as it is, not read as a pattern", () => {
  expect(new Words("en").t("panel.ask.answered_by", { name: "{when} $& <b>" })).toBe("Answered by {when} $& <b>");
});

test("a name a peer made up finds no text of ours by accident", () => {
  for (const name of ["__proto__", "constructor", "toString", "names.llm.chat"]) {
    expect(new Words("en").named("panel.capability", name)).toBeUndefined();
  }
  expect(new Words("en").named("panel.capability.names", "llm.chat")).toBe("Answers questions");
});

test("a moment is said as shortly as it stays clear", () => {
  const words = new Words("en", "en", false, "UTC");
  const now = Date.UTC(2026, 10, 24, 17, 42);
  expect(words.when(Date.UTC(2026, 10, 24, 9, 5), now)).toBe("09:05");
  expect(words.when(Date.UTC(2026, 10, 22, 9, 5), now)).toMatch(/^Sunday.*09:05$/);
  expect(words.when(Date.UTC(2026, 4, 2, 9, 5), now)).toMatch(/^May 2.*09:05$/);
  expect(words.when(Date.UTC(2024, 4, 2, 9, 5), now)).toContain("2024");
  expect(words.day(Date.UTC(2026, 10, 30, 9, 5), now)).toBe("Monday");
});

test("Home Assistant's language and clock decide", () => {
  const hass = { language: "de", locale: { language: "de", time_format: "24", time_zone: "server" }, config: { time_zone: "Europe/Berlin" } };
  const words = wordsFor(hass as never);
  expect(words.language).toBe("de");
  expect(words.when(Date.UTC(2026, 10, 24, 17, 42), Date.UTC(2026, 10, 24, 18, 0))).toBe("18:42");
  expect(wordsFor(hass as never)).toBe(words);
});
