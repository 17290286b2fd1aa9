"""One way to print figures: a table of Markdown, row by row as they come."""

import statistics

median = statistics.median


def ratio(ours, theirs):
    """The median of paired ratios: each round of ours to the same round of theirs."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def cell(value):
    """A number with its thousands apart and as many places as it is worth; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


class Table:
    """Prints its columns at once and each row as it is told it."""

    def __init__(self, *columns):
        self.columns = len(columns)
        print("| " + " | ".join(columns) + " |\n" + "| --- " * len(columns) + "|", flush=True)

    def row(self, *values):
        values += (None,) * (self.columns - len(values))
        print("| " + " | ".join(map(cell, values)) + " |", flush=True)
