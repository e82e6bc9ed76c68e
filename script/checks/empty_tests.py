"""A test that asserts nothing passes whatever happens, so it may not exist."""

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

# A call whose name starts like this states a fact; so does a wait that gives up, and a function of the tests that does either.
STATING = ("assert", "check", "expect", "fail", "raises", "timeout", "verify", "wait_for", "warns")


def check(files: Mapping[str, Path]) -> Iterator[str]:
    sources = {
        name: path.read_text() for name, path in files.items() if name.startswith("tests/") and name.endswith(".py")
    }
    shared = {name for source in sources.values() for name in stating(source)}
    for name, source in sources.items():
        for line, what in problems(source, shared):
            yield f"{name}:{line}: {what}"


def stating(source: str) -> Iterator[str]:
    """Names of the functions that state something themselves, tests apart."""
    for node in _functions(source):
        if not node.name.startswith("test_") and any(_states_something(inner, frozenset()) for inner in ast.walk(node)):
            yield node.name


def problems(source: str, shared: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    for node in _functions(source):
        if node.name.startswith("test_"):
            facts = [inner for inner in ast.walk(node) if _states_something(inner, shared)]
            if not facts:
                yield node.lineno, f"{node.name} asserts nothing"
            elif all(isinstance(fact, ast.Assert) and _only_says_there_is_something(fact.test) for fact in facts):
                yield node.lineno, f"{node.name} only asserts that something is not None; say what it is"


def _functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _states_something(node: ast.AST, shared: Collection[str]) -> bool:
    if isinstance(node, ast.Assert):
        return not (isinstance(node.test, ast.Constant) and node.test.value)
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func).rpartition(".")[2]
        return called in shared or called.lstrip("_").startswith(STATING)
    return False


def _only_says_there_is_something(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.IsNot)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    )
