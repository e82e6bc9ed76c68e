# shellcheck shell=bash
# Sourced by the other scripts: where things are, and how they speak.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/.cache
NODE_PYTHON=$CACHE/venv-node/bin/python
RUN_PYTHON=$CACHE/venv-run/bin/python
HA_PYTHON=$CACHE/venv-ha/bin/python

# Everything that is fetched or built stays in one folder; uv trusts the certificates this machine trusts.
export UV_CACHE_DIR=$CACHE/uv UV_PYTHON_INSTALL_DIR=$CACHE/python UV_SYSTEM_CERTS=1 UV_NO_PROGRESS=1
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

say() { printf '▸ %s\n' "$*" >&2; }
die() { printf '✗ %s\n' "$*" >&2; exit 1; }

# runs COMMAND…: exists and can be started (a version manager's shim may exist and refuse).
runs() { command -v "$1" >/dev/null 2>&1 && "$@" >/dev/null 2>&1; }

# python_is PATH MAJOR MINOR PATCH: starts, and is at least that version.
python_is() { runs "$1" -c "import sys; sys.exit(sys.version_info < ($2, $3, $4))"; }
