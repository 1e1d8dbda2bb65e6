#!/bin/sh
# Write the lock files anew from pyproject.toml, keeping versions that still fit; --upgrade takes the newest.
# One resolution for Linux, macOS and Windows and for Python 3.11 to 3.13, with a hash for every file, and one
# version of each package for all of them (`fewest`): what is tested on one is what runs on the others.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv) || {
    sh scripts/python.sh -m venv build/uv
    build/uv/bin/pip install --quiet 'uv>=0.8'
    uv=build/uv/bin/uv
}

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --custom-compile-command "make lock" --extra offline --extra mcp --group setup "$@" pyproject.toml
}

compile "$@" --extra dev --extra bundle --output-file requirements.lock
compile "$@" --constraints requirements.lock --output-file requirements-app.lock
