"""Generators that wrap generators close them, and nobody starts tasks or threads behind the runtime's back.

Closing an outer async generator does not close an inner one that is still referenced: a cancelled answer would go on
being produced. So inside an `async def` generator, `async for … in x.stream(…)` is an error; it iterates a name bound by
`async with aclosing(x.stream(…)) as chunks`. And what ruff cannot tell apart by name (a method of an event loop) is found here.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

LOOPS = ("asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop")
BANNED = {
    "create_task": "a TaskGroup or hearthnet_core.supervise",
    "run_in_executor": "hearthnet_core.runtime's offload",
}
EXEMPT = ("hearthnet_core/runtime/", "hearthnet_core/simulation/", "hearthnet_core/supervise.py")


def check(files: Mapping[str, Path]) -> Iterator[str]:
    for name, path in files.items():
        if name.endswith(".py") and name.startswith("hearthnet_core/"):
            tree = ast.parse(path.read_text())
            found = [*unclosed(tree)] if name.startswith(EXEMPT) else [*unclosed(tree), *loop_calls(tree)]
            yield from (f"{name}:{line}: {what}" for line, what in found)


def unclosed(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        own = list(_own(function))
        if not any(isinstance(node, ast.Yield) for node in own):
            continue
        for node in own:
            if isinstance(node, ast.AsyncFor) and isinstance(node.iter, ast.Call):
                called = node.iter.func
                if isinstance(called, ast.Attribute) and called.attr == "stream":
                    what = f"{ast.unparse(called)}(…)"
                    yield (
                        node.lineno,
                        f"iterate {what} under `async with aclosing({what}) as …`, or it is not closed with us",
                    )


def loop_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BANNED:
            owner = ast.unparse(node.func.value)
            is_loop = owner.removesuffix("()") in LOOPS or owner.rpartition(".")[2].lstrip("_") == "loop"
            if is_loop or node.func.attr == "run_in_executor":
                yield node.lineno, f"{owner}.{node.func.attr} is banned: use {BANNED[node.func.attr]}"


def _own(function: ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(node))
