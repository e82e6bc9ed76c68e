"""How models are loaded into ONNX Runtime (extra `embeddings`)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hearthnet_core.errors import Unavailable

THREADS = 2
MODULES = ("onnxruntime", "tokenizers")
EXTRA = "Embeddings in this process need the extra `embeddings`: install hearthnet[embeddings]."


def installed() -> bool:
    return all(importlib.util.find_spec(module) for module in MODULES)


def session(weights: Path) -> Any:
    """An `onnxruntime.InferenceSession`. Raises what the library raises."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
    options.enable_cpu_mem_arena = False  # it would keep what the largest batch ever took
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def damaged(folder: Path, error: Exception) -> Unavailable:
    return Unavailable(f"The model in {folder} cannot be loaded; fetch its files again. ({str(error)[:200]})")
