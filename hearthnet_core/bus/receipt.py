"""A receipt proves who answered what, nothing more: signed by the callee, kept by the caller."""

from __future__ import annotations

from typing import Any

import blake3
import msgspec

from hearthnet_core.errors import InvalidSignature
from hearthnet_core.identity.keys import Purpose, SigningKey, verify
from hearthnet_core.models.ids import NodeId

MAX_FINISH = 32
MAX_MODEL = 200


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Hashes are 32 bytes; `chunks` counts the callee's messages before `done`."""

    request_hash: bytes
    answer_hash: bytes
    finish: str
    model: str
    chunks: int
    signature: bytes


class AnswerHash:
    """BLAKE3 over the callee's event messages, each as u32 length ‖ bytes."""

    def __init__(self) -> None:
        self._hash = blake3.blake3()
        self.chunks = 0

    def add(self, message: bytes) -> None:
        self._hash.update(len(message).to_bytes(4) + message)
        self.chunks += 1

    def digest(self) -> bytes:
        return self._hash.digest()


def _signed_bytes(call_id: str, caller: NodeId, callee: NodeId, r: Receipt) -> bytes:
    return msgspec.msgpack.encode(
        ["receipt/1", call_id, bytes(caller), bytes(callee), r.request_hash, r.answer_hash, r.finish, r.model, r.chunks]
    )


def sign(
    key: SigningKey, call_id: str, caller: NodeId, request: bytes, answer: AnswerHash, finish: str, model: str
) -> Receipt:
    """The callee's receipt for `request`, the body message as it came."""
    unsigned = Receipt(
        request_hash=blake3.blake3(request).digest(),
        answer_hash=answer.digest(),
        finish=finish[:MAX_FINISH],
        model=model[:MAX_MODEL],
        chunks=answer.chunks,
        signature=b"",
    )
    signature = key.sign(Purpose.RECEIPT, _signed_bytes(call_id, caller, key.node_id, unsigned))
    return msgspec.structs.replace(unsigned, signature=signature)


def check(
    data: object, call_id: str, caller: NodeId, callee: NodeId, callee_key: bytes, request: bytes, answer: AnswerHash
) -> dict[str, Any]:
    """The receipt as `docs/api.md` shows it, with `valid`; one that is missing, malformed, for another call or by another
    node is shown as not valid, with `error` and `message`."""
    try:
        receipt = msgspec.convert(data, Receipt)
        if receipt.request_hash != blake3.blake3(request).digest():
            raise InvalidSignature("The receipt is for another question.")
        if receipt.answer_hash != answer.digest() or receipt.chunks != answer.chunks:
            raise InvalidSignature("The receipt is for another answer.")
        verify(callee_key, Purpose.RECEIPT, _signed_bytes(call_id, caller, callee, receipt), receipt.signature)
        if len(receipt.finish) > MAX_FINISH or len(receipt.model) > MAX_MODEL:
            raise InvalidSignature("The receipt says too much.")
    except (msgspec.ValidationError, InvalidSignature) as wrong:
        why = wrong.message if isinstance(wrong, InvalidSignature) else "The receipt is missing or malformed."
        return {"node_id": callee.text, "valid": False, "error": InvalidSignature.code, "message": why}
    return {
        "node_id": callee.text,
        "request_hash": receipt.request_hash.hex(),
        "answer_hash": receipt.answer_hash.hex(),
        "finish": receipt.finish,
        "model": receipt.model,
        "chunks": receipt.chunks,
        "signature": receipt.signature.hex(),
        "valid": True,
    }
