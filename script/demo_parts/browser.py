"""A real Chromium, logged in to a running Home Assistant, on the screens people have on their walls and in their hands."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from script.demo_parts.home_assistant import HomeAssistant

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
SCREENS = {"tablet": (1280, 800), "tablet-portrait": (800, 1280), "wall": (800, 480), "phone": (390, 844)}
PATIENCE_MS = 60_000


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """Debian's own; raises `RuntimeError` when it is not installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("No Chromium on this machine; `script/setup --system` installs it, or names the command.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def signed_in(
    browser: Browser, home: HomeAssistant, screen: str = "tablet", *, dark: bool = False, language: str = "en"
) -> AsyncIterator[Page]:
    """A page with the session of `home.token`; whatever the page logs as an error is collected in `page.errors`."""
    width, height = SCREENS[screen]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        device_scale_factor=2 if screen == "phone" else 1,
        has_touch=screen != "tablet",
        locale=language,
    )
    tokens = {
        **home.token,
        "hassUrl": home.url,
        "clientId": home.client,
        "expires": int((time.time() + home.token["expires_in"]) * 1000),
    }
    await context.add_init_script(
        f"localStorage.hassTokens = {json.dumps(json.dumps(tokens))};"
        f"localStorage.selectedLanguage = {json.dumps(json.dumps(language))};"
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.errors = errors  # type: ignore[attr-defined]
    try:
        yield page
    finally:
        await context.close()


async def text_of(page: Page, selector: str) -> str:
    """The visible text below the first match, shadow roots included."""
    found: Any = await page.locator(selector).first.evaluate(
        """element => {
            const read = node => node.nodeType === 3 ? node.data
                : node.nodeType !== 1 && node.nodeType !== 11 ? ''
                : node.nodeType === 1 && getComputedStyle(node).display === 'none' ? ''
                : (node.shadowRoot ? read(node.shadowRoot) : '')
                  + (node.localName === 'style' ? '' : node.localName === 'slot' && node.assignedNodes().length
                      ? node.assignedNodes().map(read).join('') : [...node.childNodes].map(read).join(''));
            return read(element);
        }"""
    )
    return " ".join(str(found).split())
