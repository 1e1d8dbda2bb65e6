"""A report in a real browser: it is drawn, its policy refuses nothing of its own, and nothing is loaded."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from desktop.compare.reports.page import to_html
from tests.compare.test_reports import Sounding, evil_outcome

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
WITHIN_S = 60


def browse(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    report = tmp_path / "report.html"
    report.write_bytes(to_html(evil_outcome(), Sounding()))
    assert BROWSER
    return subprocess.run(
        [
            BROWSER,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1000,1400",
            *options,
            report.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=True,
    )


@pytest.mark.skipif(BROWSER is None, reason="No Chromium is installed here")
def test_a_report_is_drawn_by_a_real_browser(tmp_path: Path):
    picture = tmp_path / "report.png"
    run = browse(tmp_path, f"--screenshot={picture}")
    console = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    assert console == [], "the page has nothing that its own policy refuses"
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1_000, 1_400)
    colours = {image.pixelColor(x, y).name() for x in range(0, 1_000, 4) for y in range(0, 1_400, 4)}
    assert QColor("#e08a2c").name() in colours, "the bars have their colours: the style sheet is allowed"
    assert len(colours) > 20
