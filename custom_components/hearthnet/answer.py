"""One question to the node, from its first event to its last, as messages of a chat log.

It is told in legs: a leg ends where Home Assistant has to run a tool of its own, where a person has to say yes or no, or
where the answer ends. Between two legs the call to the node stays open, if need be over a turn of the conversation.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers import llm

from . import home_tools
from .const import LOGGER
from .coordinator import HearthNetCoordinator
from .errors import CannotConnect, NodeError
from .services import ASK_SILENCE_S
from .speech import Speech
from .wording import Words

MAX_SOURCES = 5


@dataclass(frozen=True)
class Provenance:
    """Kept with a message of the chat log: had foreign text been read for it, and were tools of this home used?"""

    tainted: bool
    home: bool


class Answer:
    """`failed`: nobody answered. `asking`: the step a person has to allow, until `confirm`."""

    def __init__(self, node: HearthNetCoordinator, chat_log: conversation.ChatLog, params: dict[str, Any]) -> None:
        self._node = node
        self._params = params
        self._chat_log = chat_log
        self._events = node.client.stream("ask", params, silence_s=ASK_SILENCE_S)
        self._requested = ""
        self._tainted = any(turn.get("tainted", True) for turn in params["history"] if turn["role"] == "assistant")
        self.failed = False
        self.asking: dict[str, Any] | None = None

    async def talk(self, chat_log: conversation.ChatLog, agent_id: str, words: Words) -> None:
        """Until it ends, or a person has to say something (`asking`). Closes the call unless it goes on."""
        self._chat_log = chat_log
        try:
            going = True
            while going:
                going = False
                results: list[conversation.ToolResultContent] = []
                # Between the node and here stand this generator and the chat log's: closing ours is what cancels the call.
                async with aclosing(self._leg(words)) as deltas:
                    async for content in chat_log.async_add_delta_content_stream(agent_id, deltas):
                        if isinstance(content, conversation.ToolResultContent):
                            results.append(content)
                if self._requested:
                    going = True
                    await self._tell(results[-1] if results else None)
        except BaseException:
            await self.close()
            raise
        if self.asking is None:
            await self.close()

    async def confirm(self, allow: bool) -> None:
        """The person's word on `asking`; comes to nothing when the node waits no more."""
        step, self.asking = self.asking, None
        if step is not None:
            with suppress(NodeError):
                await self._node.client.call("confirm", {"confirm_id": step["confirm_id"], "allow": allow})

    async def close(self) -> None:
        """Withdraws the question, and with it everything that has not been done."""
        self.asking = None
        await self._events.aclose()

    async def _tell(self, content: conversation.ToolResultContent | None) -> None:
        request, self._requested = self._requested, ""
        given = {"result": "", "error": True} if content is None else home_tools.result(self._chat_log, content)
        self._tainted = self._tainted or not given.get("trusted", False)
        with suppress(NodeError):
            await self._node.client.call("tool_result", {"id": request, **given})

    async def _leg(self, words: Words) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        speech = Speech(self._params["max_sentences"])
        yield {"role": "assistant", "content": ""}
        try:
            async for event in self._events:
                data = event.data
                if event.name == "delta" and isinstance(text := data.get("text"), str):
                    if said := speech.add(text):
                        yield {"content": said}
                elif event.name == "attempt_failed":
                    yield {"thinking_content": words("answer_moved", reason=str(data.get("message", ""))) + "\n"}
                elif event.name == "step":
                    self._tainted = self._tainted or data.get("tainted") is True
                    if data.get("state") == "needs_confirmation" and isinstance(data.get("confirm_id"), str):
                        self.asking = data
                        question = home_tools.spoken(self._chat_log, data, words)
                        if question is not None:
                            rest = speech.end()
                            yield {"content": f"{rest} {question}" if speech.said else question}
                            yield {"native": Provenance(self._tainted, home=True)}
                            return
                        await self.confirm(allow=False)
                elif event.name == "tool_request" and self._chat_log.llm_api is not None:
                    self._requested = str(data.get("id", ""))
                    if said := speech.end():
                        yield {"content": said}
                    tool = llm.ToolInput(
                        id=self._requested,
                        tool_name=str(data.get("name", "")),
                        tool_args=dict(data.get("arguments") or {}),
                    )
                    yield {"tool_calls": [tool], "native": Provenance(self._tainted, home=True)}
                    return
                elif event.name == "done":
                    if said := speech.end():
                        yield {"content": said}
                    if not speech.said:
                        self.failed = True
                        yield {"content": words("spoken_nothing")}
                    yield {"thinking_content": provenance(data, words)}
                    if "steps" in data:
                        yield {"native": Provenance(data.get("tainted") is not False, data.get("home") is True)}
        except NodeError as error:
            self.failed = True
            LOGGER.debug("A question was not answered: %s", error.message)
            sentence = words(spoken(error))
            yield {"content": f" {words('spoken_broken_off')}" if speech.said else sentence}
            yield {"thinking_content": error.message}


def spoken(error: NodeError) -> str:
    """Which calm sentence fits."""
    if isinstance(error, CannotConnect):
        return "spoken_no_node"
    if error.code in ("rate_limited", "capacity_exceeded"):
        return "spoken_busy"
    if error.code == "timeout":
        return "spoken_slow"
    return "spoken_nobody" if error.code in ("unavailable", "partition") else "spoken_failed"


def provenance(done: dict[str, Any], words: Words) -> str:
    """Who answered, who else was considered, from what, and what was done for it."""
    lines = []
    by = done.get("answered_by")
    if isinstance(by, dict):
        model = " · ".join(str(by[key]) for key in ("provider", "model") if by.get(key))
        lines.append(words("answered_by", name=str(by.get("node_name", "")), model=model))
    trace = done.get("trace")
    for candidate in (trace.get("candidates") or [])[:MAX_SOURCES] if isinstance(trace, dict) else ():
        name, why = str(candidate.get("node_name", "")), str(candidate.get("excluded", ""))
        if candidate.get("allowed"):
            lines.append(words("considered", name=name, score=str(candidate.get("score", ""))))
        else:
            lines.append(words("left_out", name=name, reason=why))
    for number, source in enumerate((done.get("sources") or [])[:MAX_SOURCES], 1):
        lines.append(
            f"[{number}] "
            + words("source", title=str(source.get("doc_title", "")), name=str(source.get("node_name", "")))
        )
    for step in done.get("steps") or []:
        lines.append(f"{step.get('n')}. {step.get('tool')}: {step.get('state')} {step.get('summary', '')}".strip())
    return "\n".join(lines)
