"""Runs the pages as on other processors, on one and two threads, with another NumPy.

OpenBLAS, which multiplies NumPy's matrices, can be told to behave as on an older
processor. Each setting gets a process of its own. `OLDEST` holds the oldest NumPy that
the library supports, and a Matplotlib of its time, with which the figures are drawn
once more and compared to today's, pixel by pixel.
"""

import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from bookbinder import ROOT, BookError
from bookbinder.make.drawing import run_program, sources
from bookbinder.read.book import find_pages
from bookbinder.run.session import run

CORES = ("Haswell", "SkylakeX", "Prescott", "Sandybridge")
THREADS = (1, 2)
OLDEST = ROOT / ".venv" / "oldest"
"""Where `make proof` puts the oldest NumPy that is supported."""

NEAR, STRAY = 8, 0.01
"""Ink may be so many pixels off; of so small a share of it we do not speak."""


@dataclass(frozen=True)
class Machine:
    """A processor, a number of threads, and a folder with another NumPy, if any."""

    core: str
    threads: int
    folder: Path | None = None

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run this Python as if on that machine."""
        path = [str(self.folder)] if self.folder else []
        path += [str(ROOT / "src"), str(ROOT)]
        environment = {
            **os.environ,
            "OPENBLAS_CORETYPE": self.core,
            "OPENBLAS_NUM_THREADS": str(self.threads),
            "PYTHONPATH": os.pathsep.join(path),
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
        )


def can_run(core: str) -> bool:
    """Whether this processor knows the instructions that the other one has."""
    code = "import numpy as np; x = np.ones((300, 300)); x @ x"
    return Machine(core, 1).python("-c", code).returncode == 0


def differences() -> dict[str, list[str]]:
    """For each setting, by name, every place where a page would not be true."""
    cores = [core for core in CORES if can_run(core)]
    machines = [Machine(*m) for m in itertools.product(cores, THREADS, (None, OLDEST))]
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return dict(workers.map(_faults, machines))


def _faults(machine: Machine) -> tuple[str, list[str]]:
    done = machine.python("-m", "bookbinder.proof.machines", "pages")
    if done.returncode:
        return f"{machine.core}, {machine.threads}, ?", [done.stderr[-500:]]
    version, faults = json.loads(done.stdout)
    return f"{machine.core}, {machine.threads}, NumPy {version}", faults


def strays() -> dict[str, float]:
    """For each figure, the share of its ink that the old Matplotlib draws elsewhere.

    Lettering and margins differ by a few pixels between versions, so ink counts as
    being where it was if there is some within `NEAR` pixels.
    """
    with TemporaryDirectory() as here, TemporaryDirectory() as there:
        for where, pictures in ((None, here), (OLDEST, there)):
            done = Machine("", 1, where).python(
                "-m", "bookbinder.proof.machines", "draw", pictures
            )
            if done.returncode:
                raise BookError(f"the figures cannot be drawn:\n{done.stderr[-2000:]}")
        return {
            path.stem: _stray(_ink(path), _ink(Path(there, path.name)))
            for path in sorted(Path(here).iterdir())
        }


def _ink(path: Path) -> NDArray[np.bool_]:
    """Where a picture is not white."""
    return plt.imread(path)[..., :3].min(axis=2) < 0.8


def _stray(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """The larger share of the ink of one picture that is not near ink of the other."""
    if np.abs(np.subtract(a.shape, b.shape)).max() > NEAR:
        return 1.0
    rows, columns = np.minimum(a.shape, b.shape)
    a, b = a[:rows, :columns], b[:rows, :columns]
    return max(
        float((one & ~_spread(other)).sum() / max(1, one.sum()))
        for one, other in ((a, b), (b, a))
    )


def _spread(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The ink and all that is within `NEAR` pixels of it."""
    for axis in (0, 1):
        padded = np.pad(ink, [(NEAR, NEAR) if n == axis else (0, 0) for n in (0, 1)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEAR + 1, axis)
        ink = np.asarray(windows.any(axis=-1))
    return ink


def _pages() -> list[str]:
    """Every part of every page that does not hold here."""
    return [
        str(outcome)
        for page in find_pages(ROOT)
        for outcome in run(page)
        if not outcome.holds
    ]


def _draw(folder: Path) -> None:
    """Every figure as pixels."""
    for source in sources():
        with plt.rc_context({**matplotlib.rcParamsDefault, "backend": "agg"}):
            figure = run_program(source)["figure"]
            figure.savefig(folder / f"{source}.png", dpi=100)
            plt.close("all")


if __name__ == "__main__":
    if sys.argv[1] == "pages":
        print(json.dumps([np.__version__, _pages()]))
    else:
        _draw(Path(sys.argv[2]))
