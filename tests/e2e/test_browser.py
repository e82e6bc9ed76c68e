"""The panel and the card in a real Chromium, in a real Home Assistant, with real neighbours behind it."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, expect

from script.demo_parts.browser import SCREENS, chromium, signed_in
from script.demo_parts.home_assistant import HomeAssistant
from script.demo_parts.nodes import NodeProcess, join

QUESTION = "How long can I store drinking water, and in what?"
PICTURES = os.environ.get("HEARTHNET_PICTURES", "")
"""A folder: what the tests see is kept there as `docs/images` has it (script/screenshots)."""
pytestmark = pytest.mark.asyncio(loop_scope="module")


class World:
    def __init__(self, folder: Path) -> None:
        quiet: dict[str, Any] = {"engines_auto": False, "connectivity": {"enabled": False}}
        paced = {"rate": 3.0}
        self.alice = NodeProcess("Alice", folder, {**quiet, "extractive": {"when": "alone"}})
        self.bob = NodeProcess("Bob", folder, {**quiet, "extractive": {**paced, "quality": 0.4}})
        self.carol = NodeProcess("Carol", folder, {**quiet, "extractive": {**paced, "quality": 0.3}})
        self.home = HomeAssistant(folder)
        self.browser: Browser

    @property
    def nodes(self) -> tuple[NodeProcess, ...]:
        return self.alice, self.bob, self.carol


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    async with AsyncExitStack() as stack:
        for node in made.nodes:
            stack.push_async_callback(node.stop)
        stack.push_async_callback(made.home.stop)
        await asyncio.gather(*(node.start() for node in made.nodes), made.home.start())
        await join(made.bob, made.alice)
        await join(made.carol, made.alice)
        await made.home.onboard()
        pairing = await made.alice.call("pair_code")
        done = await made.home.flow({"address": made.alice.url, "code": pairing["code"]}, {"privacy": "community"})
        assert done["type"] == "create_entry"
        made.browser = await stack.enter_async_context(chromium())
        yield made


def by(page: Page, name: str) -> Any:
    """An element by its `data-test`; shadow roots are looked into."""
    return page.locator(f'[data-test="{name}"]')


async def opened(page: Page, home: HomeAssistant) -> None:
    await page.goto(f"{home.url}/hearthnet")
    await expect(page.locator('[data-test="panel"][data-phase="live"]')).to_be_visible(timeout=60_000)


async def fits(page: Page) -> None:
    """Nothing sticks out sideways, and what is tapped is large enough for a finger."""
    width, inner = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= inner
    small = await by(page, "panel").evaluate(
        """root => {
            const found = [];
            const look = node => {
                for (const e of node.querySelectorAll('*')) {
                    if (e.shadowRoot) look(e.shadowRoot);
                    if (!e.matches('button, a[href], input, textarea, select')) continue;
                    if ((e.dataset.test || '').startsWith('citation')) continue;  // in running text
                    const box = e.getBoundingClientRect();
                    if (box.width && getComputedStyle(e).visibility !== 'hidden' && (box.height < 47.5 && box.width < 47.5))
                        found.push(`${e.localName} ${e.dataset.test || e.textContent.trim().slice(0, 20)} ${box.width}x${box.height}`);
                }
            };
            look(root.getRootNode());
            return found;
        }"""
    )
    assert small == []


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.wait_for_timeout(400)
        await page.screenshot(path=f"{PICTURES}/ha-{name}.png")


async def test_a_question_is_asked_read_and_traced_in_the_panel(world: World) -> None:
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await fits(page)
        await picture(page, "panel-ask-empty")
        await by(page, "ask-input").fill(QUESTION)
        await by(page, "ask-submit").click()
        await expect(by(page, "question")).to_have_text(QUESTION)
        await expect(by(page, "answering")).to_be_visible()
        await expect(by(page, "answered-by")).to_contain_text("Bob", timeout=30_000)
        assert await by(page, "answered-by").get_attribute("data-node-id") == world.bob.node_id
        await expect(by(page, "source")).to_have_count(5)
        await expect(by(page, "candidate").first).to_contain_text("Bob")
        await fits(page)
        await picture(page, "panel-ask")
        await by(page, "source").first.click()
        await expect(by(page, "source-text").first).to_be_visible()


async def test_a_neighbour_who_dies_in_mid_sentence_is_shown_and_the_answer_ends(world: World) -> None:
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await by(page, "ask-input").fill(QUESTION)
        await by(page, "ask-submit").click()
        await expect(by(page, "answering")).to_be_visible()
        await page.wait_for_timeout(900)
        world.bob.kill()
        await expect(by(page, "answered-by")).to_contain_text("Carol", timeout=30_000)
        await expect(by(page, "attempt")).to_have_count(2)
        await picture(page, "panel-ask-failover")
    await world.bob.start()
    await world.alice.until("Bob", lambda s: sum(p["connected"] for p in s["peers"]) == 2)


async def test_the_neighbourhood_is_drawn_and_a_notice_reaches_the_neighbour(world: World) -> None:
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await by(page, "tab-mesh").click()
        await expect(by(page, "peer-node")).to_have_count(2)
        await fits(page)
        await by(page, "notice-write").click()
        await by(page, "notice-title").fill("Warm room at the school")
        await by(page, "notice-body").fill("The gym is heated from 18:00. <b>Bring blankets.</b>")
        await by(page, "notice-submit").click()
        async with asyncio.timeout(20):
            while not (found := (await world.bob.call("notices"))["notices"]):
                await asyncio.sleep(0.1)
        assert found[0]["title"] == "Warm room at the school"
        await expect(by(page, "notices")).to_contain_text("<b>Bring blankets.</b>")
        await world.bob.call("post_notice", title="Ladder to lend", body="Six metres.")
        await expect(by(page, "notices")).to_contain_text("Ladder to lend", timeout=10_000)
        await picture(page, "panel-mesh")


async def test_an_invite_made_in_the_panel_lets_a_neighbour_in(world: World, tmp_path: Path) -> None:
    dora = NodeProcess("Dora", tmp_path, {"engines_auto": False, "connectivity": {"enabled": False}})
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await by(page, "tab-mesh").click()
        await by(page, "invite-open").click()
        await by(page, "invite-neighbour").click()
        text = await by(page, "invite-text").input_value()
        words = " ".join(await by(page, "invite-words").locator("li").all_text_contents())
        await picture(page, "panel-invite")
        try:
            await dora.start()
            assert (await dora.call("inspect_invite", text=text))["words"] == words
            await dora.call("join", text=text)
            await page.keyboard.press("Escape")
            await expect(by(page, "peer-node")).to_have_count(3, timeout=20_000)
            await dora.call("leave")
            await expect(by(page, "peer-node")).to_have_count(2, timeout=20_000)
        finally:
            await dora.stop()


async def test_somebody_without_admin_rights_may_ask_and_not_invite(world: World) -> None:
    made = await world.home.send("config/auth/create", name="Guest", group_ids=["system-users"], local_only=False)
    await world.home.send(
        "config/auth_provider/homeassistant/create", user_id=made["user"]["id"], username="guest", password="guest-pass"
    )
    admin = world.home.token
    try:
        await world.home.log_in("guest", "guest-pass")
        async with signed_in(world.browser, world.home) as page:
            await opened(page, world.home)
            await by(page, "ask-input").fill(QUESTION)
            await by(page, "ask-submit").click()
            await expect(by(page, "answered-by")).to_be_visible(timeout=30_000)
            await by(page, "tab-mesh").click()
            await expect(by(page, "guest")).to_be_visible()
            await expect(by(page, "invite-open")).to_have_count(0)
    finally:
        world.home.token = admin


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_both_views_fit_every_screen(world: World, screen: str, dark: bool) -> None:
    shade = "-dark" if dark else ""
    async with signed_in(world.browser, world.home, screen, dark=dark, language="de" if dark else "en") as page:
        await opened(page, world.home)
        await fits(page)
        await by(page, "ask-input").fill(QUESTION if not dark else "Wie lange hält Trinkwasser, und worin?")
        await by(page, "ask-submit").click()
        await expect(by(page, "answered-by")).to_be_visible(timeout=30_000)
        await fits(page)
        await picture(page, f"panel-ask-{screen}{shade}")
        await by(page, "tab-mesh").click()
        await expect(by(page, "village")).to_be_visible()
        await fits(page)
        await picture(page, f"panel-mesh-{screen}{shade}")


async def test_the_card_tells_the_mode_and_answers(world: World) -> None:
    view = {"title": "Hall", "cards": [{"type": "custom:hearthnet-card"}]}
    await world.home.send("lovelace/dashboards/create", url_path="hall-way", title="Hall", mode="storage")
    await world.home.send("lovelace/config/save", config={"views": [view]}, url_path="hall-way")
    async with signed_in(world.browser, world.home, "wall") as page:
        await page.goto(f"{world.home.url}/hall-way/0")
        await expect(by(page, "card-mode")).to_be_visible(timeout=60_000)
        await expect(by(page, "card-peers")).to_contain_text("2")
        await world.alice.call("set_mode", mode="emergency", reason="Exercise")
        await expect(by(page, "card-mode")).to_contain_text("Emergency", timeout=10_000)
        await picture(page, "card-emergency")
        await world.alice.call("set_mode", mode="normal")
        await by(page, "ask-input").fill(QUESTION)
        await by(page, "ask-submit").click()
        await expect(by(page, "card-answered-by")).to_be_visible(timeout=30_000)
        await picture(page, "card-answer")


def pdf(title: str, *pages: str) -> bytes:
    """One line of text on each page."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, text in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {font} /Contents {5 + 2 * n} 0 R >>")
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    made, places = "%PDF-1.4\n", list[int]()
    for n, one in enumerate(objects, 1):
        places.append(len(made))
        made += f"{n} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return f"{made}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


