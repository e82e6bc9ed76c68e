/** What this home keeps: documents and models, as docs/api.md has them, read within bounds. */

import { shownPicture } from "./picture";
import { fields, flag, list, number, text } from "./reading";

export const MAX_DOCUMENTS = 200;
export const MAX_CORPORA = 100;
export const MAX_MODELS = 200;
export const MAX_PIECES = 50;
export const MAX_FOUND = 24;
export const ACCESS = ["personal", "home", "community"] as const;

export interface Corpus {
  name: string;
  access: string;
  documents: number;
}

export interface StoredDocument {
  document_id: string;
  corpus: string;
  title: string;
  language: string;
  chunks: number;
  picture: boolean;
}

export interface FoundPicture {
  document_id: string;
  title: string;
  /** What is to be seen, or to be read, on it. */
  text: string;
  /** The address of a small one; empty when there is none. */
  preview: string;
}

export interface Piece {
  chunk_id: number;
  heading: string;
  text: string;
  page: number | null;
}

export interface Model {
  engine: string;
  name: string;
  parameters: string;
  quantization: string;
  size_bytes: number;
  loaded: boolean;
  capabilities: string[];
}

export const readCorpora = (raw: unknown): Corpus[] =>
  list(fields(raw).corpora, MAX_CORPORA, (one) => ({
    name: text(one.name),
    access: text(one.access),
    documents: number(one.documents),
  })).filter((one) => one.name);

export const readDocuments = (raw: unknown): { documents: StoredDocument[]; next: string } => ({
  documents: list(fields(raw).documents, MAX_DOCUMENTS, (one) => ({
    document_id: text(one.document_id),
    corpus: text(one.corpus),
    title: text(one.title) || text(one.name),
    language: text(one.language),
    chunks: number(one.chunks),
    picture: flag(one.picture),
  })).filter((one) => one.document_id),
  next: text(fields(raw).next),
});

export const readPictures = (raw: unknown): { pictures: FoundPicture[]; note: string } => ({
  pictures: list(fields(raw).pictures, MAX_FOUND, (one) => ({
    document_id: text(one.document_id),
    title: text(one.title),
    text: text(one.text, 500),
    preview: shownPicture(one.preview),
  })).filter((one) => one.document_id),
  note: text(fields(raw).note, 400),
});

export const readPieces = (raw: unknown): { title: string; picture: string; pieces: Piece[]; more: boolean } => ({
  title: text(fields(fields(raw).document).title),
  picture: shownPicture(fields(fields(raw).document).picture),
  pieces: list(fields(raw).pieces, MAX_PIECES, (one) => ({
    chunk_id: number(one.chunk_id),
    heading: text(one.heading, 300),
    text: text(one.text, 8_000),
    page: typeof one.page === "number" ? number(one.page) : null,
  })),
  more: flag(fields(raw).more),
});

export const readModels = (raw: unknown): Model[] =>
  list(fields(raw).models, MAX_MODELS, (one) => ({
    engine: text(one.engine),
    name: text(one.name),
    parameters: text(one.parameters),
    quantization: text(one.quantization),
    size_bytes: number(one.size_bytes),
    loaded: flag(one.loaded),
    capabilities: Array.isArray(one.capabilities) ? one.capabilities.slice(0, 8).map((what) => text(what)) : [],
  })).filter((one) => one.name);
