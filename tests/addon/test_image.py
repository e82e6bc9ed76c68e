"""The app's image, built both ways and started, watched from outside the container."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.addon import images
from tests.addon.images import Container
from tests.addon.supervisor import SECRET, FakeSupervisor

pytestmark = pytest.mark.timeout(900)
ROOT = images.ROOT
VERSION = re.search(r'^version = "(.*)"$', (ROOT / "project.toml").read_text(), re.MULTILINE)[1]  # type: ignore[index]
SUPERVISOR = "127.0.0.77"
"""What `supervisor` is in the containers: a loopback address of its own, so that port 80 is free."""


@contextmanager
def installed(context: Path, dockerfile: Path, name: str) -> Iterator[str]:
    image = images.build(context, dockerfile, name, BUILD_VERSION=VERSION, BUILD_ARCH="amd64")
    try:
        with images.created(image, {"supervisor": SUPERVISOR}) as container:
            yield container
    finally:
        images.buildah("rmi", "--force", image)


@pytest.fixture(scope="module")
def published() -> Iterator[str]:
    """As CI builds it."""
    with installed(ROOT, ROOT / "addon/Dockerfile", "localhost/hearthnet-app:published") as container:
        yield container


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As Supervisor builds a local app, whose folder is all it sees."""
    folder = tmp_path_factory.mktemp("apps") / "hearthnet"
    subprocess.run([sys.executable, ROOT / "script/build", "app", "--local", folder], check=True)
    assert "image" not in yaml.safe_load((folder / "config.yaml").read_text())
    with installed(folder, folder / "Dockerfile", "localhost/hearthnet-app:local") as container:
        yield container


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def options(data: Path, **more: Any) -> int:
    """Writes `options.json` as Supervisor would; returns the API's port. No engine runs unless `more` says so."""
    data.mkdir(exist_ok=True)
    api = free_port()
    chosen = {"node": {"name": "Elm Street 5", "port": free_port()}, "api": {"port": api}, "engines_auto": False}
    chosen |= {"discovery": {"interfaces": ["lo"], "peers": []}, "connectivity": {"targets": []}, "log_level": "info"}
    chosen |= {"voice": {"enabled": True, "port": free_port()}}
    (data / "options.json").write_text(json.dumps(chosen | more))
    return api


