"""Tools for the pictures a person gave with this question; the agent can reach no others."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hearthnet_core.backends.seeing import DESCRIBE, OCR_IMAGE
from hearthnet_core.errors import BadRequest
from hearthnet_core.services.agent.calling import Calling
from hearthnet_core.services.agent.tool import AgentTool, Desk, Outcome

PICTURE = "a picture"
Number = Annotated[int, msgspec.Meta(ge=1, le=16)]


class DescribeArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    picture: Number = 1


class ReadImageArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    picture: Number = 1


class PictureTools:
    def __init__(self, calling: Calling) -> None:
        self._calling = calling

    def rows(self) -> tuple[AgentTool, ...]:
        return (
            AgentTool(
                name="describe_image",
                description="Look at a picture the person gave, and answer a question about it.",
                arguments=DescribeArguments,
                run=self._described,
                usable=lambda desk: bool(desk.images) and self._calling.anybody(DESCRIBE, desk.privacy),
            ),
            AgentTool(
                name="read_image",
                description="Read what is written on a picture the person gave.",
                arguments=ReadImageArguments,
                run=self._read,
                usable=lambda desk: bool(desk.images) and self._calling.anybody(OCR_IMAGE, desk.privacy),
            ),
        )

    async def _described(self, given: DescribeArguments, desk: Desk) -> Outcome:
        body: dict[str, Any] = {
            "image": _picture(desk, given.picture),
            "question": given.question,
            "language": desk.language,
        }
        done = await self._calling.once(DESCRIBE, body, desk)
        by = done["answered_by"]["node_name"]
        return Outcome(text=done["text"], summary=f"seen by {by}", foreign=PICTURE, trace_id=done["trace"].id)

    async def _read(self, given: ReadImageArguments, desk: Desk) -> Outcome:
        body: dict[str, Any] = {"image": _picture(desk, given.picture), "language": desk.language}
        done = await self._calling.once(OCR_IMAGE, body, desk)
        by = done["answered_by"]["node_name"]
        text = done["text"] or "Nothing is written on it."
        return Outcome(text=text, summary=f"read by {by}", foreign=PICTURE, trace_id=done["trace"].id)


def _picture(desk: Desk, number: int) -> bytes:
    if number > len(desk.images):
        raise BadRequest(f"There is no picture {number}; {len(desk.images)} came with the question.")
    return desk.images[number - 1]
