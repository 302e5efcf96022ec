"""The benchmark measures all that the page on speed shows, or writes nothing."""

import importlib
import json
import sys
from pathlib import Path
from subprocess import CalledProcessError
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bookbinder import ROOT
from scratchnn import MultiLayerNet, train_step

TASKS = """
machine step epoch until inference gradients memories profile square kernels
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


def test_other_kernels_than_those_asked_for_are_not_measured(
    speed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenBLAS takes some others, without a word, if it does not know a name."""
    part = {"user_api": "blas", "filepath": "numpy.libs/blas.so"}
    part |= {"internal_api": "openblas", "architecture": "Haswell"}
    monkeypatch.setattr(speed, "threadpool_info", lambda: [part])
    monkeypatch.setattr(speed, "version", lambda name: "1.0")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "haswell")
    assert speed.machine()["OPENBLAS_CORETYPE"] == "haswell"
    monkeypatch.setenv("OPENBLAS_CORETYPE", "SkylakeY")
    with pytest.raises(SystemExit, match=r"SkylakeY, .* Haswell"):
        speed.machine()


def test_kernels_that_the_processor_cannot_use_do_not_end_the_benchmark(
    speed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers have other machines, and the page wants two measurements."""

    def alone(task: Any, **environment: str) -> str:
        if environment.get("OPENBLAS_CORETYPE") == "SkylakeX":
            raise CalledProcessError(-4, "python")  # an illegal instruction
        return environment.get("OPENBLAS_CORETYPE", "its own")

    monkeypatch.setattr(speed, "alone", alone)
    assert speed.kernels() == ["Haswell", "its own"]


def test_the_step_that_is_taken_apart_is_the_library_s(speed: Any) -> None:
    """What the page says of the parts of a step, it says of `train_step`."""
    nets = [
        MultiLayerNet([64, 20, 10], rng=np.random.default_rng(0), dtype=np.float32)
        for _ in range(2)
    ]
    (x, t), _ = speed.load_digits(dtype="float32")
    for name, _ in speed.parts(nets[0], x[:100], t[:100]):
        if name == "step":
            break
    train_step(nets[1], x[:100], t[:100], lr=0.1)
    for name, values in nets[1].params.items():
        np.testing.assert_allclose(nets[0].params[name], values, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["scratchnn", "scikit-learn"])
def test_contenders_learn_the_digits(name: str, speed: Any) -> None:
    """Each its own way, told to in the same words."""
    net = speed.ALL[name]([64, 20, 10], "float32", lr=0.2)
    assert net.train(speed.load_digits(dtype="float32"), 5, 50) > 0.8
