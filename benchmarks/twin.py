"""One network twice, in scratchnn and in PyTorch, step for step: `make twin`.

Both start from the same weights and get the same mini-batches. What came out goes, as
JSON, into the record that the page "The same in PyTorch" shows: all of PyTorch's losses
and accuracies, and how far apart the two were at most. It takes a few seconds.
"""

import json
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import from_numpy, nn

from scratchnn import MultiLayerNet, load_digits, mini_batches, train_step
from scratchnn.files import store

RECORD = Path(__file__).parents[1] / "src" / "scratchnn" / "record_twin.json"
EPOCHS, BATCH_SIZE, LR = 20, 20, 0.2
"""As in chapter 5.7, and so are the sizes of the network and the seed."""

Batches = Iterable[tuple[NDArray[Any], NDArray[Any]]]


def twin_of(net: MultiLayerNet) -> tuple[Any, Any]:
    """PyTorch's 64-50-10 with a copy of our weights, and what takes its steps.

    A matrix of weights lies the other way round there.
    """
    layers = nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10)
    model = nn.Sequential(*layers).double()
    pairs = zip(net.params.values(), model.parameters(), strict=True)
    with torch.no_grad():
        for ours, theirs in pairs:
            theirs.copy_(from_numpy(ours.T))
    return model, torch.optim.SGD(model.parameters(), lr=LR)


def learn(model: Any, optimiser: Any, batches: Batches) -> list[float]:
    """A step for each batch; the losses before them."""
    loss_of, losses = nn.CrossEntropyLoss(), []
    for x, t in batches:
        optimiser.zero_grad()
        loss = loss_of(model(from_numpy(x)), from_numpy(t))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def first_slopes(model: Any, x: Any, t: Any) -> dict[str, NDArray[Any]]:
    """PyTorch's gradient of the loss on a batch, by our names and in our shapes."""
    model.zero_grad()
    nn.CrossEntropyLoss()(model(from_numpy(x)), from_numpy(t)).backward()
    slopes = [theirs.grad.numpy().T.copy() for theirs in model.parameters()]
    return dict(zip(("W1", "b1", "W2", "b2"), slopes, strict=True))


def accuracy(model: Any, x: NDArray[Any], t: NDArray[Any]) -> float:
    """The share of samples to which the model gives the highest score at the target."""
    with torch.inference_mode():
        answers = model(from_numpy(x)).argmax(dim=1).numpy()
    return int((answers == t).sum()) / len(t)


def apart(ours: ArrayLike, theirs: ArrayLike) -> float:
    """The largest difference between two numbers in the same place."""
    return float(np.max(np.abs(np.subtract(ours, theirs))))


def side_by_side() -> dict[str, Any]:
    """Train both; what PyTorch's network did, and how far from it ours was at most."""
    samples, test = load_digits()
    rng = np.random.default_rng(0)
    net = MultiLayerNet([64, 50, 10], rng=rng)
    model, optimiser = twin_of(net)
    ours, theirs, our_accuracy, their_accuracy = [], [], [], []
    for n in range(EPOCHS):
        batches = list(mini_batches(*samples, BATCH_SIZE, rng))
        if n == 0:
            slopes = first_slopes(model, *batches[0])
            gradient = net.gradient(*batches[0])
        theirs += learn(model, optimiser, batches)
        ours += [train_step(net, *batch, LR) for batch in batches]
        our_accuracy.append(net.accuracy(*test))
        their_accuracy.append(accuracy(model, *test))
    trained = [values.detach().numpy().T for values in model.parameters()]
    weights = dict(zip(net.params, trained, strict=True))
    return {
        "PyTorch": {
            "slopes": {name: slopes[name].tolist() for name in ("b1", "b2")},
            "loss": theirs,
            "test_accuracy": their_accuracy,
        },
        "apart": {
            "first_loss": abs(ours[0] - theirs[0]),
            "slopes": max(apart(gradient[name], slopes[name]) for name in slopes),
            "loss": apart(ours, theirs),
            "weights": max(apart(net.params[name], weights[name]) for name in weights),
            "test_accuracy": apart(our_accuracy, their_accuracy),
        },
    }


def forgotten() -> dict[str, Any]:
    """An epoch of PyTorch's network from the same start, without `zero_grad`."""
    samples, test = load_digits()
    rng = np.random.default_rng(0)
    model, optimiser = twin_of(MultiLayerNet([64, 50, 10], rng=rng))
    optimiser.zero_grad = lambda: None  # as if nobody had called it
    loss = learn(model, optimiser, mini_batches(*samples, BATCH_SIZE, rng))
    return {"loss": loss, "test_accuracy": accuracy(model, *test)}


def main(path: Path = RECORD) -> None:
    """Run both, and keep what came out."""
    names = ("numpy", "torch", "scratchnn")
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in names},
        **side_by_side(),
        "forgotten": forgotten(),
    }
    lines = (f'  "{name}": {json.dumps(part)}' for name, part in record.items())
    store(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())
    print(json.dumps(record["apart"], indent=2))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
