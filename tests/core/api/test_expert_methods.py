"""What people think of an answer, through the node's own API."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.node.living import lives

QUESTION = "How long can I store drinking water, and in what?"


async def test_an_opinion_is_seen_in_the_next_trace_and_after_a_restart(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        done = await alice.call("ask", question=QUESTION)
        said = await alice.call("feedback", trace_id=done["trace"]["id"], good=True)
        by = done["answered_by"]
        assert (said["node_id"], said["provider"], said["good"]) == (by["node_id"], by["provider"], True)
        for wrong in ({"trace_id": "unknown", "good": True}, {"trace_id": done["trace"]["id"], "good": "yes"}):
            with pytest.raises(AssertionError, match=r"not_found|bad_request"):
                await alice.call("feedback", **wrong)
        call = {"capability": "experimental.moe.route", "body": {"question": QUESTION}}
        (candidate,) = (await alice.call("call", **call))["candidates"]
        assert "helpful" in candidate["why"] and candidate["provider"] == by["provider"]
    async with lives(tmp_path, "Alice") as alice:
        done = await alice.call("ask", question=QUESTION)
        (why,) = (t["why"] for t in done["trace"]["candidates"][0]["terms"] if t["name"] == "feedback")
        assert why.startswith("people here found its one answer on “") and why.endswith("” helpful")
