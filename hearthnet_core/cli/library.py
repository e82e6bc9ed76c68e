"""The verbs of the household's own library: ingest, documents, extract, forget."""

from __future__ import annotations

import argparse
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

from hearthnet_core.backends.documents.process import MAX_FILE
from hearthnet_core.backends.documents.reading import ARCHIVES, PICTURES, SUFFIXES
from hearthnet_core.cli.terminal import Terminal, plain
from hearthnet_core.cli.verb import Verbs, given, node, verb
from hearthnet_core.client import Client
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound

FAILED = 1
PAGE = 200
READ = SUFFIXES | ARCHIVES | PICTURES
STEPS = {
    "reading": "reading",
    "looking": "looking at it",
    "recognising": "reading scanned pages",
    "extracting": "taking the data out",
    "storing": "storing",
}


def add(verbs: Verbs) -> None:
    ingest = verb(
        verbs,
        "ingest",
        _ingest,
        "Add files to this household's library: PDF, Word, HTML, Markdown, text, ZIP archives of those, and pictures.",
        "hearthnet ingest manuals/ notes/*.md\nhearthnet ingest --corpus manuals --language de heating.pdf",
    )
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder with all in it")
    ingest.add_argument("--corpus", help="the collection they belong to (default: household)")
    ingest.add_argument("--title", help="the title of a single file (default: found in it)")
    ingest.add_argument("--language", help="their language, like en")
    documents = verb(
        verbs,
        "documents",
        _documents,
        "List what is in the library.",
        "hearthnet documents\nhearthnet documents manuals",
    )
    documents.add_argument("corpus", nargs="?", default="", help="only this collection")
    pictures = verb(
        verbs,
        "pictures",
        _pictures,
        "Find pictures of the library by what is on them, or by one they look like.",
        "hearthnet pictures green door\nhearthnet pictures --like 5f0c1d2e",
    )
    pictures.add_argument("query", nargs="*", help="what is on them")
    pictures.add_argument("--like", metavar="DOCUMENT", help="the beginning of a picture's id: others like it")
    pictures.add_argument("-k", type=int, default=12, help="how many (default 12, at most 24)")
    extract = verb(
        verbs,
        "extract",
        _extract,
        "Take data out of a document, in the shape of a JSON Schema; a language model reads it.",
        "hearthnet extract 5f0c1d2e --schema bill.json\nhearthnet extract 5f0c1d2e --schema bill.json --corpus bills",
    )
    extract.add_argument("document", help="the beginning of its id, as `hearthnet documents` shows it")
    extract.add_argument("--schema", type=Path, required=True, metavar="FILE", help="the JSON Schema")
    extract.add_argument("--corpus", help="keep the data as a document in this collection")
    extract.add_argument("--instructions", help="what to look out for, in a sentence")
    extract.add_argument("--model", help="only this model")
    forget = verb(
        verbs, "forget", _forget, "Remove a document from the library.", "hearthnet forget 5f0c1d2e --corpus manuals"
    )
    forget.add_argument("document", help="the beginning of its id, as `hearthnet documents` shows it")
    forget.add_argument("--corpus", default="household", help="the collection it is in (default: household)")


async def _ingest(options: argparse.Namespace, terminal: Terminal) -> int | None:
    files = _files(options.files)
    if options.title and len(files) > 1:
        raise BadRequest("A title is for one file; leave it out for several.")
    taken: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    async with node(options) as client:
        for number, path in enumerate(files, 1):
            label = f"{path.name} ({number}/{len(files)})" if len(files) > 1 else path.name
            try:
                done = await _one(client, path, label, options, terminal)
            except HearthNetError as error:
                if len(files) == 1:
                    raise
                failed.append({"file": str(path), "message": error.message})
                terminal.note(f"{path.name}: {plain(error.message)}")
                continue
            taken += [{"file": str(path), **document} for document in done["documents"]]
            failed += [{"file": str(path), **entry} for entry in done["failed"]]
            if not options.json:
                _say(done, terminal)
    terminal.end_progress()
    if options.json:
        terminal.json({"documents": taken, "failed": failed})
    return FAILED if failed else None


async def _one(
    client: Client, path: Path, label: str, options: argparse.Namespace, terminal: Terminal
) -> dict[str, Any]:
    terminal.progress(label)
    params = given(name=path.name, corpus=options.corpus, title=options.title, language=options.language)
    shown = ""
    async with aclosing(client.stream("ingest_file", params, upload=_bytes(path))) as events:
        async for event, data in events:
            if event == "done":
                return data
            if event == "progress" and (step := STEPS.get(data["step"])):
                count = f" {data['done']}/{data['total']}" if data["total"] else f" {data['done'] or ''}"
                if terminal.live or step != shown:
                    shown = step
                    terminal.progress(f"{label}: {step}{count}".rstrip())
    raise BadRequest(f"{path.name} ended without an answer.")


