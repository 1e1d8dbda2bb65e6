"""The costs and losses of a soak."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

import psutil

MOST_GROWTH_MB = 32.0
"""Resident memory may grow by this much after the first tenth: allocators and interpreters need some room."""
MOST_TASKS = 4
MOST_THREADS = 8
"""asyncio's own workers, which open and close the devices, come one by one up to a number of their own."""


@dataclass(frozen=True)
class Sample:
    """The process at one moment."""

    at_s: float
    rss_mb: float
    tasks: int
    threads: int

    @classmethod
    def take(cls, at_s: float) -> Sample:
        """Now."""
        rss = psutil.Process().memory_info().rss / 1e6
        return cls(at_s, rss, len(asyncio.all_tasks()), threading.active_count())

    def __str__(self) -> str:
        return (
            f"{self.at_s:6.0f} s  RSS {self.rss_mb:6.1f} MB  tasks {self.tasks:2}  threads {self.threads:2}"
        )


@dataclass
class Report:
    """A whole soak: its samples, what was counted, and what went wrong."""

    samples: list[Sample] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    drops: int = 0
    lost: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    left_tasks: list[str] = field(default_factory=list)

    @property
    def growth_mb(self) -> float:
        """Resident memory at the end, beyond that after the first tenth."""
        return self.samples[-1].rss_mb - self.samples[len(self.samples) // 10].rss_mb

    @property
    def problems(self) -> list[str]:
        """The problems, one line each."""
        grown = [f"memory grew by {self.growth_mb:.1f} MB"] if self.growth_mb > MOST_GROWTH_MB else []
        # The most of the first third: between two connections there are few.
        early, last = self.samples[: len(self.samples) // 3 + 1], self.samples[-1]
        tasks, threads = max(one.tasks for one in early), max(one.threads for one in early)
        if last.tasks > tasks + MOST_TASKS:
            grown.append(f"tasks grew from {tasks} to {last.tasks}")
        if last.threads > threads + MOST_THREADS:
            grown.append(f"threads grew from {threads} to {last.threads}")
        left = [f"left behind: {name}" for name in self.left_tasks]
        return [*self.lost, *self.hung, *self.ends, *grown, *left]

    def __str__(self) -> str:
        turns = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
        most = max(sample.rss_mb for sample in self.samples)
        return (
            f"{self.samples[-1].at_s:.0f} s: {turns}\n"
            f"drops {self.drops}  RSS at most {most:.1f} MB, grown by {self.growth_mb:.1f} MB\n"
            f"lost takes {len(self.lost)}  hung states {len(self.hung)}  sessions ended {len(self.ends)}  "
            f"tasks left {len(self.left_tasks)}"
        )
