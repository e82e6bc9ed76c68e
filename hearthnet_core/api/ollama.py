"""The Ollama-compatible facade: its addresses, its lists of models and its errors. See docs/api.md, "Facades".

`keep_alive` and `num_ctx` are read and dropped: a caller decides nothing about the memory of a neighbour's machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard
from hearthnet_core.api.method import Method
from hearthnet_core.api.ollama_chat import Chat
from hearthnet_core.api.ollama_embed import Embed
from hearthnet_core.api.ollama_pull import Pull
from hearthnet_core.api.reach import BEST, LATEST, Model, is_best
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.errors import BadRequest, HearthNetError, NotFound
from hearthnet_core.models.local_api import MAX_BODY
from hearthnet_core.runtime import Runtime

PREFIX = "/api/"
OWN_PREFIX = "/api/v1/"
OLLAMA_VERSION = "0.12.6"
"""The version of Ollama whose API is followed here; clients ask for it to know what they may send."""
LISTED = (CHAT2, CHAT, COMPLETE, EMBED, DESCRIBE)
BANNER = "Ollama is running"
EPOCH = "1970-01-01T00:00:00Z"
NEVER = "9999-12-31T00:00:00Z"


class Named(msgspec.Struct, frozen=True):
    """`name` is the older word for `model`."""

    model: str = ""
    name: str = ""


class Ollama:
    """What clients of Ollama ask of this node. `methods` are its own; `pull_model` may be among them."""

    def __init__(self, runtime: Runtime, conversing: Conversing, methods: Mapping[str, Method]) -> None:
        self._conversing = conversing
        chat, embed, pull = Chat(runtime, conversing), Embed(runtime, conversing), Pull(conversing, methods)
        self._posts = {
            "chat": chat.chat,
            "generate": chat.generate,
            "embed": embed.embed,
            "embeddings": embed.embeddings,
            "pull": pull.answer,
            "show": self._show,
        }
        self._gets = {"tags": self._tags, "ps": self._ps, "version": self._version}

    def paths(self) -> Iterable[tuple[str, str]]:
        """Method and path of everything that is served."""
        yield from (("POST", PREFIX + path) for path in self._posts)
        yield from (("GET", PREFIX + path) for path in self._gets)
        yield "GET", "/"

    def serves(self, path: str) -> bool:
        return path == "/" or (path.startswith(PREFIX) and not path.startswith(OWN_PREFIX))

    def public(self, method: str, path: str) -> bool:
        """Clients look whether anybody is there before they say who they are."""
        return method in ("GET", "HEAD") and path == "/"

    def changes(self, path: str) -> bool:
        return path == f"{PREFIX}pull"

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written."""
        path = request.path.removeprefix(PREFIX)
        if self.public(request.method, request.path):
            return web.Response(text=BANNER, headers=bodies.HEADERS)
        if request.method == "POST" and (handler := self._posts.get(path)) is not None:
            return await handler(request, running)
        if request.method in ("GET", "HEAD") and (told := self._gets.get(path)) is not None:
            return bodies.answer(told())
        raise NotFound(f"There is nothing at {request.method} {request.path[:100]}; docs/api.md lists what there is.")

    def refusal(self, error: HearthNetError) -> web.Response:
        return bodies.failure(error, {"error": error.message})

    def _version(self) -> dict[str, Any]:
        return {"version": OLLAMA_VERSION}

    def _tags(self) -> dict[str, Any]:
        return {"models": [_listed(model) for model in self._models()]}

    def _ps(self) -> dict[str, Any]:
        """Those that say they are loaded. How much memory they take is known to their machine only."""
        loaded = [model for model in self._models() if model.loaded]
        return {"models": [{**_listed(model), "expires_at": NEVER, "size_vram": 0} for model in loaded]}

    async def _show(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        asked = bodies.decoded(await bodies.read(request, MAX_BODY), Named)
        wish = asked.model or asked.name
        if not wish:
            raise BadRequest("model: say which.")
        model = self._models()[0] if is_best(wish) else self._conversing.reach.named(wish, LISTED)
        family = _family(model.name)
        return bodies.answer(
            {
                "license": "",
                "modelfile": "",
                "parameters": "",
                "template": "",
                "modified_at": EPOCH,
                "details": _details(model),
                "model_info": {"general.architecture": family, "general.basename": family},
                "capabilities": _capabilities(model),
            }
        )

    def _models(self) -> list[Model]:
        """`hearthnet` first; it can what anybody can."""
        found = self._conversing.reach.models(LISTED)
        able = frozenset[str]().union(*(model.can for model in found))
        return [Model(name=BEST + LATEST, can=able, where=(), loaded=True), *found]


def _family(name: str) -> str:
    return name.rpartition("/")[2].partition(":")[0].lower()


def _details(model: Model) -> dict[str, Any]:
    family = _family(model.name)
    return {
        "parent_model": "", "format": "", "family": family, "families": [family], "parameter_size": "",
        "quantization_level": "",
    }  # fmt: skip


def _listed(model: Model) -> dict[str, Any]:
    """Size and date of a neighbour's file are not known here; the digest is that of the name."""
    digest = hashlib.sha256(model.name.encode(errors="replace")).hexdigest()
    return {
        "name": model.name, "model": model.name, "modified_at": EPOCH, "size": 0, "digest": digest,
        "details": _details(model),
    }  # fmt: skip


def _capabilities(model: Model) -> list[str]:
    """In Ollama's words."""
    able = {
        "completion": is_best(model.name) or model.offers(CHAT) or model.offers(CHAT2) or model.offers(COMPLETE),
        "tools": model.offers(CHAT2),
        "insert": model.offers(COMPLETE),
        "vision": model.offers(DESCRIBE),
        "embedding": model.offers(EMBED),
    }
    return [word for word, can in able.items() if can]
