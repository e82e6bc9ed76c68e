"""Photographs the harness in every state: .cache/venv-ha/bin/python frontend/dev/shots.py [NAME…] [--from dist] [--docs]

Pictures land in frontend/dev/shots/; with --docs the ones the documentation shows go to docs/images/, taken from the committed bundles.
Each picture also reports what a glance can miss: errors on the console, things wider than the page, targets smaller than 48 px.
"""

import argparse
import contextlib
import datetime as dt
import re
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

FRONTEND = Path(__file__).resolve().parent.parent
IMAGES = FRONTEND.parent / "docs" / "images"
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
]
DESKTOP, TABLET, SMALL, PHONE = (1280, 800), (800, 1280), (800, 480), (390, 844)
NOW = dt.datetime(2026, 11, 24, 17, 42, tzinfo=dt.UTC)

AUDIT = """() => {
  const small = [], wide = [];
  const walk = (root) => {
    for (const el of root.querySelectorAll("*")) {
      if (el.shadowRoot) walk(el.shadowRoot);
      const box = el.getBoundingClientRect();
      if (!box.width || !box.height || getComputedStyle(el).visibility === "hidden") continue;
      const clipped = el.closest(".sr, svg") || el.matches(".sr");
      if (!clipped && box.right > innerWidth + 1) wide.push(`${el.tagName}.${el.className} ${Math.round(box.right)}`);
      if (el.matches("button, a[href], select, input, textarea, [role=button]") && !el.classList.contains("cite") && !el.closest("label")
          && (box.width < 47.5 || box.height < 47.5))
        small.push(`${el.tagName}.${el.className.baseVal ?? el.className} ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
  };
  walk(document);
  return { small: [...new Set(small)], wide: [...new Set(wide)].slice(0, 5), scroll: document.documentElement.scrollWidth > innerWidth };
}"""


def settled(page: Page, times: int = 1) -> None:
    page.wait_for_function(f"harness.connection.said >= {times} * harness.scene.answer.length")
    page.wait_for_timeout(150)


def ask(page: Page) -> None:
    page.get_by_test_id("suggestion").first.click()
    settled(page)


def ask_card(page: Page) -> None:
    page.get_by_test_id("ask-input").fill("How long can I store drinking water, and in what?")
    page.get_by_test_id("ask-submit").click()
    settled(page)


def source(page: Page) -> None:
    ask(page)
    page.get_by_test_id("source").first.click()
    page.wait_for_timeout(400)


def route(page: Page) -> None:
    ask(page)
    page.get_by_test_id("route").scroll_into_view_if_needed()
    page.get_by_test_id("candidate").first.click()
    page.wait_for_timeout(300)


def two(page: Page) -> None:
    ask(page)
    page.get_by_test_id("ask-new").click()
    page.get_by_test_id("suggestion").nth(1).click()
    settled(page, 2)


def cut(page: Page) -> None:
    page.evaluate("harness.connection.cut()")
    page.wait_for_timeout(200)


def invite(page: Page) -> None:
    page.get_by_test_id("invite-open").click()
    page.wait_for_timeout(150)


def invited(page: Page) -> None:
    invite(page)
    page.get_by_test_id("invite-neighbour").click()
    page.get_by_test_id("invite-words").wait_for()
    page.wait_for_timeout(200)


def join(page: Page) -> None:
    page.get_by_test_id("join-open").click()
    page.get_by_test_id("join-text").fill("hearthnet:1:AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZ")
    page.wait_for_timeout(100)


def compare(page: Page) -> None:
    join(page)
    page.get_by_test_id("join-inspect").click()
    page.get_by_test_id("join-words").wait_for()
    page.wait_for_timeout(150)


def joined(page: Page) -> None:
    compare(page)
    page.get_by_test_id("join-confirm").click()
    page.get_by_test_id("join-done").wait_for()


def peer(page: Page) -> None:
    page.get_by_test_id("peer-node").first.click()
    page.wait_for_timeout(200)


def write(page: Page) -> None:
    page.get_by_test_id("notice-write").click()
    page.get_by_test_id("notice-form").scroll_into_view_if_needed()
    page.wait_for_timeout(200)


