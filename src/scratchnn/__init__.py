"""Neural networks from scratch: the library that the book builds, chapter by chapter.

Each module holds one idea and imports only from those before it; in reading order they
are `data`, `perceptron`, `activations`, `network`, `losses`, `differentiation`,
`descent`, `two_layer_net`, `history`, `training`, `layers`, `multi_layer_net`,
`gradient_check`, `files`, `parameters` and `mnist`. Every function and class of theirs
can be imported from `scratchnn` directly. What `python -m scratchnn` needs stands in
`command_line`.
"""

from scratchnn.activations import (
    class_scores,
    float_array,
    identity,
    relu,
    sigmoid,
    softmax,
    step,
)
from scratchnn.data import (
    integer,
    load_digits,
    one_hot,
    prepare,
    random_source,
    real_array,
    train_test_split,
)
from scratchnn.descent import gradient_descent
from scratchnn.differentiation import (
    movable,
    numerical_diff,
    numerical_gradient,
    one_number,
    step_width,
    tangent_line,
)
from scratchnn.files import (
    replaceable,
    store,
)
from scratchnn.gradient_check import (
    GradientReport,
    complete_gradient,
    direction_check,
    gradient_check,
    loss_along,
    relative_error,
)
from scratchnn.history import History
from scratchnn.layers import (
    Add,
    Affine,
    Layer,
    Mul,
    Relu,
    Sigmoid,
    SoftmaxWithLoss,
    same_shape,
)
from scratchnn.losses import (
    check_probabilities,
    cross_entropy_error,
    log_softmax,
    match_targets,
    mean_cross_entropy,
    softmax_cross_entropy,
    sum_squared_error,
)
from scratchnn.mnist import (
    Source,
    data_folder,
    download,
    fetch,
    from_mirrors,
    is_whole,
    load_mnist,
    read_idx,
)
from scratchnn.multi_layer_net import MultiLayerNet, forward_through
from scratchnn.network import (
    affine,
    forward,
    init_network,
    layer_names,
    predict,
    trained_network,
)
from scratchnn.parameters import (
    load_parameters,
    npz_name,
    save_parameters,
)
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
from scratchnn.training import (
    accuracy_in_parts,
    check_slopes,
    fit_to,
    mini_batches,
    train,
    train_step,
)
from scratchnn.two_layer_net import (
    Classifier,
    TwoLayerNet,
    as_rows,
    random_weights,
    target_rows,
)

__all__ = [
    "AND",
    "NAND",
    "OR",
    "XOR",
    "Add",
    "Affine",
    "Classifier",
    "GradientReport",
    "History",
    "Layer",
    "Mul",
    "MultiLayerNet",
    "Relu",
    "Sigmoid",
    "SoftmaxWithLoss",
    "Source",
    "TwoLayerNet",
    "accuracy_in_parts",
    "affine",
    "as_rows",
    "bits",
    "check_probabilities",
    "check_slopes",
    "class_scores",
    "complete_gradient",
    "cross_entropy_error",
    "data_folder",
    "direction_check",
    "download",
    "fetch",
    "fit_to",
    "float_array",
    "forward",
    "forward_through",
    "from_mirrors",
    "full_adder",
    "gradient_check",
    "gradient_descent",
    "half_adder",
    "identity",
    "init_network",
    "integer",
    "is_whole",
    "layer_names",
    "load_digits",
    "load_mnist",
    "load_parameters",
    "log_softmax",
    "loss_along",
    "match_targets",
    "mean_cross_entropy",
    "mini_batches",
    "movable",
    "npz_name",
    "numerical_diff",
    "numerical_gradient",
    "one_hot",
    "one_number",
    "perceptron",
    "predict",
    "prepare",
    "random_source",
    "random_weights",
    "read_idx",
    "real_array",
    "relative_error",
    "relu",
    "replaceable",
    "same_shape",
    "save_parameters",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "step",
    "step_width",
    "store",
    "sum_squared_error",
    "tangent_line",
    "target_rows",
    "train",
    "train_step",
    "train_test_split",
    "trained_network",
]
