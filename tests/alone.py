"""Runs pages and notebooks, each in a process of its own, where nothing has run.

The processes are copies of one that has imported what most need, and this module is all
that they have of the tests. Whether a page forgets an import is for a fresh Python to
say (test_clipboard).
"""

import contextlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import matplotlib

from bookbinder.run.processes import beginning

Given = TypeVar("Given")

RESULT = "execute_result"
"""What a notebook calls the value in which a cell ends."""


def alone(call: Callable[..., Given], *arguments: Any) -> Given:
    """What a call gives in a new process, in which pictures open no windows."""
    context = beginning("IPython", "bookbinder.check.order", "matplotlib.pyplot")
    without_windows = partial(matplotlib.use, "agg")
    with ProcessPoolExecutor(1, context, without_windows) as process:
        return process.submit(call, *arguments).result()


def in_ipython(notebook: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The notebook with the outputs of its cells, run in a shell of this process.

    IPython is what Jupyter's kernel for Python runs a cell with. The rest of a kernel,
    its start and its messages, takes longer than all chapters.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    class Shell(InteractiveShell):
        def enable_gui(self, gui: str | None = None) -> None:
            """There are no windows; pictures stand below their cells."""

    os.environ |= {"SCRATCHNN_DATA": str(folder / "data"), "IPYTHONDIR": str(folder)}
    tempfile.tempdir = str(folder)
    shell: Any = Shell.instance(colors="nocolor")
    shell.enable_matplotlib("inline")
    vars(shell.displayhook)["write_output_prompt"] = lambda: None  # no Out[1]:
    with contextlib.chdir(folder):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                with capture_output() as captured:
                    result = shell.run_cell("".join(cell["source"]))
                cell["outputs"] = [
                    {"output_type": "display_data", "data": picture.data}
                    for picture in captured.outputs
                ]
                last: dict[str, Any] = {"output_type": "stream", "name": "stdout"}
                last["text"] = captured.stdout
                if result.result is not None:
                    data = {"text/plain": captured.stdout}
                    last = {"output_type": RESULT, "data": data}
                if error := result.error_before_exec or result.error_in_exec:
                    last = {"output_type": "error", "ename": type(error).__name__}
                    last |= {"evalue": str(error), "traceback": []}
                cell["outputs"].append(last)
    return notebook
