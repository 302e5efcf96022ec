"""Neural networks from scratch: the library that the book builds, chapter by chapter.

Each module holds one idea and imports only from those before it; in reading order they
are `data`, `perceptron`, `activations`, `network`, `losses`, `differentiation` and
`descent`. Every function and class of theirs can be imported from `scratchnn` directly.
"""

from scratchnn.activations import (
    float_array,
    identity,
    real_array,
    relu,
    sigmoid,
    softmax,
    step,
)
from scratchnn.data import load_digits, one_hot, prepare
from scratchnn.descent import gradient_descent
from scratchnn.differentiation import (
    numerical_diff,
    numerical_gradient,
    one_number,
    tangent_line,
)
from scratchnn.losses import (
    check_probabilities,
    cross_entropy_error,
    match_targets,
    softmax_cross_entropy,
    sum_squared_error,
)
from scratchnn.network import affine, forward, init_network
from scratchnn.perceptron import (
    AND,
    NAND,
    OR,
    XOR,
    bits,
    full_adder,
    half_adder,
    perceptron,
)

__all__ = [
    "AND",
    "NAND",
    "OR",
    "XOR",
    "affine",
    "bits",
    "check_probabilities",
    "cross_entropy_error",
    "float_array",
    "forward",
    "full_adder",
    "gradient_descent",
    "half_adder",
    "identity",
    "init_network",
    "load_digits",
    "match_targets",
    "numerical_diff",
    "numerical_gradient",
    "one_hot",
    "one_number",
    "perceptron",
    "prepare",
    "real_array",
    "relu",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "step",
    "sum_squared_error",
    "tangent_line",
]
