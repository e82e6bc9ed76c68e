"""Prints, as pins, what Home Assistant would install by itself for the components that tests and demo load.

Home Assistant installs a component's requirements when it loads it. With these in the environment beforehand it starts
without fetching anything, and at the versions it asks for. `script/pin` runs this with a Python that has Home Assistant.
`--constraints` prints the path of the versions it insists on for everything else.
"""

import json
import sys
from pathlib import Path

import homeassistant
from homeassistant import bootstrap, requirements

# Every start loads the first three sets; the rest is named by our manifest or by the demo's configuration.
LOADED = {*bootstrap.DEFAULT_INTEGRATIONS, *bootstrap.FRONTEND_INTEGRATIONS, *bootstrap.CORE_INTEGRATIONS}
LOADED |= {
    "conversation",
    "hassio",
    "http",
    "ollama",
    "onboarding",
    "panel_custom",
    "recorder",
    "websocket_api",
    "wyoming",
    "zeroconf",
}

HOME = Path(homeassistant.__file__).parent


def pins() -> set[str]:
    """Requirements of LOADED and of everything those load first, discovery included."""
    found: set[str] = set()
    todo, seen = list(LOADED), set[str]()
    while todo:
        name = todo.pop()
        if name in seen or not (manifest := HOME / "components" / name / "manifest.json").exists():
            continue
        seen.add(name)
        data = json.loads(manifest.read_text())
        found.update(data.get("requirements", []))
        todo += data.get("dependencies", []) + data.get("after_dependencies", [])
        todo += [
            other for other, keys in requirements.DISCOVERY_INTEGRATIONS.items() if any(key in data for key in keys)
        ]
    return found


if __name__ == "__main__":
    print(HOME / "package_constraints.txt" if "--constraints" in sys.argv else "\n".join(sorted(pins())))