def translate(page: Page) -> None:
    page.get_by_test_id("translate").first.click()
    page.get_by_test_id("translated").scroll_into_view_if_needed()


def confirm(page: Page) -> None:
    page.get_by_test_id("mode-emergency").click()
    page.wait_for_timeout(200)


def leave(page: Page) -> None:
    page.get_by_test_id("leave-open").click()
    page.wait_for_timeout(200)


def bottom(page: Page) -> None:
    page.evaluate(
        "() => harness.element.shadowRoot.querySelector('hearthnet-mesh-view').shadowRoot.querySelector('.scroll').scrollTo(0, 1e6)"
    )
    page.wait_for_timeout(200)


# name, size, parameters, what is done first
def upload_some(page: Page) -> None:
    files = [
        {"name": n, "mimeType": "application/pdf", "buffer": b"x"}
        for n in ("boiler.pdf", "broken.pdf", "slow scan.pdf")
    ]
    page.get_by_test_id("file-input").set_input_files(files)
    page.wait_for_timeout(400)


def fetch_model(page: Page) -> None:
    page.get_by_test_id("pull-name").fill("llama3.2:3b")
    page.get_by_test_id("pull-submit").click()
    page.wait_for_timeout(200)


def open_document(page: Page) -> None:
    page.get_by_test_id("document").first.locator("button.title").click()
    page.wait_for_timeout(200)


def remove_document(page: Page) -> None:
    page.get_by_test_id("remove").first.click()
    page.get_by_test_id("model-remove").first.click()


def find_picture(page: Page, query: str = "bicycle") -> None:
    page.get_by_test_id("picture-query").fill(query)
    page.get_by_test_id("picture-submit").click()
    page.wait_for_timeout(250)


def no_picture(page: Page) -> None:
    find_picture(page, "nothing")


def slow_picture(page: Page) -> None:
    find_picture(page, "slow")


def broken_picture(page: Page) -> None:
    find_picture(page, "broken")


def open_picture(page: Page) -> None:
    find_picture(page)
    page.get_by_test_id("found-picture").first.click()
    page.wait_for_timeout(250)


def alike(page: Page) -> None:
    open_picture(page)
    page.get_by_test_id("alike").click()
    page.wait_for_timeout(250)
    page.get_by_test_id("alike").scroll_into_view_if_needed()


def alike_unseen(page: Page) -> None:
    find_picture(page)
    page.get_by_test_id("found-picture").nth(2).click()
    page.wait_for_timeout(250)
    page.get_by_test_id("alike").click()
    page.wait_for_timeout(250)


def take(page: Page) -> None:
    open_document(page)
    page.get_by_test_id("take-data").click()
    page.wait_for_timeout(150)


def take_example(page: Page) -> None:
    take(page)
    page.get_by_test_id("take-example").first.click()
    page.wait_for_timeout(100)


NAMES = ("From whom", "Amount", "To be paid by", "To which account", "Years", "Renews by itself", "Discount")
KINDS = ("text", "number", "date", "text", "list", "yes_no", "number")


def take_it(page: Page) -> None:
    take(page)
    for n, (name, kind) in enumerate(zip(NAMES, KINDS, strict=True)):
        if n:
            page.get_by_test_id("take-add").click()
        page.get_by_test_id("take-name").nth(n).fill(name)
        page.get_by_test_id("take-kind").nth(n).select_option(kind)
    if page.get_by_test_id("take-keep").count():
        page.get_by_test_id("take-keep").select_option("household")
    page.get_by_test_id("take-submit").click()
    page.wait_for_timeout(250)


def taken_place(page: Page) -> None:
    take_it(page)
    page.get_by_test_id("place").first.click()
    page.wait_for_timeout(250)


def record(page: Page) -> None:
    page.get_by_test_id("record").click()
    page.wait_for_timeout(400)


def ask_and_open(page: Page) -> None:
    ask(page)
    page.get_by_test_id("source").first.click()
    page.wait_for_timeout(200)


def add_picture(page: Page) -> None:
    rows = b"".join(
        b"\0" + bytes((200 - x // 2, 90 + y // 2, 60)[c] for x in range(160) for c in range(3)) for y in range(120)
    )
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", 160, 120, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    page.get_by_test_id("ask-file").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": png}])
    page.wait_for_timeout(300)


