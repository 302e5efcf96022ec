"""Spoils drawings as an attacker would: the tests of the figures have to notice."""

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawings import arrows
from matplotlib.text import Annotation

from bookbinder.make.drawing import run_program
from bookbinder.read.source import program

Vouching = Callable[[Any], None]


def with_arrows() -> list[Any]:
    """Each figure that draws arrows, and the test that vouches for it."""
    found = []
    for path in sorted(Path(__file__).parent.glob("test_figures_*.py")):
        if path != Path(__file__):
            for name, test in vars(importlib.import_module(path.stem)).items():
                for mark in getattr(test, "pytestmark", []):
                    alone = [*inspect.signature(test).parameters] == ["figure"]
                    source = f"figures.{mark.args[0]}" if mark.name == "says" else ""
                    if source and alone and "arrowprops" in program(source):
                        found.append(pytest.param(source, test, id=name))
    return found


@pytest.mark.parametrize(("source", "vouching"), with_arrows())
def test_no_arrow_can_be_turned_round(source: str, vouching: Vouching) -> None:
    """One after the other, in every figure that has any."""
    figure = run_program(source)["figure"]
    turned = 0
    for axes in figure.axes:
        for text in axes.texts:
            if isinstance(text, Annotation) and text.arrow_patch:
                text.xy, text.xyann = text.xyann, text.xy
                with pytest.raises(AssertionError):
                    vouching(figure)
                text.xy, text.xyann = text.xyann, text.xy
                turned += 1
    assert turned == sum(len(arrows(axes)) for axes in figure.axes) > 0
    vouching(figure)
