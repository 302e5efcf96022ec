"""What the captions of the front page say is true of its pictures."""

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from figures.style import BLUE, ORANGE, PAPER


@pytest.mark.says(
    "front.spiral",
    """
    Two arms of dots, one orange and one blue, wound around each other in a spiral.
    The plane behind them is orange along the orange arm and blue along the blue one.
    A narrow line without colour winds between the two, and the colours grow stronger
    away from it. Two arms of a hundred and twenty points each, and what a network makes
    of them. You will have written that network by the end of
    [chapter 5](backpropagation.md). The stronger the colour, the surer the network is;
    along the line without colour it cannot decide. Every point lies on the colour of
    its arm.
    """,
    "",
)
def test_the_spiral_is_told_apart(figure: Any) -> None:
    """The colours are a network's scores, the points what it was trained on."""
    arms = figure.axes[0].lines
    assert [line.get_color() for line in arms] == [ORANGE, BLUE]
    assert [len(line.get_xdata()) for line in arms] == [120, 120]
    assert {line.get_marker() for line in arms} == {"o"}
    assert {line.get_linestyle() for line in arms} == {"None"}
    for line in arms:  # it winds: the distance from the middle grows with the angle
        far = np.hypot(*line.get_data())
        angle = np.unwrap(np.arctan2(*line.get_data()[::-1]))
        assert abs(np.ptp(angle)) > 2 * np.pi
        assert np.corrcoef(far, np.abs(angle - angle[0]))[0, 1] > 0.95
    *bands, border = figure.axes[0].collections
    assert tuple(border.get_edgecolor()[0][:3]) == to_rgb(PAPER)
    for arm, ink in enumerate((ORANGE, BLUE)):
        own = [b for b in bands if tuple(b.get_facecolor()[0][:3]) == to_rgb(ink)]
        assert len(own) == 4  # each lies on those before it, and is surer
        assert all(0.1 < band.get_alpha() < 0.5 for band in own)
        levels = [band.levels[0] for band in own]
        assert levels == sorted(set(levels))
        for other, there in enumerate(arms):
            at = np.column_stack(there.get_data())
            inside = np.array([path.contains_points(at) for path in own[0].get_paths()])
            covered = inside.sum(axis=0) % 2 == 1
            assert covered.all() if other == arm else not covered.any()
