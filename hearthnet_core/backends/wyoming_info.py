"""What a Wyoming service says of itself (`info`), as far as routing needs it: models and voices with their languages."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from hearthnet_core.community.shown import shown
from hearthnet_core.errors import BadRequest, SchemaMismatch

MAX_NAME = 100
MAX_LISTED = 2_000
MAX_OFFERED = 64
OURS = "HearthNet"
"""The name of a node's own programs: a node that asked another node's server would ask the neighbourhood in a circle."""

_SIZES = (("tiny", 0.35), ("base", 0.45), ("small", 0.55), ("medium", 0.65), ("turbo", 0.75), ("large", 0.8))
_VOICES = (("low", 0.45), ("medium", 0.6), ("high", 0.7))


class Model(msgspec.Struct, frozen=True):
    """An ASR model or a voice. `languages` as the service writes them: `de`, `de_DE`."""

    name: str
    installed: bool = True
    languages: Annotated[tuple[str, ...], msgspec.Meta(max_length=500)] = ()

    def speaks(self, language: str) -> str:
        """Its own name of that language, or empty; no languages at all is every one."""
        if not self.languages:
            return language
        exact = _plain(language)
        same = [one for one in self.languages if _plain(one) == exact]
        near = [one for one in self.languages if _plain(one).partition("-")[0] == exact.partition("-")[0]]
        return next(iter(same + near), "")


class Program(msgspec.Struct, frozen=True):
    name: str
    installed: bool = True
    models: Annotated[tuple[Model, ...], msgspec.Meta(max_length=MAX_LISTED)] = ()
    voices: Annotated[tuple[Model, ...], msgspec.Meta(max_length=MAX_LISTED)] = ()
    supports_synthesize_streaming: bool = False


class Info(msgspec.Struct, frozen=True):
    asr: Annotated[tuple[Program, ...], msgspec.Meta(max_length=16)] = ()
    tts: Annotated[tuple[Program, ...], msgspec.Meta(max_length=16)] = ()


class Ability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a service can do now. `wished` are models or voices to use only, best first."""

    models: tuple[Model, ...]
    streams: bool = False
    wished: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(model.name for model in self.models)[:MAX_OFFERED]

    def quality(self, sizes: tuple[tuple[str, float], ...]) -> float:
        """0…1 of its best model, told by the size in its name; 0.5 where the name says nothing."""
        found = [value for model in self.models for size, value in sizes if _named(size, model.name)]
        # A catalogue of voices holds all sizes; which one will speak is not known.
        return max(found) if found and len(self.models) <= 8 else 0.5

    def fitting(self, who: str, name: str, language: str) -> list[tuple[str, str]]:
        """(model, language) to try, best first; an empty model is the service's own choice. Raises `SchemaMismatch`, so
        that somebody who has it is asked."""
        if name:
            for model in self.models:
                if model.name.casefold() == name.casefold():
                    return [(model.name, model.speaks(language) if language else "")]
            raise SchemaMismatch(f"{who} has nothing called {name[:60]!r}.")
        if not language:
            only = self.wished or (self.names if len(self.models) == 1 else ())
            return [(only[0] if only else "", "")]
        fits = [(model.name, own) for model in self.models if (own := model.speaks(language))]
        if not fits:
            raise SchemaMismatch(f"{who} does not know the language {language!r}.")
        return fits


def heard(info: Info, wished: tuple[str, ...]) -> Ability | None:
    """What it transcribes with. Raises `BadRequest` for a node's own server."""
    return _ability(info.asr, wished)


def spoken(info: Info, wished: tuple[str, ...]) -> Ability | None:
    """What it speaks with; a catalogue's voices of middling size come first: they are what people install."""
    return _ability(info.tts, wished)


def quality_of_hearing(ability: Ability) -> float:
    return ability.quality(_SIZES)


def quality_of_voice(ability: Ability) -> float:
    return ability.quality(_VOICES)


def _ability(programs: tuple[Program, ...], wished: tuple[str, ...]) -> Ability | None:
    program = next((p for p in programs if p.installed), None)
    if program is None:
        return None
    if program.name == OURS:
        raise BadRequest(
            "This is a HearthNet node, which asks its neighbours itself; name the service it uses instead."
        )
    listed = [m for m in program.models or program.voices if m.installed and _fit(m.name)]
    if wished:
        listed = [m for wish in wished for m in listed if m.name.casefold() == wish.casefold()]
    else:
        listed.sort(key=lambda m: "medium" not in m.name)
    if not listed:
        return None
    return Ability(
        models=tuple(listed),
        streams=program.supports_synthesize_streaming,
        wished=tuple(m.name for m in listed) if wished else (),
    )


def _plain(language: str) -> str:
    return language.casefold().replace("_", "-")


def _fit(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and shown(name) == name


def _named(size: str, name: str) -> bool:
    return re.search(rf"(?<![a-z]){size}(?![a-z])", name.casefold()) is not None
