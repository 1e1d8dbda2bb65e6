"""Which time is where: the part of a timeline that is in sight. Pure; times are µs, places are pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

CLOSEST_US = 1_000.0
"""To a pixel: an outline's pair is then 10 px wide."""
SHORTEST_US = 10_000_000
"""What is shown of an empty or a very short timeline."""
MARGIN = 0.02
"""Of the length, behind the end."""
STEPS_US = tuple(
    ms * 1_000
    for ms in (
        *(10, 20, 50, 100, 200, 500),
        *(1_000, 2_000, 5_000, 10_000, 30_000, 60_000),
        *(120_000, 300_000, 600_000, 1_800_000, 3_600_000),
        *(7_200_000, 21_600_000, 86_400_000),
    )
)
"""Between two numbers on the axis, in µs: from 10 ms to a day."""


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The time at the left edge, how much of it a pixel is, and the width in pixels."""

    begin_us: float = 0.0
    us_per_px: float = SHORTEST_US / 1_000
    width: int = 1_000

    @property
    def end_us(self) -> float:
        """The time at the right edge."""
        return self.begin_us + self.us_per_px * self.width

    @property
    def span_us(self) -> float:
        """How much is in sight."""
        return self.us_per_px * self.width

    def x(self, t_us: float) -> float:
        """Where a time is; it may lie outside."""
        return (t_us - self.begin_us) / self.us_per_px

    def at(self, x: float) -> float:
        """The time of a place."""
        return self.begin_us + x * self.us_per_px

    def sees(self, t_us: float) -> bool:
        """Whether a time is in sight."""
        return self.begin_us <= t_us <= self.end_us

    def fitted(self, length_us: float) -> TimeScale:
        """All of a timeline of this length in sight."""
        return replace(self, begin_us=0.0, us_per_px=self._widest(length_us))

    def resized(self, width: int, length_us: float) -> TimeScale:
        """The same times in another width: all of it where all was in sight, else the same scale."""
        width = max(1, width)
        whole = self.us_per_px >= self._widest(length_us)
        wider = replace(self, width=width)
        return wider.fitted(length_us) if whole else wider.bounded(length_us)

    def zoomed(self, factor: float, x: float, length_us: float) -> TimeScale:
        """`factor` times closer; the time at `x` stays there as far as the ends allow it."""
        us_per_px = min(max(self.us_per_px / factor, CLOSEST_US), self._widest(length_us))
        return replace(self, begin_us=self.at(x) - x * us_per_px, us_per_px=us_per_px).bounded(length_us)

    def scrolled(self, pixels: float, length_us: float) -> TimeScale:
        """So many pixels later; earlier for a negative number."""
        return replace(self, begin_us=self.begin_us + pixels * self.us_per_px).bounded(length_us)

    def following(self, t_us: float, length_us: float) -> TimeScale:
        """The same where this time is in sight; else it comes to a fifth of the width."""
        if self.sees(t_us):
            return self.bounded(length_us)
        return replace(self, begin_us=t_us - 0.2 * self.span_us).bounded(length_us)

    def bounded(self, length_us: float) -> TimeScale:
        """The same without what lies before the beginning, or far behind the end."""
        us_per_px = min(max(self.us_per_px, CLOSEST_US), self._widest(length_us))
        latest = max(0.0, self._widest(length_us) * self.width - us_per_px * self.width)
        return replace(self, begin_us=min(max(self.begin_us, 0.0), latest), us_per_px=us_per_px)

    def step_us(self, least_px: float) -> int:
        """The least round step that is so many pixels wide."""
        least = least_px * self.us_per_px
        return next((step for step in STEPS_US if step >= least), STEPS_US[-1])

    def _widest(self, length_us: float) -> float:
        return max(length_us * (1 + MARGIN), SHORTEST_US) / self.width
