"""A figure beside its reference, measured in the same run."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Row:
    """`ratio` is what counts on a noisy machine; `goal` says in words what it should be."""

    what: str
    measured: str
    reference: str
    ratio: str
    goal: str


def spread(values: Iterable[float], unit: str) -> str:
    """Median with minimum and maximum."""
    ordered = sorted(values)
    return f"{median(ordered):.1f} {unit} ({ordered[0]:.1f}–{ordered[-1]:.1f})"


def table(rows: Iterable[Row]) -> str:
    lines = [("figure", "measured", "reference", "ratio", "goal")]
    lines += [(row.what, row.measured, row.reference, row.ratio, row.goal) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
