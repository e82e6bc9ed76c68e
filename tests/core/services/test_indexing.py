"""The index of meanings in a real Chroma: what is found by it, and what becomes of it on bad days."""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from hearthnet_core.backends.embedding import MAX_TEXTS
from hearthnet_core.capability import Privacy
from hearthnet_core.errors import Unavailable
from hearthnet_core.models.ids import NodeId
from hearthnet_core.services import vectors as stored
from hearthnet_core.services.embedders import Vector
from hearthnet_core.services.indexing import PATIENCE_S, Indexing, Passages
from hearthnet_core.services.meaning import Kind, Meaning
from hearthnet_core.services.rag import IngestRequest, QueryDone, QueryRequest
from tests.core.node.living import lives
from tests.core.services.meanings import SIZE, Embedder, Home, home, vector
from tests.models.minilm import NAME, minilm

NEIGHBOUR = NodeId(b"n" * 32)


async def put(lived: Home, name: str, text: str, corpus: str = "household") -> str:
    return (await lived.knowledge.ingest(IngestRequest(name=name, text=text, corpus=corpus), replace=True)).document_id


async def ask(lived: Home, query: str, caller: NodeId | None = None, **more: object) -> QueryDone:
    return await lived.knowledge.query(QueryRequest(query=query, **more), caller)  # type: ignore[arg-type]


def titles(done: QueryDone) -> list[str]:
    return [found.metadata["doc_title"] for found in done.chunks]


async def filled(lived: Home) -> None:
    for name, text in (
        ("well", "# Well\n\nThe well is behind the church."),
        ("doctor", "# Doctor\n\nThe doctor lives at number nine."),
        ("torch", "# Torch\n\nA torch hangs in the hall."),
    ):
        await put(lived, name, text)


class Elsewhere(Meaning):
    """The only model is another node's of this home, until it is `here`."""

    def __init__(self, lived: Home) -> None:
        super().__init__(lived.runtime, lived.bus)
        self.here = False
        self.sent: list[tuple[Privacy, str]] = []
        self.then: Callable[[], Awaitable[object]] | None = None

    def models(self, privacy: Privacy) -> list[str]:
        return ["tiny"] if self.here or privacy is not Privacy.LOCAL else []

    async def vectors(
        self, space: str, texts: Sequence[str], kind: Kind, privacy: Privacy, seconds: float, *, keep: bool = True
    ) -> list[Vector]:
        self.sent += [(privacy, text.splitlines()[0]) for text in texts]
        if self.then is not None:
            await self.then()
        return [tuple(vector(text, space)) for text in texts]


async def test_what_is_personal_is_embedded_by_this_device_alone(tmp_path: Path) -> None:
    async with home(tmp_path) as lived:
        elsewhere = Elsewhere(lived)
        index = Indexing(lived.runtime, lived.database, Passages(lived.database, elsewhere), tmp_path / "here")
        await put(lived, "well", "# Well\n\nThe well is behind the church.")
        await put(lived, "diary", "# Diary\n\nThe hydrant leaks.", corpus="diary")
        await lived.knowledge.set_access("diary", "personal")
        await index.refresh()
        assert elsewhere.sent == [(Privacy.HOME, "Well")]
        assert (index.space, index.progress) == ("tiny", None), "it is as complete as it gets"
        elsewhere.here = True
        await index.refresh()
        assert elsewhere.sent[1:] == [(Privacy.LOCAL, "Diary")]
        elsewhere.here = False
        await index.refresh()
        assert index.vectors is not None
        assert index.vectors.ids("tiny").keys() == {"household", "diary"}, "what is there is kept"
        await index.aclose()


async def test_what_becomes_personal_while_it_is_indexed_goes_no_further(tmp_path: Path) -> None:
    async with home(tmp_path) as lived:
        elsewhere = Elsewhere(lived)
        index = Indexing(lived.runtime, lived.database, Passages(lived.database, elsewhere), tmp_path / "here")
        for n in range(2 * MAX_TEXTS):
            await put(lived, f"{n}", f"# Day {n}\n\nIt rained {n} times.", corpus="diary")
        elsewhere.then = lambda: lived.knowledge.set_access("diary", "personal")
        await index.refresh()
        assert len(elsewhere.sent) == MAX_TEXTS
        elsewhere.here, elsewhere.then = True, None
        await index.refresh()
        assert {privacy for privacy, _ in elsewhere.sent[MAX_TEXTS:]} == {Privacy.LOCAL}
        assert len(elsewhere.sent) == 2 * MAX_TEXTS
        await index.aclose()


