"""Several addresses of one node, tried side by side: the first that answers is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hearthnet_core.errors import HearthNetError, Unavailable

STAGGER_S = 0.25


async def first_to_answer[T](
    addresses: Sequence[str], dial: Callable[[str], Awaitable[T]], drop: Callable[[T], None]
) -> tuple[T, str]:
    """(what `dial` gave, its address). The next address starts when the one before failed, at the latest after
    `STAGGER_S`; a second success is `drop`ped. Raises the first address's error when none answers."""
    won: list[tuple[T, str]] = []
    errors: dict[int, HearthNetError] = {}
    failed = [asyncio.Event() for _ in addresses]
    over = asyncio.Event()

    async def attempt(n: int, address: str) -> None:
        if n:
            try:
                async with asyncio.timeout(STAGGER_S * n):
                    await failed[n - 1].wait()
            except TimeoutError:
                pass
        try:
            made = await dial(address)
        except HearthNetError as error:
            errors[n] = error
            failed[n].set()
            if len(errors) == len(addresses):
                over.set()
            return
        if won:
            drop(made)
        else:
            won.append((made, address))
            over.set()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(attempt(n, address)) for n, address in enumerate(addresses)]
        if addresses:
            try:
                await over.wait()
            finally:
                for task in tasks:
                    task.cancel()
    if not won:
        raise errors.get(0) or Unavailable("No address of this node is known.")
    return won[0]
