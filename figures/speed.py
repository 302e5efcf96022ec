"""Figures of the appendix on speed, from the record of `make bench`."""

import json
from importlib.resources import files

import numpy as np

from figures.style import (
    BLUE,
    FIRST,
    HAIRLINE,
    INK,
    ORANGE,
    PAPER,
    SECOND,
    SOFT,
    canvas,
)

PARTS = [
    ("x @ W1", r"$x\,W$", BLUE),
    ("x.T @ da1", r"$x^{\mathrm{\mathsf{T}}}\,dA$", BLUE),
    ("second layer", "second layer", SOFT),
    ("softmax and loss", "softmax, loss", ORANGE),
    ("bias and ReLU", "bias, ReLU", SOFT),
    ("update", "update", SOFT),
]


def _record():
    """What was measured, name by name."""
    file = files("scratchnn") / "record_speed.json"
    return json.loads(file.read_text("utf-8"))


def growth():
    figure, axes = canvas(columns=3, height=2.7, sharey=True)
    record = _record()
    directions = {
        "width": ("neurons", lambda run: run["sizes"][1], [16, 128, 1024]),
        "depth": ("layers", lambda run: len(run["sizes"]) - 2, [1, 2, 4, 8]),
        "batch": ("samples", lambda run: run["batch"], [1, 10, 100, 1000]),
    }
    looks = {"scratchnn": FIRST, "PyTorch": SECOND}
    for ax, (name, (label, size, ticks)) in zip(axes, directions.items(), strict=True):
        for who, look in looks.items():
            x = [size(run) for run in record[name]]
            y = [1e6 * run["given"][who] for run in record[name]]
            ax.loglog(x, y, **look | {"ms": 4, "lw": 1.5}, label=who)
        ax.set(title=name, xlabel=label, xticks=ticks)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter("{x:g}")
        ax.minorticks_off()
    axes[0].set(ylabel="µs", yticks=[100, 300, 1000, 3000])
    for (who, look), place in zip(looks.items(), [(2, 130), (1, 700)], strict=True):
        axes[1].text(*place, who, color=look["color"])
    return figure


def parts():
    figure, axes = canvas(height=3.0)
    small, wide = _record()["profile"]
    for row, (part, _, color) in enumerate(PARTS):
        look = {"color": color, "ms": 8, "mew": 1.8}
        times = [1e6 * profile["parts"][part] for profile in (small, wide)]
        axes.plot(times, [-row, -row], color=HAIRLINE, zorder=1)
        for time, paper in zip(times, (PAPER, color), strict=True):
            axes.plot(time, -row, "o", mfc=paper, **look)
            side = 1 if time == max(times) else -1
            text = {"ha": "left" if side > 0 else "right", "va": "center"}
            axes.text(time + 4 * side, -row, f"{time:.0f}", **text)
    for profile, paper in [(small, PAPER), (wide, INK)]:
        name = "-".join(map(str, profile["sizes"]))
        axes.plot([], [], "o", color=INK, mfc=paper, ms=8, mew=1.8, label=name)
    axes.set(yticks=-np.arange(6), yticklabels=[name for _, name, _ in PARTS])
    axes.set(xlim=(-2, 140), ylim=(-5.6, 0.6), xlabel="µs in a step")
    axes.set(xticks=range(0, 121, 20))
    axes.tick_params(left=False)
    axes.legend(loc="lower right")
    return figure