async def test_a_model_that_was_replaced_under_its_name_has_its_index_made_again(tmp_path: Path) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        await filled(lived)
        await lived.index.refresh()
        embedder.gives = [1.0, 0.0, 0.0]
        done = await ask(lived, "hydrant")
        assert done.method == "bm25" and "made again" in done.note
        await lived.index.refresh()
        await lived.index.refresh()
        assert (lived.index.space, lived.index.problem) == ("tiny", "")
        done = await ask(lived, "hydrant")
        assert (done.method, done.note) == ("hybrid", "")


async def test_a_vector_that_outlived_its_passage_finds_no_other_one(tmp_path: Path) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        await filled(lived)
        id = await put(lived, "last", "# Hydrant\n\nHydrants are red.")
        await lived.index.refresh()
        embedder.down = Unavailable("gone")  # the round fails: nothing new comes into the index
        await lived.knowledge.forget(id, "household")
        await put(lived, "new", "# Bread\n\nBread is baked on Friday.")  # has the number of the one that is gone
        embedder.down = None
        assert "Bread" not in titles(await ask(lived, "fountain red"))


async def test_what_means_the_same_is_found_without_a_common_word(tmp_path: Path) -> None:
    async with home(tmp_path, Embedder()) as lived:
        await filled(lived)
        before = await ask(lived, "hydrant")
        assert (before.chunks, before.method) == ((), "bm25") and before.note
        await lived.index.refresh()
        done = await ask(lived, "hydrant")
        assert (titles(done)[0], done.method, done.note) == ("Well", "hybrid", "")


async def test_without_a_model_words_are_compared_and_the_answer_says_so(tmp_path: Path) -> None:
    async with home(tmp_path) as lived:
        await filled(lived)
        await lived.index.refresh()
        done = await ask(lived, "well")
        assert (titles(done), done.method) == (["Well"], "bm25")
        assert done.note == "no embedding model: only words are compared"
        assert not (tmp_path / "vectors").exists()


async def test_without_chroma_words_are_compared_and_the_answer_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored.Vectors, "installed", staticmethod(lambda: False))
    async with home(tmp_path, Embedder()) as lived:
        await filled(lived)
        await lived.index.refresh()
        done = await ask(lived, "well")
        assert titles(done) == ["Well"] and "extra `vectors`" in done.note


async def test_what_the_household_keeps_is_embedded_in_the_household_only(tmp_path: Path) -> None:
    cloud = Embedder("cloud", internet=True)
    async with home(tmp_path, cloud) as lived:
        await filled(lived)
        await lived.index.refresh()
        assert cloud.texts == [] and lived.index.space == ""


async def test_a_neighbour_finds_nothing_by_its_meaning_that_is_not_for_neighbours(tmp_path: Path) -> None:
    async with home(tmp_path, Embedder()) as lived:
        await put(lived, "diary", "# Diary\n\nThe well is dry.", "personal")
        await put(lived, "notes", "# Notes\n\nThe well is deep.", "household")
        await put(lived, "map", "# Map\n\nThe well is marked blue.", "shared")
        await lived.knowledge.set_access("personal", "personal")
        await lived.index.refresh()
        assert set(titles(await ask(lived, "hydrant"))) == {"Diary", "Notes", "Map"}
        assert set(titles(await ask(lived, "hydrant", NodeId(b"h" * 32)))) == {"Notes", "Map"}
        for corpora in ((), ("personal",), ("household",), ("personal", "household", "shared")):
            assert set(titles(await ask(lived, "hydrant", NEIGHBOUR, corpora=corpora))) <= {"Map"}


async def test_nothing_is_embedded_twice_whatever_happens_to_it(tmp_path: Path) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        await filled(lived)
        await lived.index.refresh()
        assert len(embedder.texts) == 3
        await put(lived, "copy", "# Well\n\nThe well is behind the church.\n", "shared")
        await put(lived, "torch", "# Torch\n\nA torch hangs in the hall.\n\n# More\n\nIt shines.")
        await lived.index.refresh()
        assert [text.partition("\n")[2] for text in embedder.texts[3:]] == ["It shines."]
    async with home(tmp_path, embedder) as lived:
        await lived.index.refresh()
        assert len(embedder.texts) == 4 and lived.index.space == "tiny"
        embedder.texts.clear()
        assert set(titles(await ask(lived, "fountain", NEIGHBOUR, k=1))) == {"Well"}
        assert embedder.texts == ["fountain"]


