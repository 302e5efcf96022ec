"""Makes the digits that the library brings along: `python -m bookbinder.make_digits`.

They are the 1,797 test images of "Optical Recognition of Handwritten Digits" by
E. Alpaydin and C. Kaynak (1998, UCI Machine Learning Repository, CC BY 4.0), as
scikit-learn ships them: 8 by 8 pixels, each a whole number from 0 (paper) to 16 (ink).
They are shuffled once, with the seed below, and stored in that order, so that the split
into training and test data does not depend on anybody's version of NumPy.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from bookbinder import ROOT

SEED = 32
"""Of 0 to 39 the seed with the most even test data: 32 to 40 of each digit."""


def make(path: Path) -> None:
    """Write the file, the same bytes at each call."""
    digits = load_digits()
    order = np.random.default_rng(SEED).permutation(len(digits.target))
    np.savez_compressed(
        path,
        images=digits.images[order].astype(np.uint8),
        labels=digits.target[order].astype(np.uint8),
    )


if __name__ == "__main__":
    argparse.ArgumentParser("python -m bookbinder.make_digits").parse_args()
    make(ROOT / "src" / "scratchnn" / "digits.npz")
