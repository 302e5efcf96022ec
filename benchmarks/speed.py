"""How fast the library is, beside PyTorch and scikit-learn: `make bench`.

Everything is measured in one run, the contenders by turns, several times; what is kept
are medians. They go, as JSON, into the record that the page "How fast is it?" shows,
with the machine and the versions. Let nothing else run meanwhile: it takes two minutes.
MNIST is downloaded if it is not there.
"""

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from contenders import Array, Contender, Loader, Loop, Scratchnn, Sklearn, Torch
from threadpoolctl import threadpool_info

from scratchnn import MultiLayerNet, TwoLayerNet, load_digits, load_mnist
from scratchnn.files import store
from scratchnn.losses import log_softmax, mean_cross_entropy, target_rows

RECORD = Path(__file__).parents[1] / "src" / "scratchnn" / "record_speed.json"
ALL = {kind.name: kind for kind in (Scratchnn, Torch, Sklearn)}
LONG_RUNS = (Loop, Torch, Sklearn)
MNIST, WIDE = [784, 50, 10], [784, 256, 10]
WIDTHS, BATCHES = (16, 32, 64, 128, 256, 512, 1024), (1, 10, 30, 100, 300, 1000)
DEPTHS = (1, 2, 3, 4, 6, 8)


def by_turns(
    tasks: Mapping[str, Callable[[], Any]], *, turns: int = 9, times: int = 40
) -> dict[str, float]:
    """Seconds for each task: the median over the turns of the median in a turn."""
    found: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(turns):
        for name, task in tasks.items():
            laps = []
            for _ in range(times):
                start = time.perf_counter()
                task()
                laps.append(time.perf_counter() - start)
            found[name].append(median(laps))
    return {name: median(laps) for name, laps in found.items()}


def noise(samples: int, inputs: int, dtype: str = "float32") -> tuple[Array, Array]:
    """Numbers and labels: a product takes as long for nonsense as for pictures."""
    rng = np.random.default_rng(0)
    x = rng.random((samples, inputs), dtype=np.dtype(dtype))
    return x, rng.integers(10, size=samples)


def step(sizes: list[int], *, dtype: str = "float32", batch: int = 100) -> Any:
    """Seconds for a step on a batch that is there, and on one gathered by chance."""
    x, t = noise(10_000, sizes[0], dtype)
    given: dict[str, Callable[[], Any]] = {}
    fresh: dict[str, Callable[[], Any]] = {}
    for name in ("scratchnn", "PyTorch"):
        net = ALL[name](sizes, dtype)
        own = net.own(x), net.own(t)
        given[name] = partial(net.step, own[0][:batch], own[1][:batch])

        def on_fresh(net: Contender = net, own: Any = own) -> None:
            chosen = net.chosen(len(own[0]), batch)
            net.step(own[0][chosen], own[1][chosen])

        fresh[name] = on_fresh
    found = {"given": by_turns(given), "fresh": by_turns(fresh)}
    return {"sizes": sizes, "dtype": dtype, "batch": batch, **found}


def epoch() -> dict[str, float]:
    """Seconds for all samples of an MNIST-shaped epoch once, in batches of 100.

    Three in a row: the threads of another library are in the way of the first.
    """
    nets = [kind(MNIST, "float32") for kind in ALL.values()]
    x, t = noise(60_000, 784)
    tasks = {net.name: partial(net.epoch, net.own(x), net.own(t)) for net in nets}
    return by_turns(tasks, turns=3, times=3)


def until(goal: float, sizes: list[int], data: Any, lr: float, batch: int) -> Any:
    """Seconds of a training with as many epochs as this share of right answers needs.

    Each turn begins with other weights, and the epochs are counted before the clock
    runs.
    """
    kinds = ALL | {kind.name: kind for kind in (Loop, Loader)}
    found: dict[str, Any] = {name: {"seconds": [], "epochs": []} for name in kinds}
    for seed in range(3):
        for name, kind in kinds.items():
            net = kind(sizes, "float32", lr, seed)
            own = [[net.own(values) for values in part] for part in data]
            epochs = 1
            while net.train(own, 1, batch) < goal:
                epochs += 1
            net = kind(sizes, "float32", lr, seed)
            start = time.perf_counter()
            net.train(own, epochs, batch)
            found[name]["seconds"].append(time.perf_counter() - start)
            found[name]["epochs"].append(epochs)
    medians = {
        name: {what: median(values) for what, values in part.items()}
        for name, part in found.items()
    }
    return {"goal": goal, "sizes": sizes, "lr": lr, "batch": batch, **medians}


