"""Figures of the appendix on speed, from the record of `make bench`."""

import json
from importlib.resources import files

from matplotlib.ticker import FuncFormatter, NullFormatter

from figures.style import BLUE, GREEN, INK, ORANGE, PAPER, PURPLE, SOFT, canvas

PARTS = [
    ("x @ W1", "x W", BLUE, 0.5),
    ("x.T @ da1", "xᵀ dA", BLUE, 0.28),
    ("second layer", "second layer", GREEN, 0.4),
    ("softmax and loss", "softmax, loss", ORANGE, 0.45),
    ("bias and ReLU", "bias, ReLU", PURPLE, 0.4),
    ("update", "update", SOFT, 0.35),
]


def _record():
    """What was measured, name by name."""
    file = files("scratchnn") / "record_speed.json"
    return json.loads(file.read_text("utf-8"))


def growth():
    figure, axes = canvas(columns=3, height=2.9, sharey=True)
    record = _record()
    directions = {
        "width": ("neurons", lambda run: run["sizes"][1], [16, 128, 1024]),
        "depth": ("layers", lambda run: len(run["sizes"]) - 2, [1, 2, 4, 8]),
        "batch": ("samples", lambda run: run["batch"], [1, 30, 1000]),
    }
    looks = {"scratchnn": ("o-", BLUE), "PyTorch": ("s--", ORANGE)}
    for ax, (name, (label, size, ticks)) in zip(axes, directions.items(), strict=True):
        for who, (style, color) in looks.items():
            x = [size(run) for run in record[name]]
            y = [1e6 * run["given"][who] for run in record[name]]
            ax.loglog(x, y, style, color=color, ms=4, lw=1.5, label=who)
        ax.lines[1].set(mfc=PAPER)
        ax.set(title=name, xlabel=label, xticks=ticks)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())
    axes[0].set(ylabel="µs", yticks=[100, 300, 1000, 3000])
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2
    )
    return figure


def parts():
    figure, axes = canvas(height=2.7)
    for y, profile in enumerate(_record()["profile"]):
        found, left = profile["parts"], 0
        total = sum(found.values())
        for part, label, color, alpha in PARTS:
            share = 100 * found[part] / total
            bar = axes.barh(-y, share, left=left, height=0.6, color=color, alpha=alpha)
            bar.set_label(label if y == 0 else "_")
            if share >= 6:
                middle = left + share / 2
                axes.text(
                    middle, -y, f"{share:.0f}", ha="center", va="center", color=INK
                )
            left += share
    names = ["-".join(map(str, profile["sizes"])) for profile in _record()["profile"]]
    axes.set(yticks=[0, -1], yticklabels=names, xlim=(0, 100), xlabel="% of a step")
    axes.tick_params(left=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=3)
    return figure
