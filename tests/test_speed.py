"""The benchmark measures all that the page on speed shows, or writes nothing."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bookbinder import ROOT

TASKS = """
machine step epoch until inference gradients memories profile square
"""


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The benchmark, on a machine without PyTorch; its record is somewhere else."""
    importlib.import_module("sklearn.neural_network")  # it would ask what torch has
    with monkeypatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        patch.setitem(sys.modules, "torch", ModuleType("torch"))
        speed = importlib.import_module("speed")
    monkeypatch.setattr(speed, "RECORD", tmp_path / "record.json")
    return speed


def test_without_mnist_nothing_is_measured_or_written(
    speed: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record without it would break the page that shows it."""

    def offline(**_: object) -> None:
        raise OSError("offline")

    monkeypatch.setattr(speed, "load_mnist", offline)
    with pytest.raises(OSError, match="offline"):
        speed.main()
    assert capsys.readouterr().out == ""
    assert not speed.RECORD.exists()


def test_the_record_has_all_that_the_page_shows(
    speed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same parts in the same order, whatever is measured."""
    kept = json.loads((ROOT / "src/scratchnn/record_speed.json").read_text("utf-8"))
    monkeypatch.setattr(speed, "load_mnist", speed.load_digits)
    for task in TASKS.split():
        monkeypatch.setattr(speed, task, lambda *_, **__: 0.0)
    speed.main()
    assert [*json.loads(speed.RECORD.read_text("utf-8"))] == [*kept]


@pytest.mark.parametrize("name", ["scratchnn", "scikit-learn"])
def test_contenders_learn_the_digits(name: str, speed: Any) -> None:
    """Each its own way, told to in the same words."""
    net = speed.ALL[name]([64, 20, 10], "float32", lr=0.2)
    assert net.train(speed.load_digits(dtype="float32"), 5, 50) > 0.8