async def test_what_is_taken_away_is_found_no_more_from_the_same_moment(tmp_path: Path) -> None:
    async with home(tmp_path, Embedder()) as lived:
        await filled(lived)
        gone = await put(lived, "hydrant", "# Hydrant\n\nOpen the hydrant with the long key.")
        await lived.index.refresh()
        await lived.knowledge.forget(gone, "household")
        assert "Hydrant" not in titles(await ask(lived, "fountain"))
        await lived.index.refresh()
        assert lived.index.vectors is not None
        assert {k: len(v) for k, v in lived.index.vectors.ids("tiny").items()} == {"household": 3}


async def test_another_model_takes_over_once_its_index_is_complete(tmp_path: Path) -> None:
    old, new = Embedder("old"), Embedder("new")
    async with home(tmp_path, old) as lived:
        await filled(lived)
        await lived.index.refresh()
    async with home(tmp_path, old, new, wished="new") as lived:
        seen: list[tuple[str, str]] = []

        async def meanwhile() -> None:
            new.waits = None
            seen.append((titles(await ask(lived, "hydrant"))[0], lived.index.space))

        new.waits = meanwhile
        await lived.index.refresh()
        assert seen == [("Well", "old")]
        assert lived.index.space == "new" and len(new.texts) == 3
        assert titles(await ask(lived, "hydrant"))[0] == "Well"
        assert lived.index.vectors is not None and lived.index.vectors.ids("old") == {}


async def test_the_old_index_answers_while_one_of_longer_or_shorter_vectors_is_made(tmp_path: Path) -> None:
    old, new = Embedder("old"), Embedder("new")
    async with home(tmp_path, old) as lived:
        await filled(lived)
        for n in range(MAX_TEXTS):
            await put(lived, f"{n}", f"# Day {n}\n\nIt rained {n} times.")
        await lived.index.refresh()
    async with home(tmp_path, old, new, wished="new") as lived:
        seen: list[tuple[str, str]] = []

        async def meanwhile() -> None:
            if new.texts:  # the second batch
                done = await ask(lived, "hydrant")
                seen.append((done.method, titles(done)[0]))

        new.gives, new.waits = [1.0, 0.0, 0.0], meanwhile
        await lived.index.refresh()
        assert seen == [("hybrid", "Well")] and lived.index.space == "new"


async def test_a_new_index_goes_on_after_a_restart_half_way(tmp_path: Path) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        for n in range(40):
            await put(lived, f"n{n}", f"# Note {n}\n\nThe well number {n}.")

        async def once() -> None:
            if len(embedder.texts) >= 16:
                raise Unavailable("Gone.")

        embedder.waits = once
        await lived.index.refresh()
        assert len(embedder.texts) == 16 and lived.index.space == ""
        assert lived.index.progress is not None and lived.index.progress.total == 40
    embedder.waits = None
    async with home(tmp_path, embedder) as lived:
        await lived.index.refresh()
        assert len(embedder.texts) == 40 and len(set(embedder.texts)) == 40
        assert lived.index.space == "tiny" and lived.index.progress is None


async def test_a_model_that_is_away_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    first, second = Embedder("first"), Embedder("second")
    async with home(tmp_path, first, second) as lived:
        await filled(lived)
        await lived.index.refresh()
        first.available = False
        await lived.index.refresh()
        done = await ask(lived, "well")
        assert second.texts == [] and titles(done) == ["Well"]
        assert done.note == "the model first is not there"
        first.available = True
        await lived.index.refresh()
        assert (await ask(lived, "hydrant")).method == "hybrid" and len(first.texts) == 4
        first.available = False
        await lived.index.refresh()
        assert lived.index._unseen is not None
        lived.index._unseen -= PATIENCE_S + 1
        await lived.index.refresh()
        assert lived.index.space == "second"


