#!/bin/sh
# Run a script with a Python that fits the project: sh scripts/python.sh SCRIPT [ARGUMENT...]
# PYTHON=/path/to/python chooses one; otherwise the newest that fits is taken.
set -eu

# 3.14 is too new: the speech engine's runtime has no wheels for it.
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

find_python() {
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 /usr/bin/python3}; do
        if "$candidate" -c "$1; $fits" >/dev/null 2>&1; then
            python=$candidate
            return 0
        fi
    done
    return 1
}

# One that can make environments by itself comes first: Debian's can't without a further package.
if ! find_python "import ensurepip, venv" && ! find_python "pass"; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -z "${PYTHON:-}" ]; then
        echo "No Python found: installing it"
        install="apt-get install -y -qq --no-install-recommends --no-remove python3 python3-venv"
        words=$(apt-get update -qq 2>&1 && DEBIAN_FRONTEND=noninteractive $install 2>&1 </dev/null) || echo "$words" >&2
    fi
    if ! find_python "pass"; then
        echo "Presstalk needs Python 3.11, 3.12 or 3.13, and ${PYTHON:-none found here} is not that. Install it:" >&2
        echo "  Debian, Ubuntu  sudo apt-get install python3 python3-venv" >&2
        echo "  Fedora          sudo dnf install python3.13" >&2
        echo "  macOS           brew install python@3.13" >&2
        echo "or name one:      PYTHON=/path/to/python3.12 make run" >&2
        exit 1
    fi
fi
exec "$python" "$@"
