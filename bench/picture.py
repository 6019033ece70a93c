# SPDX-License-Identifier: MIT
"""The picture of a benchmark: for each program one panel, for each side one bar, on a logarithmic
axis of slowdown against the plain build. Called by document.py."""
import math
from xml.sax.saxutils import escape

LEFT, WIDTH, BAR, GAP, RIGHT = 300, 420, 14, 4, 70
AXIS = (1, 3, 10, 30, 100, 300)
COLOURS = {"cinstr": "#2a6fbb", "two clocks": "#9aa3ad", "empty": "#c9ced4", "": "#d08a3c"}


def colour(side):
    return next(value for word, value in COLOURS.items() if word in side)


def position(slowdown):
    return WIDTH * math.log(max(slowdown, 1)) / math.log(AXIS[-1])


def text(x, y, content, anchor="start", size=11, weight="normal"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}">{escape(content)}</text>\n')


def panel(summary, top):
    rows = [row for row in summary["rows"] if "slowdown" in row and not row["side"].endswith("plain")]
    height = len(rows) * (BAR + GAP)
    parts = [text(8, top + 14, summary["title"], size=13, weight="bold")]
    top += 24
    for tick in AXIS:
        x = LEFT + position(tick)
        parts.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + height}" stroke="#ddd"/>\n')
        parts.append(text(x, top + height + 12, f"{tick} ×", "middle", 10))
    for number, row in enumerate(rows):
        y = top + number * (BAR + GAP)
        value = row["slowdown"][0]
        parts.append(text(LEFT - 6, y + BAR - 3, row["side"], "end"))
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{position(value):.1f}" height="{BAR}" '
                     f'fill="{colour(row["side"])}"/>\n')
        parts.append(text(LEFT + position(value) + 4, y + BAR - 3, f"{value:.1f}" if value >= 2 else f"{value:.2f}"))
    return "".join(parts), top + height + 28


def draw(summaries):
    """An SVG with a panel for each program, one below the other."""
    top, panels = 8, []
    for summary in summaries:
        drawn, top = panel(summary, top)
        panels.append(drawn)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{top}" '
            f'font-family="sans-serif">\n<rect width="100%" height="100%" fill="white"/>\n'
            + "".join(panels) + "</svg>\n")