def inference(samples: int) -> dict[str, Any]:
    """Seconds for the probabilities of so many pictures."""
    x, t = noise(max(samples, 100), 784)
    tasks = {}
    for name, kind in ALL.items():
        net = kind(MNIST, "float32")
        net.epoch(net.own(x), net.own(t))
        tasks[name] = partial(net.predict, net.own(x[:samples]))
    return {"samples": samples, **by_turns(tasks, times=10)}


def gradients() -> dict[str, Any]:
    """Seconds for a gradient of 64-20-10, measured and by backpropagation."""
    net = TwoLayerNet(64, 20, 10, rng=np.random.default_rng(0))
    x, t = (values[:100] for values in load_digits()[0])
    return {
        "parameters": sum(values.size for values in net.params.values()),
        **by_turns(
            {"measured": lambda: net.numerical_gradient(x, t)}, turns=3, times=1
        ),
        **by_turns({"backpropagation": lambda: net.gradient(x, t)}),
    }


def most_memory() -> int:
    """The most memory that this process has ever had, in bytes, as Linux tells it."""
    (line,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return 1024 * int(line)


def memory(name: str) -> float:
    """How much memory data and an epoch take together, as a multiple of the data."""
    x, t = noise(60_000, 784)
    net = next(kind for kind in LONG_RUNS if kind.name == name)(MNIST, "float32")
    own = net.own(x), net.own(t)
    few = [values[:200] for values in own]
    net.train((few, few), 1, 100)  # libraries load more of themselves at the first step
    before = most_memory()
    net.train((own, own), 1, 100)
    return 1 + (most_memory() - before) / x.nbytes


def alone(task: Callable[..., Any], *arguments: str, **environment: str) -> Any:
    """What a function of this module returns in a process of its own."""
    run = subprocess.run(
        [sys.executable, __file__, task.__name__, *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(run.stdout)


def memories() -> dict[str, float]:
    """`memory` for each contender."""
    return {kind.name: alone(memory, kind.name) for kind in LONG_RUNS}


def one_kernel() -> dict[str, Any]:
    """The step of both networks, and what this process multiplies its matrices with."""
    (numpy,) = (part for part in machine()["blas"] if "numpy" in part["by"])
    steps = [step(sizes) for sizes in (MNIST, WIDE)]
    return {"architecture": numpy["architecture"], "step": steps, "square": square()}


def kernels() -> list[dict[str, Any]]:
    """`one_kernel` for registers that hold eight numbers of 32 bits, and sixteen.

    Where the processor has no such registers, a process that uses them dies. Then what
    is measured are the kernels that are taken without a word.
    """
    found = []
    for name in ("Haswell", "SkylakeX"):
        try:
            found.append(alone(one_kernel, OPENBLAS_CORETYPE=name))
        except subprocess.CalledProcessError:
            found.append(alone(one_kernel))
    return found


def parts(net: MultiLayerNet, x: Array, t: Array) -> Iterator[tuple[str, float]]:
    """A step of the network taken apart: each part's name and the seconds it took.

    It does what `train_step` does with the rate 0.1, without layers and their checks.
    """
    lr, last = np.float32(0.1), time.perf_counter()

    def lap(name: str) -> tuple[str, float]:
        nonlocal last
        since, last = last, time.perf_counter()
        return name, last - since

    while True:
        W1, b1, W2, b2 = net.params.values()
        lap("")
        a1 = x @ W1
        yield lap("x @ W1")
        a1 = a1 + b1
        z1, mask = np.maximum(a1, 0), a1 > 0
        yield lap("bias and ReLU")
        a2 = z1 @ W2 + b2
        yield lap("second layer")
        rows, log_y = target_rows(a2, t), log_softmax(a2)
        mean_cross_entropy(log_y, rows)
        da2 = (np.exp(log_y) - rows) / len(x)
        yield lap("softmax and loss")
        dW2, db2, dz1 = z1.T @ da2, da2.sum(axis=0), da2 @ W2.T
        yield lap("second layer")
        da1 = dz1 * mask
        db1 = da1.sum(axis=0)
        yield lap("bias and ReLU")
        dW1 = x.T @ da1
        yield lap("x.T @ da1")
        for values, slope in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2)):
            slope *= -lr
            slope += values
        net.params.update(W1=dW1, b1=db1, W2=dW2, b2=db2)
        yield lap("update")
        yield "step", 0.0


def profile(sizes: list[int], turns: int = 400) -> dict[str, Any]:
    """Median seconds of the parts of a step, and of the two products alone."""
    laps: dict[str, list[float]] = {}
    once: dict[str, float] = {}
    net = MultiLayerNet(sizes, rng=np.random.default_rng(0), dtype=np.float32)
    for name, seconds in parts(net, *noise(100, sizes[0])):
        once[name] = once.get(name, 0) + seconds
        if name == "step":
            for part, total in once.items():
                laps.setdefault(part, []).append(total)
            once = {}
        if len(laps.get("step", [])) == turns:
            break
    (x, _), (W, _), (d, _) = noise(100, 784), noise(784, sizes[1]), noise(100, sizes[1])
    bare = by_turns({"x @ W1": lambda: x @ W, "x.T @ da1": lambda: x.T @ d})
    found = {part: median(times) for part, times in laps.items() if part != "step"}
    operations = 2 * 100 * 784 * sizes[1]
    return {"sizes": sizes, "parts": found, "bare": bare, "operations": operations}


def square(side: int = 2000) -> dict[str, Any]:
    """Seconds for the product of two large square matrices: what the machine can do."""
    A, _ = noise(side, side)
    return {"operations": 2 * side**3, **by_turns({"seconds": lambda: A @ A}, times=3)}


def machine() -> dict[str, Any]:
    """What was measured on, and with.

    It ends where OpenBLAS has no such kernels as it was asked for: it would not say so.
    """
    names = ("numpy", "torch", "scikit-learn", "scratchnn")
    kernels = [
        {"by": Path(p["filepath"]).parent.name, **{k: p[k] for k in keys if k in p}}
        for p in threadpool_info()
        if p["user_api"] == "blas"
        and (keys := ("internal_api", "version", "architecture", "num_threads"))
    ]
    asked = os.environ.get("OPENBLAS_CORETYPE")
    taken = {part["architecture"] for part in kernels if "architecture" in part}
    if asked and {asked.lower()} != {name.lower() for name in taken}:
        sys.exit(f"asked for the kernels {asked}, OpenBLAS took {', '.join(taken)}")
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "OPENBLAS_CORETYPE": asked,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in names},
        "blas": kernels,
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def rounded(value: Any) -> Any:
    """All seconds to three digits, in whatever holds them."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.3g}") if isinstance(value, float) else value


def main() -> None:
    """Measure, tell what comes out, and keep it."""
    digits, mnist = load_digits(dtype="float32"), load_mnist(dtype="float32")
    tasks: dict[str, Callable[[], Any]] = {
        "machine": machine,
        "kernels": kernels,
        "step": lambda: [
            step(sizes, dtype=dtype)
            for sizes in (MNIST, WIDE)
            for dtype in ("float32", "float64")
        ],
        "width": lambda: [step([784, width, 10]) for width in WIDTHS],
        "depth": lambda: [step([784, *[100] * depth, 10]) for depth in DEPTHS],
        "batch": lambda: [step(MNIST, batch=size) for size in BATCHES],
        "epoch": epoch,
        "digits": lambda: until(0.95, [64, 50, 10], digits, lr=0.2, batch=50),
        "mnist": lambda: until(0.97, MNIST, mnist, lr=0.2, batch=100),
        "inference": lambda: [inference(samples) for samples in (1, 100, 10_000)],
        "gradients": gradients,
        "memory": memories,
        "profile": lambda: [profile(sizes) for sizes in (MNIST, WIDE)],
        "square": square,
    }
    record = {}
    for name, task in tasks.items():
        record[name] = rounded(task())
        print(f'  "{name}": {json.dumps(record[name])}', flush=True)
    lines = (f'  "{name}": {json.dumps(part)}' for name, part in record.items())
    store(RECORD, ("{\n" + ",\n".join(lines) + "\n}\n").encode())


if __name__ == "__main__":
    if sys.argv[1:]:  # by `alone`
        name, *arguments = sys.argv[1:]
        print(json.dumps(globals()[name](*arguments)))
    else:
        main()