def get(port: int, path: str = "/health", token: str = "", **params: Any) -> dict[str, Any] | None:
    """From outside the container, or None while nobody answers."""
    authorised = ("--header", f"Authorization: Bearer {token}") if token else ()
    body = ("--json", json.dumps(params)) if token else ()
    words = ["curl", "--silent", "--fail", "--max-time", "20", *authorised, *body, f"http://127.0.0.1:{port}{path}"]
    done = subprocess.run(words, capture_output=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def node_of(container: Container) -> psutil.Process:
    return container.until(lambda: container.find("-m", "hearthnet_core", "run", "--data", "/data"))


@pytest.mark.parametrize("way", ["published", "local"])
def test_the_started_image_is_a_node_that_home_assistant_is_told_of(
    way: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    image = request.getfixturevalue(way)
    data = tmp_path / "data"
    port = options(data)
    with FakeSupervisor(SUPERVISOR, 80) as supervisor:
        with images.started(image, data, {"SUPERVISOR_TOKEN": SECRET}) as container:
            health = container.until(lambda: get(port))
            assert (health["service"], health["name"], health["version"]) == ("hearthnet", "Elm Street 5", VERSION)
            node = node_of(container)
            assert node.parent().name() == "s6-supervise"
            message, heard = container.until(lambda: supervisor.messages if len(supervisor.messages) == 2 else None)
            told = message["config"]
            assert (message["service"], heard["service"]) == ("hearthnet", "wyoming")
            voice = json.loads((data / "options.json").read_text())["voice"]["port"]
            assert heard["config"] == {"uri": f"tcp://127.0.0.1:{voice}"}
            assert (told["host"], told["port"], told["node_id"]) == ("127.0.0.1", port, health["node_id"])
            state = get(port, "/api/v1/state", told["token"])
            assert state is not None and state["node"]["name"] == "Elm Street 5" and state["library"]["documents"] > 0
            assert container.stop() == 0, container.log
            assert not node.is_running() and get(port) is None
            assert told["token"] not in container.log
            assert "Traceback" not in container.log
        first, port = health["node_id"], options(data)
        with images.started(image, data, {"SUPERVISOR_TOKEN": SECRET}) as container:
            again = container.until(lambda: get(port))
            assert again["node_id"] == first
            container.until(lambda: len(supervisor.messages) == 4 or None)
            assert supervisor.messages[2]["config"]["token"] == told["token"]
            assert container.stop() == 0, container.log


def test_the_engines_of_the_container_are_supervised_each_alone(published: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    speech = {"whisper": {"enabled": True, "model": "auto", "language": "auto", "url": ""}}
    speech |= {"piper": {"enabled": True, "voice": "en_US-lessac-medium", "url": ""}}
    port = options(data, ollama={"enabled": True, "url": ""}, **speech)
    with images.started(published, data, {}) as container:
        container.until(lambda: get(port))
        token = (data / "api-token").read_text().strip()

        def works() -> bool | None:
            state = get(port, "/api/v1/state", token) or {}
            return any(e["name"] == "ollama" and e["available"] for e in state.get("engines", ())) or None

        def engine() -> psutil.Process | None:
            return container.find("/usr/bin/ollama", "serve")

        container.until(works)
        answer = get(port, "/api/v1/ask", token, question="Who answers?")
        assert answer is not None and "stand-in answers from inside the app" in answer["text"], answer
        node, first = node_of(container), container.until(engine)
        piper = container.until(lambda: container.find("-m", "wyoming_piper"))
        assert node.uids().real == 0 and first.uids().real == piper.uids().real != 0
        open_to_others = [
            p for p in data.rglob("*") if p.stat().st_uid == 0 and p.is_file() and p.stat().st_mode & 0o077
        ]
        assert [p.name for p in open_to_others] == ["options.json"], "an engine could read what the node keeps"
        time.sleep(max(0.0, 11 - (time.time() - first.create_time())))
        first.kill()
        again = container.until(lambda: p if (p := engine()) is not None and p.pid != first.pid else None)
        assert again.pid != first.pid and node.is_running()
        container.until(works)
        assert container.stop() == 0, container.log


def test_an_engine_that_is_off_or_elsewhere_does_not_run_here(published: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    elsewhere = f"http://127.0.0.1:{free_port()}"
    port = options(data, ollama={"enabled": True, "url": elsewhere}, piper={"enabled": False, "voice": "x", "url": ""})
    with images.started(published, data, {}) as container:
        container.until(lambda: get(port))
        state = get(port, "/api/v1/state", (data / "api-token").read_text().strip())
        assert state is not None and [e["url"] for e in state["engines"]] == [elsewhere]
        service = Path("/run/service")
        for name in ("ollama", "whisper", "piper"):
            assert container.until(lambda name=name: container.find("s6-supervise", name)), service  # type: ignore[misc]
        assert container.find("/usr/bin/ollama", "serve") is None and container.find("-m", "wyoming_piper") is None
        assert container.stop() == 0, container.log


def test_a_node_that_dies_takes_the_container_with_it(published: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    port = options(data)
    with images.started(published, data, {}) as container:
        container.until(lambda: get(port))
        node_of(container).kill()
        assert container.process.wait(30) == 128 + 9


def test_options_the_node_refuses_end_the_container_with_a_sentence(published: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    options(data)
    chosen = json.loads((data / "options.json").read_text())
    (data / "options.json").write_text(json.dumps(chosen | {"log_level": "loud"}))
    with images.started(published, data, {}) as container:
        assert container.process.wait(30) == 2
        assert "/data/options.json: log_level" in container.log
        assert "Traceback" not in container.log


def test_the_health_check_of_the_image_sees_whether_the_node_answers(published: str, tmp_path: Path) -> None:
    inspected = json.loads(images.buildah("inspect", published))["Docker"]["config"]
    kind, line = inspected["Healthcheck"]["Test"]
    data = tmp_path / "data"
    port = options(data)
    outside = line.replace("/data/", f"{data}/")
    assert kind == "CMD-SHELL"
    assert subprocess.run(["sh", "-c", outside], capture_output=True, check=False).returncode != 0
    with images.started(published, data, {}) as container:
        container.until(lambda: get(port))
        assert subprocess.run(["sh", "-c", outside], capture_output=True, check=False).returncode == 0
    labels = inspected["Labels"]
    assert (labels["io.hass.type"], labels["io.hass.version"], labels["io.hass.arch"]) == ("app", VERSION, "amd64")


def test_the_apparmor_profile_is_one_supervisor_can_load() -> None:
    parser = shutil.which("apparmor_parser", path=images.ENVIRONMENT["PATH"])
    assert parser, "apparmor_parser is missing: script/setup --system installs or names it."
    profile = ROOT / "addon/apparmor.txt"
    words = [parser, "--skip-kernel-load", "--skip-cache", "--skip-read-cache", profile]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert len(re.findall(r"^profile ", profile.read_text(), re.MULTILINE)) == 1
