"""The command line of `make proof`: attack the book, report, write the record.

A part that was run whole and passed is written into the record, and the pages are
brought up to date. With `--samples` so many places are drawn by chance, for a quick
look, and with `--module` the code of one module is attacked, such as that of a new one;
then nothing is written.
"""

import argparse
import datetime
import json
import math
import platform
import sys
import time
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from bookbinder import ROOT, BookError
from bookbinder.proof import RECORD, code, machines, record, text
from bookbinder.proof.judging import Report
from bookbinder.update import update
from scratchnn.files import store

PLACES = 900
"""So many places of the text are corrupted in a whole run."""

KILLED = 0.95
"""The share of changes of the library that the book has to notice."""

WHOLE = (
    "differentiation",
    "two_layer_net",
    "layers",
    "multi_layer_net",
    "gradient_check",
)
"""The modules of gradients and layers, in which it has to notice every one."""


def places(text: str) -> int:
    """A number of places, perhaps of none."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no number of places")
    return int(text)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the parts that were asked for; 0 if the book has passed."""
    parser = argparse.ArgumentParser("python -m bookbinder.proof", description=__doc__)
    parser.add_argument("--samples", type=places, help="so many places of each part")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of places")
    less = parser.add_mutually_exclusive_group()
    less.add_argument("--only", choices=PARTS, help="one part")
    less.add_argument("--module", help="of the part code, one module, such as layers")
    options = parser.parse_args(arguments)
    if options.module:
        modules = {mutant.kind for mutant in code.all_mutants(root)}
        if options.module not in modules:
            parser.error(f"the library has no module {options.module} to attack")
    only = "code" if options.module else options.only
    parts = [only] if only else [*PARTS]
    failed = False
    for part in parts:
        start = time.monotonic()
        try:
            found, problems = PARTS[part](options, root)
        except BookError as error:
            sys.exit(f"{part}: {error}")
        found |= about(options.seed)
        found["minutes"] = math.ceil((time.monotonic() - start) / 60)
        print(f"{part}: {json.dumps(found, indent=2, ensure_ascii=False)}")
        print("\n\n".join(problems), flush=True)
        failed |= bool(problems)
        if not problems and whole(options):
            keep(part, found)
            update(root)  # at once: the next part runs the page that says so
    return int(failed)


def whole(options: Any) -> bool:
    """Whether all of a part is attacked, so that its numbers may be written down."""
    return options.samples is None and options.module is None


def keep(part: str, found: dict[str, Any]) -> None:
    """Write what a part has found into the record, in the place of its last run."""
    kept = json.dumps({**record(), part: found}, indent=2, ensure_ascii=False)
    store(RECORD, f"{kept}\n".encode())


def about(seed: int) -> dict[str, Any]:
    """When and with what the proof was run."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seed": seed,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "matplotlib": matplotlib.__version__,
        },
    }


def prove_text(options: Any, root: Path) -> tuple[dict[str, Any], list[str]]:
    """Corrupt the pages; every corruption has to be seen."""
    size = PLACES if options.samples is None else options.samples
    report = text.attack(text.sample(root, size, options.seed), root)
    problems = [text.diff(survivor) for survivor in report.survivors]
    return _counted(report) | {"kinds": _by_kind(report)}, problems


def prove_code(options: Any, root: Path) -> tuple[dict[str, Any], list[str]]:
    """Change the library; what nobody notices has to be excused by name."""
    report = code.attack(root, options.samples, options.seed, options.module)
    excuses = code.excused(root)
    names = [mutant.name for mutant in report.survivors]
    problems = [
        f"{m.path}:{m.line}: nothing in the book notices: {m.name}"
        for m in report.survivors
        if m.name not in excuses
    ]
    problems += [
        f"{m.path}:{m.line}: no excuse in gradients and layers: {m.name}"
        for m in report.survivors
        if m.kind in WHOLE
    ]
    if whole(options):
        problems += [
            f"{code.EXCUSES}: does not survive any more: {name}"
            for name in sorted(set(excuses) - set(names))
        ]
    found = _counted(report)
    if whole(options) and found["caught"] < KILLED * found["samples"]:
        problems.append(f"less than {KILLED:.0%} of the changes are noticed")
    return found | {"excused": len(names), "modules": _by_kind(report)}, problems


def prove_machines(options: Any, root: Path) -> tuple[dict[str, Any], list[str]]:
    """Run the pages as elsewhere; print, and draw, the same everywhere."""
    if not machines.OLDEST.is_dir():
        raise BookError(f"{machines.OLDEST} is missing: run make proof")
    (old,) = distributions(name="matplotlib", path=[str(machines.OLDEST)])
    settings, strays = machines.differences(), machines.strays()
    problems = [f"{name}: {fault}" for name in settings for fault in settings[name]]
    problems += [
        f"{name}: {share:.1%} of the ink is elsewhere with another Matplotlib"
        for name, share in strays.items()
        if share > machines.STRAY
    ]
    return {
        "settings": sorted(settings),
        "numpys": sorted({name.rpartition(" ")[2] for name in settings}),
        "cores": sorted({name.partition(",")[0] for name in settings}),
        "figures": len(strays),
        "matplotlib": old.version,
    }, problems


PARTS = {"text": prove_text, "code": prove_code, "machines": prove_machines}
"""What proves each part of the record."""


def _counted(report: Report[Any]) -> dict[str, Any]:
    return {"samples": report.samples.total(), "caught": report.caught.total()}


def _by_kind(report: Report[Any]) -> dict[str, list[int]]:
    return {
        kind: [report.caught[kind], report.samples[kind]]
        for kind in sorted(report.samples)
    }


if __name__ == "__main__":
    sys.exit(main())
