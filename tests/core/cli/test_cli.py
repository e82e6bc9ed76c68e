"""The command line as a process of its own, against a real local API."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from hearthnet_core.cli import build
from hearthnet_core.errors import BY_CODE

from .household import ROOT, environment, hearthnet, household, on_a_terminal
from .shapes import INVITE, NOTICE, STATE, TRACE, WORDS


def alive(text: str) -> str:
    """The text without what our own colours and progress may contain; what is left must not act on a terminal."""
    for own in ("\r\x1b[K", "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\r\n"):
        text = text.replace(own, "\n")
    return "".join(c for c in text if (ord(c) < 32 and c not in "\n\t") or ord(c) in (0x7F, 0x9B, 0x202E))


async def test_ask_streams_the_answer_then_says_sources_who_and_why(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        ran = await hearthnet(tmp_path, "ask", "How long?", "--privacy", "community", "--language", "de")
    assert ran.code == 0
    assert ran.out.startswith("Two weeks [1]. Ask ")
    assert "[1] Water (CC-BY-4.0), from Carol" in ran.out
    assert "Never cited" not in ran.out
    assert "Answered by Bob (ollama, llama), a neighbour" in ran.out
    assert "Why: usually answers in 320 ms; one hop away" in ran.out
    assert home.asked == [("ask", {"question": "How long?", "privacy": "community", "language": "de"})]


async def test_ask_says_when_an_answer_goes_on_elsewhere(tmp_path: Path) -> None:
    async with household(tmp_path):
        ran = await hearthnet(tmp_path, "ask", "-", stdin="and then")
    assert "Bob left. Going on elsewhere." in ran.err
    assert ran.code == 0


async def test_json_is_the_methods_own_data(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        assert (await hearthnet(tmp_path, "status", "--json")).data == STATE
        assert (await hearthnet(tmp_path, "peers", "--json")).data == {"peers": home.peers}
        assert (await hearthnet(tmp_path, "ask", "--json", "x")).data["answered_by"]["node_name"] == "Bob"
        assert (await hearthnet(tmp_path, "trace", "t1", "--json")).data == {"trace": TRACE}
        assert (await hearthnet(tmp_path, "notice", "list", "--json")).data["notices"] == [NOTICE]
        assert (await hearthnet(tmp_path, "invite", "--json")).data["words"] == WORDS


@pytest.mark.parametrize("verb", [("status",), ("peers",), ("notice", "list"), ("ask", "x"), ("ask", "x", "--json")])
async def test_text_of_a_neighbour_cannot_act_on_the_terminal(tmp_path: Path, verb: tuple[str, ...]) -> None:
    async with household(tmp_path):
        ran = await hearthnet(tmp_path, *verb)
        seen = await on_a_terminal(tmp_path, *verb)
    assert ran.code == seen.code == 0
    assert alive(ran.out + ran.err) == ""
    assert alive(seen.out) == ""


async def test_colours_appear_only_on_a_terminal_and_not_with_no_color(tmp_path: Path) -> None:
    async with household(tmp_path):
        assert "\x1b[" not in (await hearthnet(tmp_path, "peers")).out
        assert "\x1b[1m" in (await on_a_terminal(tmp_path, "peers")).out
        assert "\x1b[" not in (await on_a_terminal(tmp_path, "peers", NO_COLOR="1")).out


async def test_tables_are_aligned(tmp_path: Path) -> None:
    async with household(tmp_path):
        head, bob, carol = (await hearthnet(tmp_path, "peers")).out.splitlines()
    for column in ("node", "household", "now", "latency", "address", "offers"):
        at = head.index(column)
        assert bob[at - 1] == carol[at - 1] == " "
        assert bob[at] != " " and carol[at] != " "


async def test_status_says_what_is_not_well(tmp_path: Path) -> None:
    async with household(tmp_path):
        out = (await hearthnet(tmp_path, "status")).out
    for said in ("offline (captive portal)", "drill since", "practice", "1 connected, 1 away", "not started", "clock"):
        assert said in out
    assert "stt.transcribe" not in out


async def test_a_household_alone_is_told_what_to_do(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        home.peers.clear()
        assert "hearthnet invite" in (await hearthnet(tmp_path, "peers")).out


async def test_search_shows_results_and_who_could_not_be_asked(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        ran = await hearthnet(tmp_path, "search", "clean", "water", "-k", "3")
    assert "[1] Water  (Carol, library)\n    Store water in clean containers.\n" in ran.out
    assert "Bob could not be searched: away" in ran.err
    assert home.asked == [("search", {"query": "clean water", "k": 3})]


async def test_invite_shows_text_and_words_and_on_a_terminal_a_code_to_scan(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        ran = await hearthnet(tmp_path, "invite", "--own", "--hours", "2")
        seen = await on_a_terminal(tmp_path, "invite")
    assert INVITE in ran.out and WORDS in ran.out and "192.168.1.5:7080" in ran.out
    assert "█" not in ran.out and "█" in seen.out
    assert home.asked[0] == ("create_invite", {"own": True, "ttl_hours": 2})


async def test_join_asks_for_the_words_to_be_compared(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        refused = await on_a_terminal(tmp_path, "join", INVITE, typed="n\n")
        assert WORDS in refused.out and refused.code == 4
        assert "join" not in [name for name, _ in home.asked]
        joined = await on_a_terminal(tmp_path, "join", INVITE, "--name", "Dave", typed="y\n")
        assert "Joined Elm Street" in joined.out and joined.code == 0
        assert home.asked[-1] == ("join", {"text": INVITE, "name": "Dave"})


async def test_join_without_a_terminal_needs_yes(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        refused = await hearthnet(tmp_path, "join", INVITE)
        assert refused.code == 2 and WORDS in refused.err and "--yes" in refused.err
        joined = await hearthnet(tmp_path, "join", "--yes", "-", stdin=INVITE + "\n")
        assert joined.code == 0 and "dialling" in joined.err
        assert home.asked[-1] == ("join", {"text": INVITE})


async def test_notices_are_posted_and_read(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        posted = await hearthnet(tmp_path, "notice", "post", "T", "B", "--severity", "urgent", "--hours", "3")
        listed = await hearthnet(tmp_path, "notice", "list", "--limit", "5")
    assert posted.out.startswith("Posted until ")
    assert home.asked[0] == ("post_notice", {"title": "T", "body": "B", "severity": "urgent", "ttl_hours": 3})
    assert (
        "[warning] Water is back" in listed.out and "    Until Friday." in listed.out and "arrived late" in listed.out
    )


async def test_pair_shows_a_code_lists_and_revokes(tmp_path: Path) -> None:
    async with household(tmp_path) as (_, tokens):
        shown = await hearthnet(tmp_path, "pair")
        code = (await hearthnet(tmp_path, "pair", "--json")).data["code"]
        assert code in shown.out and "http://127.0.0.1:7860" in shown.out and "10 minutes" in shown.out
        tokens.issue("Home Assistant", "home_assistant")
        token_id = tokens.list()[0].id
        assert token_id in (await hearthnet(tmp_path, "pair", "--list")).out
        assert (await hearthnet(tmp_path, "pair", "--revoke", token_id)).code == 0
        assert tokens.list() == ()
        assert (await hearthnet(tmp_path, "pair", "--revoke", token_id)).code == 3


async def test_a_token_is_made_shown_once_listed_and_revoked(tmp_path: Path) -> None:
    async with household(tmp_path) as (_, tokens):
        made = await hearthnet(tmp_path, "token", "create", "--name", "Open WebUI")
        token = made.out.strip()
        record = tokens.check(token)
        assert (record.name, record.scope) == ("Open WebUI", "models")
        assert token not in made.err and "/v1" in made.err and record.id in made.err
        whole = (await hearthnet(tmp_path, "token", "create", "--name", "x", "--scope", "all", "--json")).data
        assert tokens.check(whole["token"]).scope == ""
        listed = (await hearthnet(tmp_path, "token", "list")).out
        assert "Open WebUI" in listed and record.id in listed and "models" in listed and token not in listed
        assert (await hearthnet(tmp_path, "token", "revoke", record.id)).code == 0
        assert [t.id for t in tokens.list()] == [whole["id"]]
        assert (await hearthnet(tmp_path, "token", "revoke", record.id)).code == 3
        assert (await hearthnet(tmp_path, "token", "create", "--name", " ")).code == 2


async def test_call_prints_the_last_event_or_all_of_them(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        last = await hearthnet(tmp_path, "call", "x.y", '{"a": 1}', "--timeout", "5", "--privacy", "local")
        every = await hearthnet(tmp_path, "call", "--stream", "x.y", "-", stdin='{"a": 2}')
        wrong = await hearthnet(tmp_path, "call", "x.y", "{")
    assert last.data == {"echo": {"a": 1}}
    assert home.asked[0][1] == {"capability": "x.y", "privacy": "local", "timeout_s": 5.0, "body": {"a": 1}}
    assert [json.loads(line)["event"] for line in every.out.splitlines()] == ["delta", "done"]
    assert wrong.code == 2 and "no JSON" in wrong.err


async def test_trace_lists_and_explains(tmp_path: Path) -> None:
    async with household(tmp_path):
        listed = await hearthnet(tmp_path, "trace")
        one = await hearthnet(tmp_path, "trace", "t1")
        gone = await hearthnet(tmp_path, "trace", "t2")
    assert "t1" in listed.out and "Bob" in listed.out
    for said in ("0.81  Bob ollama llama", "not in this home", "The connection broke.", "first word in 320 ms"):
        assert said in one.out
    assert gone.code == 3


async def test_doctor_fails_when_something_is_wrong(tmp_path: Path) -> None:
    async with household(tmp_path):
        ran = await hearthnet(tmp_path, "doctor")
    assert ran.code == 1
    assert "The disk is full." in ran.out and "Free some space." in ran.out


async def test_export_names_what_it_wrote_and_sends_an_absolute_path(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        ran = await hearthnet(tmp_path, "export", "backup")
    assert "3 events and 2 documents" in ran.out
    assert home.asked == [("export", {"directory": str(ROOT / "backup")})]


async def test_privacy_is_chosen_on_the_running_node(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        ran = await hearthnet(tmp_path, "config", "set-privacy", "community")
    assert ran.out == "Questions may be seen by: my community.\n"
    assert home.asked == [("set_privacy", {"privacy": "community"})]


@pytest.mark.parametrize(
    "code", ["bad_request", "forbidden", "not_found", "timeout", "version_mismatch", "unavailable"]
)
async def test_a_failure_has_its_own_exit_code_and_says_so_in_json(tmp_path: Path, code: str) -> None:
    async with household(tmp_path):
        ran = await hearthnet(tmp_path, "call", code, "--json")
    assert ran.code == BY_CODE[code].exit_code
    assert json.loads(ran.err) == {"error": code, "message": "As ordered."}
    assert ran.out == ""


async def test_without_a_node_it_says_how_to_start_one(tmp_path: Path) -> None:
    ran = await hearthnet(tmp_path, "status")
    assert ran.code == 5
    assert ran.err == f"status: No node is running on {tmp_path}; start it with `hearthnet run`.\n"


async def test_what_a_killed_node_left_behind_does_not_mislead(tmp_path: Path) -> None:
    async with household(tmp_path):
        pass
    assert (tmp_path / "run.json").exists()
    ran = await hearthnet(tmp_path, "peers")
    assert ran.code == 5 and "start it with `hearthnet run`" in ran.err


async def test_doctor_without_a_node_looks_for_itself(tmp_path: Path) -> None:
    await hearthnet(tmp_path, "init")
    (tmp_path / "identity/owner.key").chmod(0o644)
    ran = await hearthnet(tmp_path, "doctor", "--json")
    found = {check["name"]: check["status"] for check in ran.data["checks"]}
    assert ran.code == 1
    assert (found["node"], found["keys"], found["permissions"]) == ("error", "ok", "error")


async def test_ctrl_c_ends_with_130_and_cancels_the_call(tmp_path: Path) -> None:
    async with household(tmp_path) as (home, _):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hearthnet_core",
            "ask",
            "for ever",
            cwd=ROOT,
            env=environment(tmp_path),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await process.stdout.readexactly(14) == b"Two weeks [1]."
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
        assert process.returncode == 130
        assert b"Traceback" not in err
        async with asyncio.timeout(20):
            await home.cancelled.wait()


async def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    async with household(tmp_path):
        process = await asyncio.create_subprocess_shell(
            f"{sys.executable} -m hearthnet_core status | true",
            cwd=ROOT,
            env=environment(tmp_path),
            stderr=asyncio.subprocess.PIPE,
        )
        _, err = await process.communicate()
    assert err == b""


@pytest.mark.parametrize(
    "arguments", [(), ("nothing",), ("ask",), ("ask", "x", "--colour"), ("search", "x", "-k", "many")]
)
async def test_wrong_usage_is_two(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = await hearthnet(tmp_path, *arguments)
    assert ran.code == 2
    assert "usage: hearthnet" in ran.err


async def test_version_needs_no_node(tmp_path: Path) -> None:
    data = (await hearthnet(tmp_path, "version", "--json")).data
    assert data["version"] == "0.1.0"
    assert data["api"] == {"version": "1.0", "lowest": "1.0"}


async def test_every_verbs_help_has_an_example_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    verbs = build()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert set(verbs) == set(  # type: ignore[arg-type]
        "init run pair token status peers ask search ingest documents pictures extract forget models notice invite join call"
        " trace doctor config export version completion".split()
    )
    for name, parser in verbs.items():  # type: ignore[union-attr]
        if name not in ("notice", "token"):
            text = parser.format_help()
            assert f"hearthnet {name}" in text.split("example")[1]
            assert "exit codes:" in text
