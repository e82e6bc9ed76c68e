"""The adapters of this node: what is configured, and what is found on this machine. A new one is a file and a row here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hearthnet_core.backends import Adapter
from hearthnet_core.backends.clip import Clip
from hearthnet_core.backends.flashrank import FlashRank
from hearthnet_core.backends.onnx_embedding import OnnxEmbedding
from hearthnet_core.backends.rerank_api import reranker
from hearthnet_core.backends.tesseract import Tesseract
from hearthnet_core.backends.translation import Translation
from hearthnet_core.backends.wyoming_found import speech_services
from hearthnet_core.config.schema import Config
from hearthnet_core.runtime import Runtime

MODELS = "models"
"""In the data folder: what engines inside the node load, a folder each."""


def adapters(config: Config, secret: Callable[[str], str], runtime: Runtime, folder: Path | None) -> list[Adapter]:
    """`folder` is the data folder; without one nothing is looked for. Raises `BadRequest` for one that is set up wrong."""
    look = folder is not None and config.engines_auto
    found: list[Adapter] = speech_services(config.speech, secret, runtime, auto=look)
    found += [reranker(settings, secret) for settings in config.rerankers]
    if folder is not None and (look or config.retrieval.embedding_folder):
        own = Path(config.retrieval.embedding_folder).expanduser() if config.retrieval.embedding_folder else None
        found.append(OnnxEmbedding(folder / MODELS, runtime, own, Path("~").expanduser() if look else None))
    if folder is not None and config.engines_auto:
        found += [
            Clip(folder / MODELS / "pictures", runtime),
            FlashRank(folder / MODELS / "rerank", runtime),
            Tesseract(),
            Translation(folder / MODELS / "translate", runtime),
        ]
    return found
