"""One answer of a model in this process, token by token. Everything here blocks: it runs on a thread.

transformers' own `generate` is not used: it runs to its end once begun, and it takes its chance from one generator for the
whole process. Here each step is one token, so that a caller who leaves is left within one, and each answer has its own seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from hearthnet_core.backends.answering import Asked
from hearthnet_core.errors import SchemaMismatch

MAX_NEW_TOKENS = 1_024
"""When the request does not say how long the answer may be."""
UNFINISHED = "\N{REPLACEMENT CHARACTER}"


class Loaded(NamedTuple):
    name: str
    model: Any
    tokenizer: Any
    device: Any
    ends: frozenset[int]


def load(name: str, place: Path) -> Loaded:
    """Reads a model's folder, and nothing else: no network, no code of the model's, no pickled weights."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True, trust_remote_code=False)
    model = AutoModelForCausalLM.from_pretrained(
        place, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype="auto"
    )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu" and model.dtype is torch.float16:
        model = model.float()  # processors do not calculate with half precision, or very slowly
    given = model.generation_config.eos_token_id
    ends = set(given if isinstance(given, list) else [given]) | {tokenizer.eos_token_id}
    ends -= {None}
    return Loaded(name, model.to(device).eval(), tokenizer, device, frozenset(ends))


class Generation:
    """`step` until `finish` says why it ended; then `rest` holds what was still held back."""

    def __init__(self, loaded: Loaded, asked: Asked) -> None:
        import torch

        self._torch = torch
        self._loaded = loaded
        wishes = asked.sampling
        self._temperature = float(wishes.get("temperature", 0.7))
        self._top_p = float(wishes.get("top_p", 1.0))
        self._stop: list[str] = wishes.get("stop", [])
        self._chance = torch.Generator(device=loaded.device)
        if "seed" in wishes:
            self._chance.manual_seed(wishes["seed"])
        else:
            self._chance.seed()
        ids = _prompt(loaded, asked)
        self.prompt_tokens = len(ids)
        context = asked.model.context or self.prompt_tokens + MAX_NEW_TOKENS
        if self.prompt_tokens >= context:
            raise SchemaMismatch(f"This is too long: {self.prompt_tokens:,} tokens; {loaded.name} takes {context:,}.")
        self._most = min(wishes.get("max_tokens", MAX_NEW_TOKENS), context - self.prompt_tokens)
        self._next = torch.tensor([ids], device=loaded.device)
        self._past: Any = None
        self._made: list[int] = []
        self._start = self._read = 0
        self._held = ""
        self.finish = ""
        self.rest = ""

    @property
    def completion_tokens(self) -> int:
        return len(self._made)

    def step(self) -> str:
        """One token more; what of the text is sure by now."""
        torch = self._torch
        with torch.inference_mode():
            answer = self._loaded.model(input_ids=self._next, past_key_values=self._past, use_cache=True)
            token = int(self._chosen(answer.logits[0, -1].float()))
        self._past = answer.past_key_values
        self._made.append(token)
        if token in self._loaded.ends:
            self.finish = "stop"
            self._made[-1:] = []
            return self._over(self._decoded(whole=True))
        self._next = torch.tensor([[token]], device=self._loaded.device)
        text = self._decoded(whole=False)
        if len(self._made) >= self._most:
            self.finish = "length"
            return self._over(text + self._decoded(whole=True))
        return self._until_stop(text)

    def _chosen(self, logits: Any) -> Any:
        """By chance among the likeliest that together have `top_p`; the likeliest alone at temperature 0."""
        torch = self._torch
        if self._temperature == 0:
            return torch.argmax(logits)
        chances, tokens = torch.sort(torch.softmax(logits / self._temperature, dim=-1), descending=True)
        before = torch.cumsum(chances, dim=-1) - chances
        chances = torch.where(before < self._top_p, chances, 0.0)
        return tokens[torch.multinomial(chances, 1, generator=self._chance)[0]]

    def _decoded(self, *, whole: bool) -> str:
        """The text since the last time. A few tokens back are decoded again, because some are only part of a character and
        some begin with a space that depends on what stands before."""
        decode = self._loaded.tokenizer.decode
        text = decode(self._made[self._start :], skip_special_tokens=True)
        if text.endswith(UNFINISHED) and not whole:
            return ""
        before = decode(self._made[self._start : self._read], skip_special_tokens=True)
        self._start, self._read = self._read, len(self._made)
        return str(text[len(before) :])

    def _over(self, text: str) -> str:
        finish, self.finish = self.finish, ""
        text = self._until_stop(text)
        self.rest, self._held = ("" if self.finish else self._held), ""
        self.finish = self.finish or finish
        return text

    def _until_stop(self, text: str) -> str:
        """What stands before the first stop word; the beginning of a possible one is held back."""
        text = self._held + text
        ends = [at for word in self._stop if word and (at := text.find(word)) >= 0]
        if ends:
            self.finish, self._held = "stop", ""
            return text[: min(ends)]
        keep = max((n for w in self._stop for n in range(1, len(w)) if text.endswith(w[:n])), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _prompt(loaded: Loaded, asked: Asked) -> list[int]:
    tokenizer = loaded.tokenizer
    if asked.complete is not None:
        return list(tokenizer(asked.complete.prompt + asked.said)["input_ids"])
    think = {} if asked.chat.think is None else {"enable_thinking": asked.chat.think}
    text = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in asked.messages],
        tokenize=False,
        add_generation_prompt=not asked.said,
        continue_final_message=bool(asked.said),
        **think,
    )
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
