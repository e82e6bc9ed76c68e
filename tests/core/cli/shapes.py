"""What a node answers, in the shapes of docs/api.md; one neighbour has a name that wants to paint over the terminal."""

from __future__ import annotations

from typing import Any

NODE = "b" * 52
EVIL = "\x1b]0;pwned\x07\x1b[2JBob\u202e"
INVITE = "HN1:" + "A" * 150
WORDS = "able acid acorn actor adult agent"
CAPABILITY = {
    "capability": "llm.chat",
    "version": "1.0",
    "provider": "ollama",
    "models": ["llama"],
    "available": True,
    "reason": "",
    "load": 0.0,
    "internet": False,
}
PEER = {
    "node_id": NODE,
    "short": "bbbb-bbbb-bbbb-bbbb",
    "name": EVIL,
    "member_id": NODE,
    "member_name": "Bob",
    "role": "member",
    "home": False,
    "connected": True,
    "latency_ms": 1.25,
    "address": "192.168.1.6:7080",
    "version": "0.1.0",
    "since": 1.0,
    "capabilities": [CAPABILITY],
}
NOTICE = {
    "id": "n1",
    "title": "Water is back",
    "body": "Boil it.\nUntil Friday.",
    "severity": "warning",
    "author_node": NODE,
    "author_name": EVIL,
    "member_id": NODE,
    "at": 1_790_000_000.0,
    "expires": 1_790_600_000.0,
    "late": True,
}
COMMUNITY = {"id": "c" * 52, "short": "cccc-cccc", "name": "Elm Street", "members": 3, "alone": False, "readmit": []}
SOURCE = {
    "rank": 1,
    "score": 0.9,
    "text": "Store water in\nclean containers.",
    "doc_title": "Water",
    "doc_cid": "x",
    "chunk_id": "y",
    "node_id": NODE,
    "node_name": "Carol",
    "corpus": "library",
    "language": "en",
    "licence": "CC-BY-4.0",
}
TRACE = {
    "id": "t1",
    "capability": "llm.chat",
    "started": 1_790_000_000.0,
    "duration_ms": 1234.5,
    "privacy": "community",
    "candidates": [
        {
            "node_id": NODE,
            "node_name": "Bob",
            "provider": "ollama",
            "model": "llama",
            "score": 0.81,
            "allowed": True,
            "excluded": "",
            "terms": [
                {"name": "distance", "value": 0.1, "weight": 0.1, "why": "one hop away"},
                {"name": "latency", "value": 0.9, "weight": 0.3, "why": "usually answers in 320 ms"},
            ],
        },
        {
            "node_id": "d" * 52,
            "node_name": "Dave",
            "provider": "ollama",
            "model": "llama",
            "score": 0.0,
            "allowed": False,
            "excluded": "not in this home",
            "terms": [],
        },
    ],
    "attempts": [
        {
            "n": 1,
            "node_id": NODE,
            "node_name": "Bob",
            "provider": "ollama",
            "model": "llama",
            "started_ms": 1.0,
            "first_chunk_ms": None,
            "duration_ms": 200.0,
            "chunks": 0,
            "outcome": "failed",
            "error": "unavailable",
            "message": "The connection broke.",
        },
        {
            "n": 2,
            "node_id": NODE,
            "node_name": "Bob",
            "provider": "ollama",
            "model": "llama",
            "started_ms": 210.0,
            "first_chunk_ms": 320.0,
            "duration_ms": 900.0,
            "chunks": 9,
            "outcome": "ok",
            "error": "",
            "message": "",
        },
    ],
    "hops": [],
}
STATE: dict[str, Any] = {
    "node": {
        "id": NODE,
        "short": "aaaa-aaaa",
        "name": "Alice",
        "version": "0.1.0",
        "address": "192.168.1.5:7080",
        "started": 1_790_000_000.0,
        "warnings": ["clock"],
    },
    "member": {"id": NODE, "short": "aaaa", "name": "Alice", "role": "anchor"},
    "community": COMMUNITY,
    "privacy": "home",
    "privacy_chosen": False,
    "connectivity": {
        "state": "offline",
        "cause": "captive_portal",
        "since": 1_790_000_000.0,
        "internet": False,
        "mesh": True,
    },
    "mode": {"mode": "drill", "since": 1_790_000_000.0, "by": "cli", "reason": "practice"},
    "peers": [PEER, {**PEER, "name": "Carol", "connected": False, "latency_ms": None, "capabilities": []}],
    "capabilities": [CAPABILITY, {**CAPABILITY, "capability": "stt.transcribe", "available": False}],
    "last_answer": None,
    "library": {"documents": 16, "chunks": 240},
    "notices": [NOTICE],
    "engines": [{"name": "ollama", "url": "http://127.0.0.1:11434", "available": False, "reason": "not started"}],
    "next_step": "add_model",
}
SEARCHED = {
    "results": [SOURCE],
    "method": "bm25",
    "searched": [{"node_id": NODE, "name": "Bob", "count": 0, "error": "away"}],
}
INVITED = {
    "invite_id": "i",
    "text": INVITE,
    "qr_svg": "",
    "expires": 1_790_000_000.0,
    "community": COMMUNITY,
    "addresses": ["192.168.1.5:7080"],
}
INSPECTED = {
    "community_id": "c",
    "community_short": "cccc-cccc",
    "node_id": NODE,
    "node_short": "bbbb",
    "addresses": [],
    "expires": 1.0,
    "words": WORDS,
}