@pytest.mark.parametrize("damage", ["database", "missing", "older", "garbled"])
async def test_a_damaged_index_is_announced_and_made_again_from_the_documents(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        await filled(lived)
        await lived.index.refresh()
    folder = tmp_path / "vectors"
    (chroma,) = folder.glob("chroma-*")
    match damage:
        case "database":
            (chroma / "chroma.sqlite3").write_bytes(b"no database" * 5_000)
        case "missing":
            shutil.rmtree(folder)
        case "older":
            state = (folder / "format.json").read_text()
            (folder / "format.json").write_text(state.replace('"format":1', '"format":0'))
        case "garbled":
            (folder / "format.json").write_bytes(b"\x00\xff")
    async with home(tmp_path, embedder) as lived:
        told: list[str] = []
        lived.index.changed.connect(lambda _: told.append(lived.index.problem))
        await lived.index.refresh()
        await lived.index.refresh()
        done = await ask(lived, "hydrant")
        assert (titles(done)[0], done.method) == ("Well", "hybrid")
        assert any("made again from the documents" in text for text in told) and lived.index.problem == ""
        assert "made again from the documents" in caplog.text


def test_a_damaged_graph_is_noticed_when_it_is_opened(tmp_path: Path) -> None:
    kept = stored.Vectors(tmp_path)
    kept.open()
    kept.add(
        "tiny", "household", [(f"{n}.x", vector(f"word{n} other{n % 7} more{n % 31}", "tiny")) for n in range(1_200)]
    )
    kept.close()
    files = list(tmp_path.glob("chroma-*/*/*.bin"))
    assert files
    for file in files:
        file.write_bytes(b"\xff" * file.stat().st_size)
    again = stored.Vectors(tmp_path)
    assert again.open()
    with pytest.raises(stored.Lost):
        again.ids("tiny")
    again.begin_anew()
    assert not again.open() and again.ids("tiny") == {}
    again.close()


async def test_an_index_that_breaks_while_it_is_searched_costs_only_the_meaning(tmp_path: Path) -> None:
    async with home(tmp_path, Embedder()) as lived:
        await filled(lived)
        await lived.index.refresh()
        assert lived.index.vectors is not None
        lived.index.vectors.close()
        done = await ask(lived, "well")
        assert (titles(done), done.method) == (["Well"], "bm25") and "made again" in done.note
        await lived.index.refresh()
        assert (await ask(lived, "hydrant")).method == "hybrid"


async def test_a_full_disk_is_announced_and_words_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with home(tmp_path, Embedder()) as lived:
        await filled(lived)
        monkeypatch.setattr(stored.Vectors, "_no_room", lambda self: True)
        monkeypatch.setattr(stored.Vectors, "_begin", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        await lived.index.refresh()
        assert "is full" in lived.index.problem and titles(await ask(lived, "well")) == ["Well"]
        monkeypatch.undo()
        await lived.index.refresh()
        assert lived.index.problem == "" and (await ask(lived, "hydrant")).method == "hybrid"


async def test_a_slow_model_costs_no_more_than_its_time(tmp_path: Path) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        await filled(lived)
        await lived.index.refresh()
        embedder.waits = lambda: asyncio.sleep(30)
        done = await ask(lived, "well")
        assert titles(done) == ["Well"] and "took longer than" in done.note


async def test_vectors_that_are_none_are_refused(tmp_path: Path) -> None:
    embedder = Embedder()
    async with home(tmp_path, embedder) as lived:
        await filled(lived)
        embedder.says = "else"
        await lived.index.refresh()
        assert lived.index.space == "" and "another model" in lived.index.why
        embedder.says = embedder.model
        for value in (math.nan, math.inf, 0.0, 1.0):
            embedder.gives = [value] * SIZE
            await lived.index.refresh()
            assert lived.index.space == "" and "not of length 1" in lived.index.why


async def test_a_whole_node_with_the_real_model_finds_by_meaning_and_says_so(tmp_path: Path) -> None:
    settings = {"library": False, "retrieval": {"embedding_folder": str(minilm())}}
    async with lives(tmp_path, "Alice", **settings) as alice:
        assert (await alice.call("state"))["library"]["indexing"] is None
        for name, text in (
            ("stove", "# Stove\n\nNever burn charcoal indoors: the fumes kill without a smell."),
            ("bins", "# Bins\n\nThe paper bins are emptied every second Tuesday."),
        ):
            await alice.call("ingest", name=name, text=text)
        state = await alice.until(lambda s: s["library"]["model"] == NAME and s["library"]["indexing"] is None)
        assert (state["library"]["note"], state["node"]["warnings"]) == ("", [])
        async with asyncio.timeout(30):
            while True:
                found = await alice.call("search", query="carbon monoxide poisoning from heating")
                if found["method"] == "hybrid" and found["results"]:  # the passages may come into the index just now
                    break
                # a machine that is busy with something else compares words only, and says so
                assert found["method"] == "hybrid" or found["note"].startswith("only words are compared")
        assert (found["results"][0]["doc_title"], found["method"], found["note"]) == ("Stove", "hybrid", "")
        assert "Bins" not in [s["doc_title"] for s in found["results"]]
