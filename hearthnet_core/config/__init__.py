"""One typed configuration: `config.toml` in the data folder, environment and app options over it, secrets apart."""

from hearthnet_core.config.load import Loaded, load
from hearthnet_core.config.schema import Config, EngineSettings

__all__ = ["Config", "EngineSettings", "Loaded", "load"]
