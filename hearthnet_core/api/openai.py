"""The OpenAI-compatible facade: its addresses, its list of models and its errors. See docs/api.md, "Facades"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from hearthnet_core.api import bodies
from hearthnet_core.api.conversing import Conversing
from hearthnet_core.api.facade import Guard
from hearthnet_core.api.openai_audio import Audio
from hearthnet_core.api.openai_chat import Chat
from hearthnet_core.api.openai_completions import Completions
from hearthnet_core.api.openai_embeddings import Embeddings
from hearthnet_core.api.openai_errors import failed
from hearthnet_core.api.reach import BEST, Model, is_best
from hearthnet_core.backends.chat import CHAT
from hearthnet_core.backends.chat2 import CHAT2, COMPLETE
from hearthnet_core.backends.embedding import EMBED
from hearthnet_core.backends.speech import SYNTHESIZE, TRANSCRIBE
from hearthnet_core.errors import HearthNetError, NotFound
from hearthnet_core.runtime import Runtime
from hearthnet_core.services.speech import Speech

PREFIX = "/v1/"
LISTED = (CHAT2, CHAT, COMPLETE, EMBED, TRANSCRIBE, SYNTHESIZE)
OWNER = "hearthnet"

type Handler = Callable[[web.BaseRequest, Guard], Awaitable[web.StreamResponse]]


class OpenAI:
    """What clients of OpenAI's API ask of this node."""

    def __init__(self, runtime: Runtime, conversing: Conversing, speech: Speech) -> None:
        self._conversing = conversing
        audio = Audio(runtime, conversing, speech)
        self._posts: dict[str, Handler] = {
            "chat/completions": Chat(runtime, conversing).answer,
            "completions": Completions(runtime, conversing).answer,
            "embeddings": Embeddings(conversing).answer,
            "audio/transcriptions": audio.transcribe,
            "audio/speech": audio.speak,
        }

    def paths(self) -> Iterable[tuple[str, str]]:
        """Method and path of everything that is served."""
        yield from (("GET", f"{PREFIX}models"), ("GET", f"{PREFIX}models/{{model}}"))
        yield from (("POST", PREFIX + path) for path in self._posts)

    def serves(self, path: str) -> bool:
        return path.startswith(PREFIX)

    def public(self, method: str, path: str) -> bool:
        return False

    def changes(self, path: str) -> bool:
        return False

    async def answer(self, request: web.BaseRequest, running: Guard) -> web.StreamResponse:
        """Raises `HearthNetError` until the first byte is written."""
        path = request.path.removeprefix(PREFIX)
        if request.method == "POST" and (handler := self._posts.get(path)) is not None:
            return await handler(request, running)
        if request.method == "GET" and path == "models":
            return bodies.answer({"object": "list", "data": [_shown(BEST, OWNER), *map(_listed, self._models())]})
        if request.method == "GET" and path.startswith("models/"):
            wish = unquote(path.removeprefix("models/"))
            found = _shown(BEST, OWNER) if is_best(wish) else _listed(self._conversing.reach.named(wish, LISTED))
            return bodies.answer(found)
        raise NotFound(f"There is nothing at {request.method} {request.path[:100]}; docs/api.md lists what there is.")

    def refusal(self, error: HearthNetError) -> web.Response:
        return bodies.failure(error, failed(error))

    def _models(self) -> list[Model]:
        return self._conversing.reach.models(LISTED)


def _listed(model: Model) -> dict[str, Any]:
    return _shown(model.name, ", ".join(model.where))


def _shown(name: str, owner: str) -> dict[str, Any]:
    """When a model was made nobody here knows."""
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}