SHOTS = [
    ("ask-senses", DESKTOP, {"scene": "senses"}, None),
    ("ask-senses-phone-dark-de", PHONE, {"scene": "senses", "theme": "dark", "lang": "de"}, add_picture),
    ("ask-steps", DESKTOP, {"answer": "steps", "scene": "senses"}, ask),
    ("ask-steps-phone-de", PHONE, {"answer": "steps", "lang": "de"}, ask),
    ("ask-sure", DESKTOP, {"answer": "sure", "scene": "senses", "theme": "dark"}, ask_and_open),
    ("ask-sure-phone-de", PHONE, {"answer": "sure", "scene": "senses", "lang": "de"}, ask_and_open),
    ("ask-empty", DESKTOP, {"scene": "full"}, None),
    ("ask-empty-dark", DESKTOP, {"scene": "full", "theme": "dark"}, None),
    ("ask-alone-phone", PHONE, {"scene": "empty"}, None),
    ("ask-alone-small-dark", SMALL, {"scene": "empty", "theme": "dark", "kiosk": "1"}, None),
    ("ask-searching", DESKTOP, {"answer": "searching"}, ask),
    ("ask-waiting-dark", TABLET, {"answer": "waiting", "theme": "dark"}, ask),
    ("ask-streaming", DESKTOP, {"answer": "streaming"}, ask),
    ("ask-streaming-phone-dark", PHONE, {"answer": "streaming", "theme": "dark"}, ask),
    ("ask-answer", DESKTOP, {"answer": "whole"}, ask),
    ("ask-answer-sidebar-de", DESKTOP, {"answer": "whole", "lang": "de", "sidebar": "256"}, ask),
    ("ask-source-tablet", TABLET, {"answer": "whole"}, source),
    ("ask-handover", DESKTOP, {"answer": "handover", "theme": "dark"}, ask),
    ("ask-failover", DESKTOP, {"answer": "failover"}, ask),
    ("ask-failover-dark", DESKTOP, {"answer": "failover", "theme": "dark"}, ask),
    ("ask-failover-tablet", TABLET, {"answer": "failover", "lang": "de"}, ask),
    ("ask-failover-phone", PHONE, {"answer": "failover"}, ask),
    ("ask-failover-small", SMALL, {"answer": "failover", "kiosk": "1"}, ask),
    ("ask-route-phone", PHONE, {"answer": "failover", "theme": "dark"}, route),
    ("ask-route-reasons", DESKTOP, {"answer": "failover"}, route),
    ("ask-error", DESKTOP, {"answer": "error"}, ask),
    ("ask-error-phone-de", PHONE, {"answer": "error", "lang": "de", "theme": "dark"}, ask),
    ("ask-ungrounded", DESKTOP, {"answer": "ungrounded"}, ask),
    ("ask-home-dark", DESKTOP, {"scene": "empty", "answer": "home", "theme": "dark"}, ask),
    ("ask-hostile-phone", PHONE, {"answer": "hostile"}, ask),
    ("ask-history", DESKTOP, {"answer": "whole"}, two),
    ("ask-emergency", TABLET, {"scene": "emergency"}, None),
    ("ask-emergency-dark", DESKTOP, {"scene": "emergency", "theme": "dark", "answer": "whole"}, ask),
    ("ask-offline", DESKTOP, {"scene": "offline"}, None),
    ("ask-node-offline", DESKTOP, {"scene": "node_offline"}, None),
    ("ask-node-never-phone", PHONE, {"scene": "node_never", "lang": "de"}, None),
    ("ask-ha-gone-dark", DESKTOP, {"scene": "full", "theme": "dark"}, cut),
    ("ask-drill-small", SMALL, {"scene": "drill", "lang": "de"}, None),
    ("loading", DESKTOP, {"scene": "loading"}, None),
    ("failed-dark", TABLET, {"scene": "failed", "theme": "dark", "settle": "4000"}, None),
    ("unconfigured", PHONE, {"scene": "unconfigured"}, None),
    ("home", DESKTOP, {"view": "home", "scene": "engine"}, None),
    ("home-dark", TABLET, {"view": "home", "scene": "engine", "theme": "dark"}, None),
    ("home-phone-de", PHONE, {"view": "home", "scene": "engine", "lang": "de"}, None),
    ("home-small", SMALL, {"view": "home", "scene": "engine", "kiosk": "1"}, None),
    ("home-upload", DESKTOP, {"view": "home", "scene": "engine", "theme": "dark"}, upload_some),
    ("home-pull-de", DESKTOP, {"view": "home", "scene": "engine", "lang": "de"}, fetch_model),
    ("home-document-phone", PHONE, {"view": "home"}, open_document),
    ("home-remove-phone-de", PHONE, {"view": "home", "scene": "engine", "lang": "de"}, remove_document),
    ("home-guest", DESKTOP, {"view": "home", "admin": "0"}, None),
    ("home-alone-de", TABLET, {"view": "home", "scene": "empty", "lang": "de"}, None),
    ("pictures", DESKTOP, {"view": "home", "scene": "pictures"}, None),
    ("pictures-found", DESKTOP, {"view": "home", "scene": "pictures"}, find_picture),
    ("pictures-found-dark", TABLET, {"view": "home", "scene": "pictures", "theme": "dark"}, find_picture),
    ("pictures-found-phone-de", PHONE, {"view": "home", "scene": "pictures", "lang": "de"}, find_picture),
    ("pictures-found-phone-dark", PHONE, {"view": "home", "scene": "pictures", "theme": "dark"}, find_picture),
    ("pictures-none-phone-de", PHONE, {"view": "home", "scene": "pictures", "lang": "de"}, no_picture),
    ("pictures-slow-dark", PHONE, {"view": "home", "scene": "pictures", "theme": "dark"}, slow_picture),
    ("pictures-broken", TABLET, {"view": "home", "scene": "pictures"}, broken_picture),
    ("pictures-open", TABLET, {"view": "home", "scene": "pictures"}, open_picture),
    (
        "pictures-open-phone-dark-de",
        PHONE,
        {"view": "home", "scene": "pictures", "theme": "dark", "lang": "de"},
        open_picture,
    ),
    ("pictures-alike-dark", TABLET, {"view": "home", "scene": "pictures", "theme": "dark"}, alike),
    ("pictures-alike-phone", PHONE, {"view": "home", "scene": "pictures"}, alike),
    ("pictures-alike-unseen-phone-de", PHONE, {"view": "home", "scene": "pictures", "lang": "de"}, alike_unseen),
    ("take-form", TABLET, {"view": "home", "scene": "taking"}, take),
    ("take-form-phone-de", PHONE, {"view": "home", "scene": "taking", "lang": "de"}, take_example),
    ("take-form-dark", DESKTOP, {"view": "home", "scene": "taking", "theme": "dark"}, take_example),
    ("take-form-guest-small", SMALL, {"view": "home", "scene": "taking", "admin": "0", "kiosk": "1"}, take),
    ("take-running-dark", TABLET, {"view": "home", "scene": "taking", "theme": "dark"}, take_it),
    ("take-found", TABLET, {"view": "home", "scene": "pictures"}, take_it),
    ("take-found-dark-de", DESKTOP, {"view": "home", "scene": "kept", "theme": "dark", "lang": "de"}, take_it),
    ("take-found-phone", PHONE, {"view": "home", "scene": "kept"}, take_it),
    ("take-found-phone-dark-de", PHONE, {"view": "home", "scene": "kept", "theme": "dark", "lang": "de"}, take_it),
    ("take-unable-phone-de", PHONE, {"view": "home", "scene": "unable", "lang": "de"}, take_it),
    ("take-place-phone", PHONE, {"view": "home", "scene": "pictures"}, taken_place),
    ("ask-recording-phone-de", PHONE, {"scene": "senses", "lang": "de"}, record),
    ("home-offline", DESKTOP, {"view": "home", "scene": "node_offline"}, None),
    ("mesh-full", DESKTOP, {"view": "mesh"}, None),
    ("mesh-full-dark", DESKTOP, {"view": "mesh", "theme": "dark"}, None),
    ("mesh-full-tablet-de", TABLET, {"view": "mesh", "lang": "de"}, None),
    ("mesh-full-phone-dark", PHONE, {"view": "mesh", "theme": "dark"}, None),
    ("mesh-full-small", SMALL, {"view": "mesh", "kiosk": "1"}, None),
    ("mesh-sidebar-de", DESKTOP, {"view": "mesh", "lang": "de", "sidebar": "256"}, None),
    ("mesh-bottom", DESKTOP, {"view": "mesh"}, bottom),
    ("mesh-bottom-phone-de", PHONE, {"view": "mesh", "lang": "de"}, bottom),
    ("mesh-pair", DESKTOP, {"view": "mesh", "scene": "pair"}, None),
    ("mesh-translated-phone-de", PHONE, {"view": "mesh", "lang": "de"}, translate),
    ("mesh-translated-dark-de", TABLET, {"view": "mesh", "lang": "de", "theme": "dark"}, translate),
    ("mesh-crowd-phone", PHONE, {"view": "mesh", "scene": "crowd", "lang": "de"}, None),
    ("mesh-eight", DESKTOP, {"view": "mesh", "scene": "eight", "lang": "de"}, None),
    ("mesh-crowd", DESKTOP, {"view": "mesh", "scene": "crowd", "theme": "dark"}, None),
    ("mesh-peer", DESKTOP, {"view": "mesh"}, peer),
    ("mesh-empty", DESKTOP, {"view": "mesh", "scene": "empty"}, None),
    ("mesh-empty-phone-dark", PHONE, {"view": "mesh", "scene": "empty", "theme": "dark", "lang": "de"}, None),
    ("mesh-empty-guest", TABLET, {"view": "mesh", "scene": "empty_guest"}, None),
    ("mesh-privacy", DESKTOP, {"view": "mesh", "scene": "privacy"}, None),
    ("mesh-model-de", DESKTOP, {"view": "mesh", "scene": "model", "lang": "de"}, None),
    ("mesh-network", TABLET, {"view": "mesh", "scene": "network", "theme": "dark"}, None),
    ("mesh-emergency", DESKTOP, {"view": "mesh", "scene": "emergency"}, None),
    ("mesh-emergency-dark", TABLET, {"view": "mesh", "scene": "emergency", "theme": "dark", "lang": "de"}, None),
    ("mesh-isolated", DESKTOP, {"view": "mesh", "scene": "isolated", "theme": "dark"}, None),
    ("mesh-node-offline", DESKTOP, {"view": "mesh", "scene": "node_offline"}, None),
    ("mesh-guest", DESKTOP, {"view": "mesh", "scene": "guest"}, None),
    ("mesh-readmit", DESKTOP, {"view": "mesh", "scene": "readmit", "lang": "de"}, None),
    ("mesh-write-phone", PHONE, {"view": "mesh", "lang": "de"}, write),
    ("mesh-write", DESKTOP, {"view": "mesh", "theme": "dark"}, write),
    ("mesh-confirm", DESKTOP, {"view": "mesh"}, confirm),
    ("mesh-leave", PHONE, {"view": "mesh", "lang": "de"}, leave),
    ("dialog-invite-who", DESKTOP, {"view": "mesh"}, invite),
    ("dialog-invite", DESKTOP, {"view": "mesh"}, invited),
    ("dialog-invite-phone-dark", PHONE, {"view": "mesh", "theme": "dark", "lang": "de"}, invited),
    ("dialog-invite-small", SMALL, {"view": "mesh"}, invited),
    ("dialog-join", DESKTOP, {"view": "mesh", "scene": "empty", "theme": "dark"}, join),
    ("dialog-compare", DESKTOP, {"view": "mesh", "theme": "dark"}, compare),
    ("dialog-compare-phone-de", PHONE, {"view": "mesh", "lang": "de"}, compare),
    ("dialog-compare-own-de", PHONE, {"view": "mesh", "scene": "own_invite", "lang": "de", "theme": "dark"}, compare),
    ("dialog-compare-own", DESKTOP, {"view": "mesh", "scene": "own_invite"}, compare),
    ("dialog-joined", DESKTOP, {"view": "mesh", "scene": "empty"}, joined),
    ("card", (420, 520), {"view": "card"}, None),
    ("card-dark", (420, 520), {"view": "card", "theme": "dark"}, None),
    ("card-answer", (420, 720), {"view": "card", "answer": "failover"}, ask_card),
    ("card-error-de", (420, 640), {"view": "card", "answer": "error", "lang": "de", "theme": "dark"}, ask_card),
    ("card-emergency-dark", (420, 560), {"view": "card", "scene": "emergency", "theme": "dark"}, None),
    ("card-offline-node", (420, 520), {"view": "card", "scene": "node_offline"}, None),
    ("card-alone-de", (320, 560), {"view": "card", "scene": "empty", "lang": "de"}, None),
    ("card-plain", (420, 300), {"view": "card", "plain": "1"}, None),
    ("card-unconfigured", (420, 300), {"view": "card", "scene": "unconfigured"}, None),
    ("card-wide", DESKTOP, {"view": "card", "scene": "drill"}, None),
]

