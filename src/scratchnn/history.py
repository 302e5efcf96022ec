"""A history writes down what happens in a training, and stops one that goes wrong.

The loop of chapter 4 keeps it.
"""

import math
from dataclasses import dataclass, field

from scratchnn.differentiation import one_number


@dataclass(repr=False)
class History:
    """What happened in a training: one loss a step, two accuracies an epoch.

    `interrupted` says whether it was stopped by Ctrl-C. For a loss that is not one
    number, `add` and `check` raise `ValueError`; for one that is not finite,
    `FloatingPointError`, which names the step.

    >>> History(loss=[2.3, 1.9], train_accuracy=[0.5], test_accuracy=[0.25])
    History of 2 steps: loss 2.3000 to 1.9000, accuracy 0.5000 train, 0.2500 test
    """

    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False

    def add(self, loss: float) -> None:
        """Note the loss of one more step, which must be a number to go on from."""
        self.loss.append(one_number(loss, "what a step returns"))
        self.check(self.loss[-1], "at")

    def check(self, loss: float, when: str = "after") -> None:
        """Raise an error if `loss` is not finite, "at" the last step or "after" it."""
        if not math.isfinite(one_number(loss, "a loss")):
            advice, step = "a smaller learning rate may help", len(self.loss)
            if (when, step) == ("at", 1):
                advice = "nothing is learnt yet, so look at the weights and the data"
            raise FloatingPointError(f"the loss is {loss} {when} step {step}; {advice}")

    def __repr__(self) -> str:
        text = f"History of {len(self.loss)} step" + "s" * (len(self.loss) != 1)
        if self.loss:
            text += f": loss {self.loss[0]:.4f} to {self.loss[-1]:.4f}"
        if self.test_accuracy:
            train, test = self.train_accuracy[-1], self.test_accuracy[-1]
            text += f", accuracy {train:.4f} train, {test:.4f} test"
        epochs = len(self.test_accuracy)
        return text + f" (interrupted after epoch {epochs})" * self.interrupted
