"""Builds and starts images with buildah, on a stand-in for Home Assistant's base image that Debian's packages make."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache/app"
STANDIN = Path(__file__).parent / "standin"
RELEASE = "trixie"
"""As in `ARG BUILD_FROM` of addon/Dockerfile."""
# Home Assistant's base image has curl, jq and s6; execline reads `up`. Python is what the Dockerfile would install anyway.
PACKAGES = ("ca-certificates", "curl", "execline", "jq", "python3", "python3-venv", "s6", "tzdata")
CERTIFICATES = Path("/etc/ssl/certs")
STARTED_S = 60.0
STOPPED_S = 30.0
"""`timeout` in addon/config.yaml: then Docker kills."""
BUILT_S = 600.0
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin",
    "TMPDIR": str(CACHE / "tmp"),
    "BUILDAH_ISOLATION": "chroot",
}


class Failed(AssertionError):
    """A command's name and the end of what it said."""


def command(*words: str | Path, seconds: float = BUILT_S) -> str:
    """Its standard output. Raises `Failed`."""
    (CACHE / "tmp").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, words[:8]))} … → {done.returncode}\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def stored(program: str) -> list[str]:
    """`buildah` or `podman` on our own store. Both must be told the same one."""
    return [program, "--root", f"{CACHE}/store", "--runroot", f"{CACHE}/run", "--storage-driver", "vfs"]


def buildah(*words: str | Path) -> str:
    return command(*stored("buildah"), *words)


def base() -> str:
    """The stand-in's image, made at the first call (under a minute) and kept in .cache/."""
    if missing := [p for p in ("buildah", "podman", "debootstrap") if not shutil.which(p, path=ENVIRONMENT["PATH"])]:
        raise Failed(f"{', '.join(missing)} missing; script/setup --system installs or names what the app's tests use.")
    if os.geteuid() != 0:
        raise Failed("The app's image is built and started by root only.")
    recipe = hashlib.sha256(" ".join((RELEASE, *PACKAGES)).encode())
    for path in sorted(STANDIN.iterdir()):
        recipe.update(path.read_bytes())
    image = f"localhost/hearthnet-standin:{recipe.hexdigest()[:16]}"
    kept = buildah("images", "--format", "{{.Name}}:{{.Tag}}").split()
    if image in kept:
        return image
    for old in kept:
        if old.startswith("localhost/hearthnet-standin:"):
            buildah("rmi", "--force", old)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        root, archive = Path(folder) / "root", Path(folder) / "root.tar"
        command("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", RELEASE, root, mirror())
        (root / "command").mkdir()
        for name, goal in (("init", "init"), ("with-contenv", "command/with-contenv")):
            shutil.copyfile(STANDIN / name, root / goal)
            (root / goal).chmod(0o755)
        shutil.rmtree(root / "var/cache/apt")
        command("tar", "-C", root, "--exclude=./dev/*", "-cf", archive, ".")
        command(*stored("podman"), "import", "--quiet", archive, image)
    return image


def ollama() -> str:
    """What stands in for Ollama's own image, with a file where its libraries are."""
    image = "localhost/hearthnet-ollama-standin:latest"
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        root, archive = Path(folder) / "root", Path(folder) / "root.tar"
        (root / "usr/bin").mkdir(parents=True)
        (root / "usr/lib/ollama").mkdir(parents=True)
        shutil.copyfile(STANDIN / "ollama", root / "usr/bin/ollama")
        (root / "usr/bin/ollama").chmod(0o755)
        (root / "usr/lib/ollama/libggml-standin.so").touch()
        command("tar", "-C", root, "-cf", archive, ".")
        command(*stored("podman"), "import", "--quiet", archive, image)
    return image


def mirror() -> str:
    """Where this machine's own packages come from: its apt knows, once it has read its sources."""
    lists = CACHE / "lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    own = ("-o", f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none")
    command("apt-get", *own, "-q", "update")
    sites = command("apt-get", *own, "indextargets", "--format", "$(SITE)", "Created-By: Packages").split()
    shutil.rmtree(lists)
    return next(site for site in sites if "security" not in site)


def build(context: Path, dockerfile: Path, image: str, **arguments: str) -> str:
    """As CI and Supervisor do it, but on the stand-in and with this machine's certificates for pip."""
    given = [
        f"--build-arg={name}={value}"
        for name, value in {"BUILD_FROM": base(), "OLLAMA_FROM": ollama(), **arguments}.items()
    ]
    mounts = (f"--volume={CERTIFICATES}:{CERTIFICATES}:ro",) if CERTIFICATES.is_dir() else ()
    how = ("--network=host", "--format=docker", "--pull-never", "--layers=false", *mounts, *given)
    buildah("bud", *how, f"--file={dockerfile}", f"--tag={image}", context)
    return image


class Container:
    """A started container: its process tree as the host sees it, and what it printed."""

    def __init__(self, process: psutil.Popen, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def find(self, *words: str) -> psutil.Process | None:
        """The container's process whose command line has these words in a row."""
        for child in self.process.children(recursive=True):
            try:
                line = child.cmdline()
            except psutil.NoSuchProcess:
                continue
            if any(tuple(line[i : i + len(words)]) == words for i in range(len(line))):
                return child
        return None

    def until[T](self, look: Callable[[], T | None], seconds: float = STARTED_S) -> T:
        """What `look` finds; fails with the container's output when it ends or takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if (found := look()) is not None:
                return found
            time.sleep(0.2)
        raise Failed(f"Not seen within {seconds:.0f} s; the container's output:\n{self.log[-4000:]}")

    def stop(self) -> int:
        """What Docker does: SIGTERM to the container's first process. Returns the exit code."""
        init = self.find("s6-svscan", "/run/service")
        if init is None:
            raise Failed(f"No init is running; the container's output:\n{self.log[-4000:]}")
        init.send_signal(signal.SIGTERM)
        return int(self.process.wait(STOPPED_S))


@contextmanager
def created(image: str, hosts: dict[str, str]) -> Iterator[str]:
    """A container to start as often as one likes: making one copies the whole image."""
    name = buildah(
        "from", "--pull-never", *(f"--add-host={n}:{address}" for n, address in hosts.items()), image
    ).strip()
    try:
        yield name
    finally:
        buildah("rm", name)


@contextmanager
def started(name: str, data: Path, environment: dict[str, str]) -> Iterator[Container]:
    """The image's own /init on the host's network, as Supervisor starts it with `host_network`."""
    given = [f"--env={key}={value}" for key, value in environment.items()]
    words = [*stored("buildah"), "run", "--network=host", f"--volume={data}:/data", *given, name, "/init"]
    log = data.parent / "container.log"
    with log.open("wb") as output:
        process = psutil.Popen(words, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield Container(process, log)
    finally:
        left = [process, *process.children(recursive=True)] if process.is_running() else []
        for one in reversed(left):
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(left, timeout=10)
