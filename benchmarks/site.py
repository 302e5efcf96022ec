"""How long a writer waits: `python benchmarks/site.py`.

Builds a copy of the book cold (nothing drawn, no lab run), warm (nothing changed) and
with another sentence, then serves it and measures the time from saving a file to the
page being served.
Prints seconds, which are this machine's, and for comparison with others how long the
same Python takes to count, before and after.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import timeit
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "127.0.0.1:8123"


def seconds(*arguments: str, folder: Path) -> float:
    """How long a command of this Python takes in the copy of the book."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", *arguments], cwd=folder, check=True)
    return time.perf_counter() - start


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """The copy of the book, served as `make serve` does it."""
    command = [sys.executable, "-m", "bookbinder.serving", ADDRESS]
    running = subprocess.Popen(command, cwd=folder)
    try:
        wait_for("scratchnn", "/")
        yield
    finally:
        running.terminate()
        running.wait()


def wait_for(text: str, page: str) -> float:
    """How long it takes until a page that is served contains a text."""
    start = time.perf_counter()
    while time.perf_counter() - start < 60:
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}{page}") as answer:
                if text in answer.read().decode():
                    return time.perf_counter() - start
        except OSError:
            pass
        time.sleep(0.1)  # to serve it is work for the server, too
    raise TimeoutError(f"{page} never showed {text!r}")


def edit(path: Path, old: str, new: str) -> None:
    """Change one place of a file, as an editor saves it."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), "utf-8")


def count() -> None:
    """Print how fast this machine is, which may change from one minute to the next."""
    waited = timeit.timeit("n += 1", "n = 0", number=20_000_000)
    print(f"counting to twenty million: {waited:.1f} s")


def main() -> None:
    """Measure and print."""
    count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = shutil.ignore_patterns(".*", "site", "__pycache__")
        shutil.copytree(ROOT, folder, ignore=kept, dirs_exist_ok=True)
        os.environ["PYTHONPATH"] = f"{folder / 'src'}{os.pathsep}{folder}"
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the Makefile has it
        os.environ["NO_MKDOCS_2_WARNING"] = "1"
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for made in ("figures", "notebooks"):
            shutil.rmtree(folder / "docs" / "en" / made, ignore_errors=True)
        for kind in ("cold", "warm"):
            waited = seconds("bookbinder.publishing", "--draw", folder=folder)
            print(f"{kind} site: {waited:.1f} s")
        page = folder / "docs" / "en" / "perceptrons.md"
        edit(page, "Our decision $y$ is", "Our own decision $y$ is")
        waited = seconds("bookbinder.publishing", "--draw", folder=folder)
        print(f"site with another sentence: {waited:.1f} s")
        with served(folder):
            edit(page, "How little does a machine need", "How little does it need")
            waited = wait_for("How little does it", "/perceptrons/")
            print(f"edit of a page: {waited:.1f} s")
            module = folder / "src" / "scratchnn" / "perceptron.py"
            edit(
                module,
                "w=[0.5, 0.5], b=-0.7)\n\n\ndef NAND",
                "w=[0.51, 0.51], b=-0.7)\n\n\ndef NAND",
            )
            print(f"edit of the library: {wait_for('0.51', '/perceptrons/'):.1f} s")
            drawing = folder / "docs/en/figures/perceptrons/neuron.svg"
            before, start = drawing.stat().st_mtime, time.perf_counter()
            edit(folder / "figures/perceptrons.py", '"above zero?"', '"above 0?"')
            while drawing.stat().st_mtime == before:
                time.sleep(0.02)
            print(f"edit of a figure, until drawn: {time.perf_counter() - start:.1f} s")
            wait_for("above 0?", "/perceptrons/")  # amid its work it may not hear us
    count()


if __name__ == "__main__":
    main()
