"""`python -m tests.faults SCENARIO [--port]`. The scenarios live in the package: a bundle has them too."""

from __future__ import annotations

import sys

from desktop.offline.faults.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
