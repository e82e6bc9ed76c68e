"""Questions about pictures without tools: who answers, and what happens where nobody sees."""

from __future__ import annotations

import base64

from hearthnet_core.backends.fake_model import FakeModel
from hearthnet_core.backends.seeing import DESCRIBE
from hearthnet_core.errors import BadRequest, SchemaMismatch, Unavailable
from hearthnet_core.services.agent import loop
from tests.core.services.agent.household import PNG, Answerer, Household, Quoting, changed

PHOTO = base64.b64encode(PNG).decode()
EDIBLE = "What is edible in this photo?"


def eyes(*texts: str) -> Answerer:
    return Answerer(DESCRIBE, {"model": "eyes"}, *texts)


async def test_one_picture_goes_to_who_describes_pictures() -> None:
    seer, talker = eyes("The ", "blackberries."), FakeModel(lambda _: "x")
    told = await Household(seer, talker).ask(EDIBLE, agent=False, images=[PHOTO])
    assert told.text == told.done["text"] == "The blackberries." and not talker.requests
    assert seer.calls[0].body["image"] == PNG and seer.calls[0].body["question"] == EDIBLE
    assert told.done["sources"] == [] and told.done["grounded"] is False
    assert told.done["answered_by"]["node_name"] == "Alice"


async def test_several_pictures_go_to_who_talks_about_them_together() -> None:
    seer, talker = eyes("x"), FakeModel(lambda _: "Both are apples.")
    told = await Household(seer, talker).ask(EDIBLE, agent=False, images=[PHOTO, PHOTO], system="Be kind.")
    (asked,) = talker.requests
    assert told.text == "Both are apples." and not seer.calls
    assert len(asked.messages[-1].images) == 2 and asked.messages[0].content == "Be kind."


async def test_without_such_a_model_each_picture_is_described() -> None:
    seer = eyes("An apple.")
    told = await Household(seer).ask(EDIBLE, agent=False, images=[PHOTO, PHOTO])
    assert told.text == "1: An apple.\n\n2: An apple." == told.done["text"] and len(seer.calls) == 2


async def test_a_model_that_takes_no_pictures_is_passed_over() -> None:
    blind, seer = FakeModel(lambda _: SchemaMismatch("No model takes pictures.")), eyes("An apple.")
    told = await Household(blind, seer).ask(EDIBLE, agent=False, images=[PHOTO, PHOTO])
    assert told.text.startswith("1: An apple.") and len(blind.requests) == 1


async def test_one_picture_goes_to_a_model_where_nobody_describes() -> None:
    told = await Household(FakeModel(lambda _: "An apple.")).ask(EDIBLE, agent=False, images=[PHOTO])
    assert told.text == "An apple."


async def test_where_nobody_sees_a_sentence_says_what_would_help() -> None:
    told = await Household(Quoting()).ask(EDIBLE, agent=False, images=[PHOTO])
    assert isinstance(told.error, Unavailable) and "a model that sees" in told.error.message


async def test_an_agent_without_a_model_asks_who_sees_all_the_same() -> None:
    told = await Household(eyes("An apple."), Quoting()).ask(EDIBLE, images=[PHOTO])
    assert told.text == "An apple." and told.done["agent"] == "none"


async def test_pictures_together_are_bounded() -> None:
    with changed(loop, MAX_PICTURES=2 * len(PNG) - 1):
        told = await Household(eyes("x")).ask(EDIBLE, agent=False, images=[PHOTO, PHOTO])
    assert isinstance(told.error, BadRequest) and "together" in told.error.message
