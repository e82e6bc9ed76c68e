"""What an Ollama has: its list, what it tells of each model, and what of it runs. Asked once for each version of a model."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from hearthnet_core.backends.embedding import MAX_DIMENSIONS
from hearthnet_core.backends.known import COMPLETION, EMBEDDING, VISION, KnownModel, guessed, tokens
from hearthnet_core.backends.state import MAX_MODELS, same_model
from hearthnet_core.errors import Unavailable

if TYPE_CHECKING:
    import ollama

USUAL_CONTEXT = 4_096
"""What Ollama gives a model on a machine without a large graphics card, unless told otherwise."""
SHOW_S = 2.0
MAX_REMEMBERED = 256
_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,8})\s*$", re.MULTILINE)


class Shown:
    """Models by name and digest. `context` is what our configuration makes Ollama load them with, 0: what it does itself."""

    def __init__(self, *, context: int = 0, vision: tuple[str, ...] = ()) -> None:
        self._context = context
        self._vision = vision
        self._told: dict[tuple[str, str], ollama.ShowResponse] = {}

    async def list(self, client: ollama.AsyncClient) -> list[KnownModel]:
        """Those that run in Ollama's cloud are left out: a question must not leave the house unnoticed. Raises what the
        client raises."""
        import ollama

        # The client's own type for the list has no `remote_host`, by which a cloud model is known whatever its name.
        listed: dict[str, Any] = await client._request(dict, "GET", "/api/tags")
        rows = listed.get("models")
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise Unavailable("What answers there is no Ollama.")
        running = {m.model: m.context_length for m in (await client.ps()).models if m.model}
        here = [(r, name) for r in rows if (name := _name(r)) and not r.get("remote_host") and not in_the_cloud(name)]
        here = here[:MAX_MODELS]
        try:
            async with asyncio.timeout(SHOW_S):
                for row, name in here:
                    key = name, str(row.get("digest"))
                    if key not in self._told:
                        try:
                            self._told[key] = await client.show(name)
                        except ollama.ResponseError:
                            continue  # one broken model does not hide the others
        except TimeoutError:
            pass  # the next probe asks on
        while len(self._told) > MAX_REMEMBERED:
            del self._told[next(iter(self._told))]
        return [self._known(row, name, self._told.get((name, str(row.get("digest")))), running) for row, name in here]

    def _known(
        self, row: dict[str, Any], name: str, shown: ollama.ShowResponse | None, running: dict[str, int | None]
    ) -> KnownModel:
        details = row.get("details")
        detail: dict[str, Any] = details if isinstance(details, dict) else {}
        family = str(detail.get("family") or "")[:100]
        size = row.get("size")
        info: dict[str, Any] = dict(shown.modelinfo or {}) if shown else {}
        can = frozenset(shown.capabilities) if shown and shown.capabilities else guessed(name, family)
        if VISION not in can and COMPLETION in can and any(same_model(wish, name) for wish in self._vision):
            can |= {VISION}
        if tokens(_of(info, "embedding_length")) > MAX_DIMENSIONS:
            can -= {EMBEDDING}
        return KnownModel(
            name=name,
            can=can,
            context=self._window(shown, info, name in running, running.get(name)),
            size_bytes=size if isinstance(size, int) and size >= 0 else 0,
            family=family,
            parameters=str(detail.get("parameter_size") or "")[:40],
            quantization=str(detail.get("quantization_level") or "")[:40],
            loaded=name in running,
        )

    def _window(
        self, shown: ollama.ShowResponse | None, info: dict[str, Any], loaded: bool, running: int | None
    ) -> int:
        """What it runs with, which is mostly less than it was trained for; longer prompts are cut without a word."""
        if loaded and tokens(running) and not self._context:
            return tokens(running)
        most = tokens(_of(info, "context_length"))
        written = _NUM_CTX.search((shown.parameters or "") if shown else "")
        wanted = self._context or (int(written[1]) if written else USUAL_CONTEXT)
        return min(most, wanted) if most else wanted


def in_the_cloud(model: str) -> bool:
    tag = model.rpartition(":")[2].casefold()
    return tag == "cloud" or tag.endswith("-cloud")


def _name(row: dict[str, Any]) -> str:
    name = row.get("model") or row.get("name")
    return name if isinstance(name, str) else ""


def _of(info: dict[str, Any], what: str) -> object:
    return info.get(f"{info.get('general.architecture')}.{what}")
