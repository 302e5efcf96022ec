"""The same network three times: scratchnn's, PyTorch's and scikit-learn's.

All have ReLU in the hidden layers and learn by plain gradient descent, without momentum
or weight decay. Each is used as its own guide would have it, and starts from the random
weights that it chooses by default.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from scratchnn import MultiLayerNet, mini_batches, train, train_step

Array = NDArray[Any]


class Contender:
    """What is asked of each: an epoch is made of steps, and a training of epochs.

    One that deals its own batches has no `chosen`, `batches` and `step`.
    """

    name: str

    def __init__(
        self, sizes: list[int], dtype: str, lr: float = 0.1, seed: int = 0
    ) -> None:
        raise NotImplementedError

    def own(self, values: Array) -> Any:
        """The numbers as this library wants to have them: as they are."""
        return values

    def chosen(self, samples: int, size: int) -> Any:
        """The numbers of `size` samples, drawn by chance."""
        raise NotImplementedError

    def batches(self, x: Any, t: Any, size: int) -> Iterator[tuple[Any, Any]]:
        """An epoch of shuffled mini-batches."""
        raise NotImplementedError

    def step(self, x: Any, t: Any) -> float:
        """One step downhill; the result is the loss before it."""
        raise NotImplementedError

    def predict(self, x: Any) -> Array:
        """The probabilities of the classes."""
        raise NotImplementedError

    def epoch(self, x: Any, t: Any, size: int = 100) -> None:
        """All samples once."""
        for batch in self.batches(x, t, size):
            self.step(*batch)

    def train(self, data: Any, epochs: int, size: int) -> float:
        """A training, with a test after each epoch; the share of right answers."""
        (x, t), (x_test, t_test) = data
        for _ in range(epochs):
            self.epoch(x, t, size)
            right = self.predict(x_test).argmax(axis=1) == np.asarray(t_test)
        return float(np.mean(right))


class Scratchnn(Contender):
    """This book's network."""

    name = "scratchnn"

    def __init__(
        self, sizes: list[int], dtype: str, lr: float = 0.1, seed: int = 0
    ) -> None:
        self.rng, self.lr = np.random.default_rng(seed), lr
        self.net = MultiLayerNet(sizes, rng=self.rng, dtype=dtype)

    def chosen(self, samples: int, size: int) -> Any:
        """The numbers of `size` samples, drawn by chance."""
        return self.rng.integers(samples, size=size)

    def batches(self, x: Array, t: Array, size: int) -> Iterator[tuple[Any, Any]]:
        """An epoch of shuffled mini-batches."""
        return mini_batches(x, t, size, self.rng)

    def step(self, x: Array, t: Array) -> float:
        """One step downhill; the result is the loss before it."""
        return train_step(self.net, x, t, self.lr)

    def predict(self, x: Array) -> Array:
        """The probabilities of the classes."""
        return self.net.predict(x)


class Loop(Scratchnn):
    """The same network in the book's own training loop, which tests on both sets."""

    name = "scratchnn, train"

    def train(self, data: Any, epochs: int, size: int) -> float:
        """A training as readers run it; the share of right answers in the test."""
        history = train(
            self.net, data, epochs=epochs, batch_size=size, lr=self.lr, rng=self.rng
        )
        return history.test_accuracy[-1]


class Torch(Contender):
    """PyTorch as most people run it: eager, on the processor."""

    name = "PyTorch"

    def __init__(
        self, sizes: list[int], dtype: str, lr: float = 0.1, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        layers: list[Any] = []
        for inputs, outputs in pairwise(sizes):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1]).to(getattr(torch, dtype))
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimiser = torch.optim.SGD(self.model.parameters(), lr=lr)

    def own(self, values: Array) -> Any:
        """A tensor of the same numbers, in the same memory."""
        return torch.from_numpy(values)

    def chosen(self, samples: int, size: int) -> Any:
        """The numbers of `size` samples, drawn by chance."""
        return torch.randint(samples, (size,))

    def batches(self, x: Any, t: Any, size: int) -> Iterator[tuple[Any, Any]]:
        """An epoch, dealt by index, as most people would write it."""
        for batch in torch.randperm(len(x)).split(size):
            yield x[batch], t[batch]

    def step(self, x: Any, t: Any) -> float:
        """One step downhill; the result is the loss before it."""
        self.optimiser.zero_grad()
        loss = self.loss(self.model(x), t)
        loss.backward()
        self.optimiser.step()
        return float(loss.item())

    def predict(self, x: Any) -> Array:
        """The probabilities of the classes."""
        with torch.inference_mode():
            return np.asarray(torch.softmax(self.model(x), dim=1))


class Loader(Torch):
    """PyTorch with its `DataLoader`, as its tutorials have it."""

    name = "PyTorch, DataLoader"

    def batches(self, x: Any, t: Any, size: int) -> Iterator[tuple[Any, Any]]:
        """An epoch, dealt sample by sample."""
        samples = torch.utils.data.TensorDataset(x, t)
        yield from torch.utils.data.DataLoader(samples, batch_size=size, shuffle=True)


class Sklearn(Contender):
    """scikit-learn's classifier, which deals its own batches."""

    name = "scikit-learn"

    def __init__(
        self, sizes: list[int], dtype: str, lr: float = 0.1, seed: int = 0
    ) -> None:
        self.classes = np.arange(sizes[-1])
        self.model = MLPClassifier(
            sizes[1:-1], solver="sgd", momentum=0, alpha=0, learning_rate_init=lr
        )
        self.model.random_state = seed

    def epoch(self, x: Array, t: Array, size: int = 100) -> None:
        """All samples once."""
        self.model.batch_size = size
        self.model.partial_fit(x, t, classes=self.classes)

    def predict(self, x: Array) -> Array:
        """The probabilities of the classes."""
        return np.asarray(self.model.predict_proba(x))