def _say(done: dict[str, Any], terminal: Terminal) -> None:
    for document in done["documents"]:
        passages = f"{document['chunks']} passage{'' if document['chunks'] == 1 else 's'}"
        known = "was known already" if document["duplicate"] else passages
        terminal.say(f"{plain(document['title'])}: {known}")
    if done["more"]:
        terminal.say(f"and {done['more']} more")
    for entry in done["failed"]:
        terminal.note(f"{plain(entry['name'])}: {plain(entry['message'])}")
    if done["unreadable_pages"] and [d["pages"] for d in done["documents"]] == [0]:
        terminal.note(
            "It is kept by its name: nobody in this home can say what it shows. Add it again when somebody sees."
        )
    elif pages := done["unreadable_pages"]:
        many = "1 page is a picture" if pages == 1 else f"{pages} pages are pictures"
        terminal.note(
            f"{many} nobody in this home could read; add it again when somebody can (install Tesseract, or a model that sees)."
        )


def _files(named: list[Path]) -> list[Path]:
    """Each file once; of a folder all that can be read, in order. Raises `NotFound`, `BadRequest`."""
    found: dict[Path, None] = {}
    for path in named:
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.casefold() in READ]
            if not inside:
                raise NotFound(f"In {path} is no file that can be read.")
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            raise NotFound(f"There is no file {path}.")
    return list(found)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadRequest(
                f"{path} is larger than {MAX_FILE // 1024**2} MiB; put it into a watched folder of the node instead."
            )
        return path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.") from None


async def _documents(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await _listed(client, options.corpus)
    if options.json:
        terminal.json({"documents": found})
    elif not found:
        terminal.say("Nothing is there; add something with `hearthnet ingest`.")
    else:
        rows = [(d["document_id"][:8], d["corpus"], plain(d["title"]), d["language"], d["chunks"]) for d in found]
        terminal.table(("ID", "COLLECTION", "TITLE", "LANGUAGE", "PASSAGES"), rows)


async def _pictures(options: argparse.Namespace, terminal: Terminal) -> None:
    if bool(options.query) is (options.like is not None):
        raise BadRequest("Say what is on the picture, or with --like which one it is to look like.")
    async with node(options) as client:
        asked: dict[str, Any] = {"query": " ".join(options.query)}
        if options.like is not None:
            document = await _meant(client, options.like, "")
            asked = {"document_id": document["document_id"], "corpus": document["corpus"]}
        found = await client.call("find_pictures", {**asked, "k": options.k})
    if options.json:
        terminal.json(found)
        return
    rows = [
        (p["document_id"][:8], p["corpus"], plain(p["title"]), " ".join(plain(p["text"]).split()))
        for p in found["pictures"]
    ]
    if rows:
        terminal.table(("ID", "COLLECTION", "TITLE", "WHAT IS KNOWN OF IT"), rows)
    else:
        terminal.say("No picture was found.")
    if found["note"]:
        terminal.note(found["note"])


async def _extract(options: argparse.Namespace, terminal: Terminal) -> None:
    schema = _schema(options.schema)
    async with node(options) as client:
        document = await _meant(client, options.document, "")
        params = given(corpus=options.corpus, instructions=options.instructions, model=options.model)
        asked = {**params, "document_id": document["document_id"], "schema": schema}
        async with aclosing(client.stream("extract", asked)) as events:
            async for event, data in events:
                if event == "progress" and terminal.live:
                    share = f" {data['done'] * 100 // data['total']} %" if data["total"] else ""
                    terminal.progress(f"{plain(document['title'])}: {STEPS[data['step']]}{share}")
                elif event == "done":
                    terminal.end_progress()
                    terminal.json(data if options.json else data["data"])
                    if not options.json and "stored" in data:
                        terminal.note(f"It is kept in {options.corpus} as {data['stored'][:8]}.")


def _schema(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{path} is no JSON: {error}.") from None


async def _forget(options: argparse.Namespace, terminal: Terminal) -> None:
    async with node(options) as client:
        found = await _meant(client, options.document, options.corpus)
        await client.call("delete_document", {"document_id": found["document_id"], "corpus": options.corpus})
    if options.json:
        terminal.json({"document_id": found["document_id"]})
    else:
        terminal.say(f"{plain(found['title'])} is forgotten.")


async def _listed(client: Client, corpus: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: str | None = ""
    while before is not None:
        answer = await client.call("documents", {"corpus": corpus, "limit": PAGE, "before": before})
        found += answer["documents"]
        before = answer["next"]
    return found


async def _meant(client: Client, beginning: str, corpus: str) -> dict[str, Any]:
    """The one document whose id begins so. Raises `NotFound`."""
    matching = {d["document_id"]: d for d in await _listed(client, corpus) if d["document_id"].startswith(beginning)}
    if len(matching) != 1:
        several = "More than one document's id begins" if matching else "No document's id begins"
        where = f" in {corpus}" if corpus else ""
        raise NotFound(f"{several} with {beginning!r}{where}; see `hearthnet documents`.")
    (found,) = matching.values()
    return found
