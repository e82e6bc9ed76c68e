/** Pictures of the library: what is shown of what the node sends, and nothing else. */

import { expect, test } from "vitest";
import { MAX_FOUND, readDocuments, readPictures, readPieces } from "../src/home-types";
import { MAX_SHOWN, shownPicture } from "../src/picture";
import { readState } from "../src/reading";
import { ACCEPTED } from "../src/upload";

const JPEG = "/9j/4AAQSkZJRg==";

test("a JPEG is shown, as what it is", () => {
  expect(shownPicture(JPEG)).toBe(`data:image/jpeg;base64,${JPEG}`);
});

test.each([
  ["an address", "https://example.com/a.jpg"],
  ["another address to show data by", "data:image/svg+xml;base64,PHN2Zz4="],
  ["a drawing that can hold a script", "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"],
  ["a JPEG's beginning with more behind it", `${JPEG}" onerror="alert(1)`],
  ["lines", `/9j/\n${JPEG}`],
  ["too much", `/9j/${"A".repeat(MAX_SHOWN)}`],
  ["nothing", ""],
  ["no text", [JPEG]],
])("%s is not shown", (_, value) => {
  expect(shownPicture(value)).toBe("");
});

test("found pictures are read within bounds, and one without a preview stays", () => {
  const read = readPictures({ pictures: [{ document_id: "a", title: "Bicycle", text: "Red.", preview: JPEG }, { document_id: "b", preview: 3 }, {}, null], note: "No model." });
  expect(read).toEqual({
    pictures: [
      { document_id: "a", title: "Bicycle", text: "Red.", preview: `data:image/jpeg;base64,${JPEG}` },
      { document_id: "b", title: "", text: "", preview: "" },
    ],
    note: "No model.",
  });
  expect(readPictures({ pictures: Array(99).fill({ document_id: "a" }) }).pictures).toHaveLength(MAX_FOUND);
  expect(readPictures(null)).toEqual({ pictures: [], note: "" });
});

test("an older node says nothing of pictures, and has none", () => {
  expect(readDocuments({ documents: [{ document_id: "a" }, { document_id: "b", picture: true }] }).documents.map((one) => one.picture)).toEqual([false, true]);
  expect(readPieces({ document: { title: "a" } }).picture).toBe("");
  expect(readState({ library: { documents: 3 } })?.library.pictures).toBe(0);
  expect(readState({ library: { pictures: 7 } })?.library.pictures).toBe(7);
});

test("what the node takes as a picture can be chosen", () => {
  expect(ACCEPTED.split(",")).toEqual(expect.arrayContaining([".pdf", ".jpg", ".jpeg", ".png", ".webp"]));
});