async def test_a_pdf_is_added_in_the_panel_answers_a_question_opens_at_its_passage_and_is_removed(world: World) -> None:
    pages = ["The boiler stands in the cellar.", "The boiler is switched on with the green lever behind the door."]
    manual = pdf("Boiler manual", *pages, *(f"Notes of year {n}: nothing." for n in range(4)))
    await world.alice.call("set_privacy", privacy="home")  # what is the household's answers no question that leaves it
    try:
        async with signed_in(world.browser, world.home) as page:
            await opened(page, world.home)
            await by(page, "tab-home").click()
            await by(page, "corpus").filter(has_text="Household").click()
            await by(page, "file-input").set_input_files(
                {"name": "boiler.pdf", "mimeType": "application/pdf", "buffer": manual}
            )
            await expect(by(page, "sending")).to_contain_text("boiler.pdf")
            await expect(by(page, "sending")).to_contain_text("One document was added", timeout=30_000)
            listed = by(page, "document").filter(has_text="Boiler manual")
            await expect(listed).to_contain_text("6 passages")
            await fits(page)
            await picture(page, "panel-home")
            await by(page, "tab-ask").click()
            await by(page, "ask-input").fill("Which lever switches on the boiler?")
            await by(page, "ask-submit").click()
            await expect(by(page, "answered-by")).to_contain_text("this home", timeout=30_000)
            await expect(page.get_by_text("green lever").first).to_be_visible()
            source = by(page, "source").filter(has_text="Boiler manual").first
            await expect(source).to_contain_text("2")
            await source.click()
            await by(page, "open-document").click()
            dialog = by(page, "document-dialog").filter(visible=True)
            await expect(dialog).to_contain_text("green lever")
            await expect(dialog).not_to_contain_text("stands in the cellar")
            await page.keyboard.press("Escape")
            await by(page, "tab-home").click()
            await listed.locator('[data-test="remove"]').click()
            await listed.locator('[data-test="remove-sure"]').click()
            await expect(listed).to_have_count(0)
        assert not (await world.alice.call("documents", corpus="household"))["documents"]
    finally:
        await world.alice.call("set_privacy", privacy="community")


