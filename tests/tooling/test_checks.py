"""The project's own checks find what they are for, and nothing else."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

from tests.reasons_plugin import excused

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "script" / "checks"))

import async_iteration  # noqa: E402
import empty_tests  # noqa: E402
import leaks  # noqa: E402
import listed_reasons  # noqa: E402


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("pass", 1),
        ("thing.run()", 1),
        ("assert True", 1),
        ("assert thing is not None", 1),
        ("assert thing == 3", 0),
        ("with pytest.raises(ValueError): thing()", 0),
        ("answered(thing)", 0),
        ("async with asyncio.timeout(1): await thing()", 0),
    ],
)
def test_a_test_that_states_nothing_is_found(body: str, found: int) -> None:
    source = f"async def test_it():\n    {body}\n"
    assert len(list(empty_tests.problems(source, shared={"answered"}))) == found


def test_a_function_of_the_tests_that_asserts_counts_as_stating() -> None:
    source = "def answered(x):\n    assert x == 1\ndef made(x):\n    return x\n"
    assert list(empty_tests.stating(source)) == ["answered"]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["async for c in p.stream(call):", "    yield c"], 1),
        (["async with aclosing(p.stream(call)) as chunks:", "    async for c in chunks:", "        yield c"], 0),
        (["async for c in p.stream(call):", "    print(c)"], 0),
    ],
)
def test_a_generator_around_an_unclosed_stream_is_found(lines: list[str], found: int) -> None:
    source = "async def wrapper(p, call):\n" + "".join(f"    {line}\n" for line in lines)
    assert len(list(async_iteration.unclosed(ast.parse(source)))) == found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("asyncio.get_running_loop().create_task(x())", 1),
        ("self._loop.create_task(x())", 1),
        ("anything.run_in_executor(None, x)", 1),
        ("group.create_task(x())", 0),
    ],
)
def test_a_task_or_thread_started_on_the_loop_is_found(call: str, found: int) -> None:
    assert len(list(async_iteration.loop_calls(ast.parse(call)))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://de" + "b.debian.org/debian", 1),
        ("index = https://py" + "pi.org/simple", 1),
        ("/wo" + "rk/main/x", 1),
        ("/ho" + "me/anna/hearthnet", 1),
        ("www.debian.org", 0),
        ("https://example.org/work/", 0),
        ("$HOME/work/x and docs/work/y", 0),
    ],
)
def test_registry_hosts_and_one_machines_folders_are_found(text: str, found: int) -> None:
    assert len(list(leaks.problems(text))) == found


def test_an_excuse_for_no_existing_test_or_without_reason_is_found(tmp_path: Path) -> None:
    listed = tmp_path / "reasons.toml"
    test = tmp_path / "test_x.py"
    test.write_text("def test_one():\n    assert 1 + 1 == 2\n")
    listed.write_text(
        '[[reason]]\ntest = "tests/test_x.py::test_one"\nwhy = "needs a lake"\n'
        '[[reason]]\ntest = "tests/test_x.py::test_two"\nwhy = "needs a lake"\n'
        '[[reason]]\ntest = "tests/test_x.py::*"\n'
    )
    problems = list(listed_reasons.check({"tests/reasons.toml": listed, "tests/test_x.py": test}))
    assert ["test_two" in problems[0], "no reason" in problems[1], len(problems)] == [True, True, 2]


def test_an_excuse_covers_a_test_its_cases_or_its_whole_file() -> None:
    listed = {"a.py::test_x": "", "b.py::*": ""}
    assert excused("a.py::test_x[1]", listed) and excused("b.py::test_y", listed)
    assert not excused("a.py::test_y", listed)


pytest_plugins = ["pytester"]


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
@pytest.mark.parametrize(
    ("body", "failing"),
    [
        ("@pytest.mark.skip('no lake')\ndef test_x(): assert 0", 1),
        ("def test_x(): pytest.xfail('later')", 1),
        ("def test_x(): assert 1", 0),
    ],
)
def test_an_unlisted_skip_or_expected_failure_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str, failing: int, workers: list[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(f"import pytest\n{body}\n")
    result = pytester.runpytest_subprocess("-p", "tests.reasons_plugin", *workers)
    assert result.ret == failing


def test_project_and_package_name_the_same_python_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.13" and project["tool"]["ruff"]["target-version"] == "py313"
