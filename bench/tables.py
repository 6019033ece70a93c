# SPDX-License-Identifier: MIT
"""Tables of what bench/bench has found, for a terminal and for Markdown: rows of text cells."""

HEAD = ["side", "CPU s", "slowdown (min–max)", "+ns a call", "× floor", "memory MB", "disk MB",
        "counts exact", "total time: error", "its bar", "holds"]


def number(value):
    """A number with three significant digits: 0.0123, 1.23, 12.3, 123, 12,345."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1}f}"


def percent(value, sign="+"):
    return "" if value is None else f"{value * 100:{sign}.1f} %"


def slowdown_text(row):
    if "slowdown" not in row:
        return ""
    middle, least, most = row["slowdown"]
    return number(middle) if row["rounds"] == 1 else f"{number(middle)} ({number(least)}–{number(most)})"


def cells(row):
    return [row["side"], number(row["seconds"]), slowdown_text(row), number(row.get("added_ns")),
            number(row.get("floor_ratio")), number(row["memory"] / 1e6), number(row["disk"] / 1e6),
            {True: "yes", False: "no", None: ""}[row["exact"]], percent(row.get("total_error")),
            "±" + percent(row["total_bar"], "") if row.get("total_bar") is not None else "",
            f"{row['bar_holds']} of {row['bars']}" if "bars" in row else ""]


def program_table(summary):
    return [HEAD] + [cells(row) for row in summary["rows"]]


def text(table):
    widths = [max(map(len, column)) for column in zip(*table)]
    return "".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                             for i, (cell, width) in enumerate(zip(line, widths))).rstrip() + "\n"
                   for line in table)


def markdown(table):
    lines = ["| " + " | ".join(line) + " |\n" for line in table]
    return lines[0] + "|---" + "|---:" * (len(table[0]) - 1) + "|\n" + "".join(lines[1:])
