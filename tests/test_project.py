"""What a reader installs and clones holds what it should, and nothing else."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from bookbinder import ROOT


def test_the_wheel_holds_the_library_and_nothing_else(tmp_path: Path) -> None:
    """Typed, with the bundled digits; the tools that bind the book stay at home."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run([*command, "-d", str(tmp_path)], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = {
        name for name in zipfile.ZipFile(wheel).namelist() if "dist-info" not in name
    }
    library = {
        file.relative_to(ROOT / "src").as_posix()
        for file in (ROOT / "src" / "scratchnn").glob("*.*")
    }
    assert names == library
    assert {"scratchnn/py.typed", "scratchnn/digits.npz"} <= names


def test_versions_are_locked_by_hash_and_without_addresses() -> None:
    """The same packages everywhere, from wherever the reader's pip finds them."""
    lock = (ROOT / "constraints.txt").read_text("utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", lock)
    packages = re.split(r"\n(?=[a-z])", lock.strip())
    assert len(packages) > 40
    assert all(re.match(r"[a-z0-9-]+==\S+", package) for package in packages)
    assert all("--hash=sha256:" in package for package in packages)


def test_every_command_that_is_promised_exists() -> None:
    """README and landing page name no target of make that is not there."""
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for file in (ROOT / "README.md", ROOT / "docs" / "en" / "index.md"):
        promised = set(re.findall(r"\bmake (\w+)\b", file.read_text("utf-8")))
        assert promised - {"and"} <= targets, file
