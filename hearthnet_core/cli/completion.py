"""The verb `completion`: what a shell completes, made from the command line as it is, so that the two cannot disagree."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from hearthnet_core.cli.terminal import Terminal
from hearthnet_core.cli.verb import Verbs, verb

type Takes = Literal["", "words", "file", "folder", "anything"]


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """`takes` is empty where no value follows."""

    names: tuple[str, ...]
    text: str
    takes: Takes = ""
    words: tuple[str, ...] = ()


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """`words` are what may stand next: verbs, or the values of an argument that has few."""

    path: tuple[str, ...]
    options: tuple[Option, ...]
    words: tuple[tuple[str, str], ...] = ()
    files: bool = False

    @property
    def name(self) -> str:
        return " ".join(self.path)


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ("hearthnet",)) -> Iterator[Command]:
    """The whole command line, from the outside in."""
    options, words, files = [], [], False
    inner: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            inner = action.choices
            words += [(str(choice.dest), choice.help or "") for choice in action._choices_actions]
        elif action.option_strings:
            options.append(_option(action))
        elif action.choices:
            words += [(str(choice), "") for choice in action.choices]
        else:
            files = files or action.type is Path
    yield Command(path=path, options=tuple(options), words=tuple(words), files=files)
    for name, one in inner.items():
        yield from commands(one, (*path, name))


def _option(action: argparse.Action) -> Option:
    takes: Takes = "anything"
    if action.nargs == 0:
        takes = ""
    elif action.choices:
        takes = "words"
    elif action.type is Path:
        takes = "folder" if action.metavar == "DIR" else "file"
    words = tuple(str(choice) for choice in action.choices or ())
    return Option(names=tuple(action.option_strings), text=action.help or "", takes=takes, words=words)


def bash(found: list[Command]) -> str:
    """One function. A word counts as a verb where one may stand; what follows an option is its value."""
    values, nexts = [], []
    for command in found:
        for option in command.options:
            how = {"words": f'-W "{" ".join(option.words)}"', "file": "-f", "folder": "-d"}.get(option.takes, "")
            if option.takes:
                names = "|".join(f'"{command.name} {name}"' for name in option.names)
                values.append(f"    {names}) {_reply(how) if how else ''}return ;;")
        words = [word for word, _ in command.words] + [name for o in command.options for name in o.names]
        files = "; files=1" if command.files else ""
        nexts.append(f'    "{command.name}") words="{" ".join(words)}"{files} ;;')
    inner = "|".join(f'"{command.name}"' for command in found[1:])
    lines = (
        "_hearthnet() {",
        '  local current="${COMP_WORDS[COMP_CWORD]}" at=hearthnet words="" files="" n',
        "  COMPREPLY=()",
        "  for ((n = 1; n < COMP_CWORD; n++)); do",
        '    case "$at ${COMP_WORDS[n]}" in',
        f'    {inner}) at="$at ${{COMP_WORDS[n]}}" ;;',
        "    esac",
        "  done",
        '  case "$at ${COMP_WORDS[COMP_CWORD-1]}" in',
        *values,
        "  esac",
        '  case "$at" in',
        *nexts,
        "  esac",
        f"  if [[ $files && $current != -* ]]; then {_reply('-f')}return; fi",
        '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "}",
        "complete -F _hearthnet hearthnet",
    )
    return "\n".join(lines)


def zsh(found: list[Command]) -> str:
    """zsh runs bash's function by its own `bashcompinit`."""
    return "#compdef hearthnet\nautoload -U +X compinit bashcompinit\ncompinit -u -D\nbashcompinit\n" + bash(found)


def fish(found: list[Command]) -> str:
    """A line for each verb and option, each with the words that must stand before it."""
    lines = ["complete -c hearthnet -f"]
    for command in found:
        seen = [f"__fish_seen_subcommand_from {word}" for word in command.path[1:]]
        if command.words:
            seen.append(f"not __fish_seen_subcommand_from {' '.join(word for word, _ in command.words)}")
        start = "complete -c hearthnet" + (f" -n {_quoted('; and '.join(seen))}" if seen else "")
        lines += [f"{start} -a {word} -d {_quoted(text)}" for word, text in command.words]
        if command.files:
            lines.append(f"{start} -F")
        for option in command.options:
            names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names)
            takes = {"words": f" -x -a {_quoted(' '.join(option.words))}", "anything": " -x", "": ""}
            lines.append(f"{start} {names}{takes.get(option.takes, ' -r -F')} -d {_quoted(option.text)}")
    return "\n".join(lines)


def _reply(how: str) -> str:
    names = "local IFS=$'\\n'; compopt -o filenames 2>/dev/null; " if how in ("-f", "-d") else ""
    return f'{names}COMPREPLY=($(compgen {how} -- "$current")); '


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}


def add(verbs: Verbs, whole: argparse.ArgumentParser) -> None:
    """`whole` is the command line that is completed, this verb included."""

    async def show(options: argparse.Namespace, terminal: Terminal) -> None:
        terminal.say(SHELLS[options.shell](list(commands(whole))))

    completion = verb(
        verbs,
        "completion",
        show,
        "Print what makes a shell complete this program's verbs and options.",
        "source <(hearthnet completion bash)\nhearthnet completion fish > ~/.config/fish/completions/hearthnet.fish",
    )
    completion.add_argument("shell", choices=tuple(SHELLS))