async def test_a_photo_is_added_in_the_panel_found_by_its_words_and_opens(world: World) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (800, 400), "green").save(drawn, "JPEG")
    photo = {"name": "garden door.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await by(page, "tab-home").click()
        await by(page, "corpus").filter(has_text="Household").click()
        await by(page, "file-input").set_input_files([photo])  # type: ignore[list-item]
        listed = by(page, "document").filter(has_text="garden door")
        await expect(listed).to_contain_text("Picture", timeout=30_000)
        await by(page, "picture-query").fill("door")
        await by(page, "picture-submit").click()
        found = by(page, "found-picture")
        await expect(found).to_have_count(1, timeout=30_000)
        await expect(by(page, "picture-note")).to_contain_text("no model")
        await fits(page)
        await found.click()
        shown = by(page, "document-dialog").filter(visible=True).locator("img")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [512, 256]
        await page.keyboard.press("Escape")
        await listed.locator('[data-test="remove"]').click()
        await listed.locator('[data-test="remove-sure"]').click()
        await expect(listed).to_have_count(0)
    assert (await world.alice.call("state"))["library"]["pictures"] == 0


async def test_the_panel_says_that_the_node_is_gone_and_comes_back_by_itself(world: World) -> None:
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        world.alice.kill()
        await expect(by(page, "banner")).to_contain_text("not reachable", timeout=30_000)
        await picture(page, "panel-offline")
        await world.alice.start()
        await expect(by(page, "banner")).to_have_count(0, timeout=60_000)
        await world.alice.until("both", lambda s: sum(p["connected"] for p in s["peers"]) == 2, 60)
        await by(page, "ask-input").fill(QUESTION)
        await by(page, "ask-submit").click()
        await expect(by(page, "answered-by")).to_be_visible(timeout=60_000)


async def test_the_panel_survives_a_restart_of_home_assistant(world: World) -> None:
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await world.home.stop()
        await expect(by(page, "banner")).to_contain_text("Home Assistant is not reachable", timeout=30_000)
        await world.home.start()
        await expect(by(page, "banner")).to_have_count(0, timeout=90_000)
        await by(page, "tab-mesh").click()
        await expect(by(page, "peer-node")).to_have_count(2, timeout=60_000)
    await world.home.log_in()
    await world.home.connect()


async def test_alone_and_without_a_model_it_still_answers_and_shows_one_next_step(world: World) -> None:
    world.bob.kill()
    world.carol.kill()
    await world.alice.until("alone", lambda s: not any(p["connected"] for p in s["peers"]))
    async with signed_in(world.browser, world.home) as page:
        await opened(page, world.home)
        await by(page, "ask-input").fill(QUESTION)
        await by(page, "ask-submit").click()
        await expect(by(page, "answered-by")).to_contain_text("this home", timeout=30_000)
        await by(page, "tab-mesh").click()
        await expect(by(page, "next-step")).to_have_count(1)
        await picture(page, "panel-mesh-alone")