# what the documentation shows: picture in docs/images -> shot
DOCS = {
    "panel-ask": "ask-failover",
    "panel-ask-dark": "ask-failover-dark",
    "panel-ask-empty-phone": "ask-alone-phone",
    "panel-ask-tablet": "ask-source-tablet",
    "panel-ask-phone": "ask-streaming-phone-dark",
    "panel-ask-offline": "ask-offline",
    "panel-emergency-dark": "ask-emergency-dark",
    "panel-mesh": "mesh-full",
    "panel-mesh-dark": "mesh-full-dark",
    "panel-mesh-tablet": "mesh-full-tablet-de",
    "panel-mesh-phone-dark": "mesh-full-phone-dark",
    "panel-mesh-empty": "mesh-empty",
    "panel-mesh-node-offline": "mesh-node-offline",
    "panel-small-tablet": "ask-failover-small",
    "panel-invite": "dialog-invite",
    "panel-join": "dialog-compare",
    "card": "card",
    "card-dark": "card-dark",
    "card-emergency-dark": "card-emergency-dark",
    "card-answer": "card-answer",
}


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The harness on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node_modules/.bin/vite", "--config", "dev/vite.config.ts", "--port", str(port), "--strictPort"]
    server = subprocess.Popen(command, cwd=FRONTEND, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout or ():
            if "Local" in line:
                break
        yield f"http://127.0.0.1:{port}/frontend/dev/index.html"
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*", help="regular expressions; all shots without any")
    arguments.add_argument("--from", dest="source", choices=("src", "dist"), default="src")
    arguments.add_argument("--docs", action="store_true")
    chosen = arguments.parse_args()
    source = "dist" if chosen.docs else chosen.source
    folder = IMAGES if chosen.docs else FRONTEND / "dev" / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    targets = {shot: name for name, shot in DOCS.items()} if chosen.docs else {}
    complaints = 0
    with served() as url, sync_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name, (width, height), parameters, act in SHOTS:
            if chosen.docs and name not in targets:
                continue
            if chosen.names and not any(re.search(pattern, name) for pattern in chosen.names):
                continue
            context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
            page = context.new_page()
            page.clock.install(time=NOW)
            errors: list[str] = []
            page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            page.on("console", lambda line, errors=errors: errors.append(line.text) if line.type == "error" else None)
            page.on("dialog", lambda dialog, errors=errors: (errors.append("a script ran"), dialog.dismiss()))
            page.goto(f"{url}?{urlencode({'from': source, **parameters})}")
            page.wait_for_function("window.harness")
            page.wait_for_timeout(int(parameters.get("settle", 300)))
            try:
                page.set_default_timeout(6_000)
                if act:
                    act(page)
            except Exception as error:
                errors.append(" | ".join(str(error).splitlines()[:12]))
            page.screenshot(path=folder / f"{targets.get(name, name)}.png", animations="disabled")
            audit = page.evaluate(AUDIT)
            problems = [
                *errors,
                *(f"small: {one}" for one in audit["small"]),
                *(f"wide: {one}" for one in audit["wide"]),
            ]
            if audit["scroll"]:
                problems.append("the page scrolls sideways")
            complaints += len(problems)
            print(f"{name}: {'; '.join(problems) or 'ok'}", flush=True)
            context.close()
        browser.close()
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
