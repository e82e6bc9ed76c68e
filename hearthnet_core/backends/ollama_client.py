"""Ollama's own client package, bounded and in our words. It is imported when an Ollama first answers: it is heavy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, cast

from hearthnet_core.backends.lines import MAX_LINE, too_long
from hearthnet_core.backends.patience import CONNECT_S
from hearthnet_core.backends.refusal import quoted, refusal
from hearthnet_core.errors import HearthNetError, NotFound, Timeout, Unavailable
from hearthnet_core.models.local_api import AS_ENGINE

if TYPE_CHECKING:
    import httpx
    import ollama

MAX_LIST = 1024 * 1024
MAX_SHOW = 8 * 1024 * 1024
"""What Ollama tells of one model names each of its tensors."""
STREAMS = ("/api/chat", "/api/generate", "/api/pull")
DISK_FULL = "no space left on device"


def made(engine: str, url: str, key: Callable[[], str]) -> ollama.AsyncClient:
    """`key` is asked at each request, so that a new one is used at once."""
    import httpx
    import ollama

    return ollama.AsyncClient(
        url,
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(None, connect=CONNECT_S),
        headers={"Authorization": "Bearer none", "Accept-Encoding": "identity", **AS_ENGINE},
        transport=_bounded_transport(engine, key),
    )


def translated(engine: str, url: str, error: Exception, model: str = "") -> HearthNetError:
    """What the client and its HTTP library raise, in our words; our own pass through."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, HearthNetError):
            return cause
        cause = cause.__cause__ or cause.__context__
    kind = type(error).__name__
    if kind == "ResponseError":
        return _refused(engine, cast("ollama.ResponseError", error), model)
    if kind in ("ConnectError", "ConnectTimeout") or isinstance(error, OSError):
        return Unavailable(f"{engine} does not answer at {url}; start it, or correct its address.")
    if kind == "ReadTimeout":
        return Timeout(f"{engine} was silent for too long.")
    if isinstance(error, (ValueError, TypeError, AttributeError, RecursionError, KeyError)):
        return Unavailable(f"{engine} answered nonsense; is this really an Ollama?")
    return Unavailable(f"The answer of {engine} broke off.")


def _refused(engine: str, error: ollama.ResponseError, model: str) -> HearthNetError:
    text = str(error.error)
    if DISK_FULL in text.casefold():
        return Unavailable(
            f"The disk of {engine} is full. Free some space, then pull again: what was fetched so far is kept."
        )
    if "file does not exist" in text.casefold():  # its registry's word for a model it does not know
        return NotFound(f"There is no model called {model[:60]!r} to pull; look at its spelling.")
    if error.status_code == 404 and model:
        return NotFound(
            f"{engine} has no model called {model[:60]!r}; pull it with `hearthnet models pull {model[:60]}`."
        )
    if error.status_code < 100:  # said in the middle of a stream
        return Unavailable(f"{engine} failed{quoted(text)}.")
    return refusal(engine, error.status_code, text, model=model)


def _bounded_transport(engine: str, key: Callable[[], str]) -> httpx.AsyncBaseTransport:
    """The client reads lines and lists of any length; this refuses them before they are kept."""
    import httpx

    class Bounded(httpx.AsyncByteStream):
        def __init__(self, inner: httpx.AsyncByteStream, *, total: int) -> None:
            self._inner = inner
            self._total = total

        async def __aiter__(self) -> AsyncIterator[bytes]:
            line, limit = 0, self._total or MAX_LINE
            async for chunk in self._inner:
                cut = -1 if self._total else chunk.rfind(b"\n")
                line = len(chunk) - cut - 1 if cut >= 0 else line + len(chunk)
                if line > limit or (cut > limit and max(map(len, chunk.split(b"\n"))) > limit):
                    raise too_long(engine)
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    class Transport(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["Authorization"] = f"Bearer {key() or 'none'}"
            response = await super().handle_async_request(request)
            if response.headers.get("Content-Encoding", "identity") != "identity":
                await response.aclose()
                raise too_long(engine)
            path = request.url.path
            streams = response.status_code == 200 and path.endswith(STREAMS)
            total = 0 if streams else MAX_SHOW if path.endswith("/api/show") else MAX_LIST
            response.stream = Bounded(cast(httpx.AsyncByteStream, response.stream), total=total)
            return response

    # One request a connection: engines drop idle ones without a word, and a POST is not sent twice.
    return Transport(limits=httpx.Limits(max_keepalive_connections=0))
