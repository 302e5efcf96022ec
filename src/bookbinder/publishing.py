"""Builds the book for its readers: `python -m bookbinder.publishing`, or `--offline`.

MkDocs builds the pages, and `extras` what the site has besides. With `--offline` the
book becomes one zip that opens without a server, and with `--edition zh` either is made
of the pages in `docs/zh`. With `--draw` all that is out of date is made before, in this
process: what it reads for that, the build need not read again.
"""

import argparse
import base64
import gc
import logging
import re
import shutil
import sys
import tempfile
from pathlib import Path

from mkdocs.exceptions import Abort

from bookbinder import ROOT, BookError
from bookbinder.make import drawing, labs
from bookbinder.make.__main__ import made
from bookbinder.read.book import config_of

NOT_OFFLINE = ("404.html", "sitemap.xml", "sitemap.xml.gz")
"""What MkDocs makes and only a server hands out."""

WORKER = "assets/iframe-worker.js"
"""Lets the search work where browsers allow no worker: in pages opened from a disk."""


def publish(
    file: Path, site: Path | None, offline: bool = False, draw: bool = False
) -> None:
    """Build the site with all that is besides pages; or a copy that needs no server.

    `file` configures it; without `site` it stands where that says. With `draw`, what is
    out of date is made before. Raises `BookError` where that fails, and without `draw`
    where a figure is not what its program draws, or a lab not what was run.
    """
    if draw:
        print("\n".join(made()) or "everything is up to date", flush=True)
    else:
        old = [f"{path}: {source}: {what}" for path, source, what in drawing.stale()]
        old += [f"{lab}: not run as it is now" for lab in labs.stale(site=None)]
        if old:
            raise BookError("\n".join(["run make figures first:", *old]))

    # Here, and not above: the processes that help to draw read this file, too.
    from material.plugins.offline.plugin import OfflinePlugin
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    from bookbinder.build.ahead import Ahead
    from bookbinder.build.extras import Extras

    config = load_config(str(file), site_dir=site and str(site), strict=True)
    config.plugins["ahead"], config.plugins["extras"] = Ahead(), Extras()
    if offline:
        config.site_url = ""
        config.extra.update(offline=True, polyfills=[WORKER])
        config.plugins["material/offline"] = plugin = OfflinePlugin()
        plugin.load_config({})
    build(config)


def pack(file: Path, target: Path, draw: bool) -> None:
    """Write the book as a zip that opens from a disk, in any browser."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "scratchnn"
        publish(file, site, offline=True, draw=draw)
        for name in NOT_OFFLINE:
            (site / name).unlink()
        shutil.rmtree(site / "figures" / "cards", ignore_errors=True)
        style = site / "assets" / "book.css"
        style.write_text(with_fonts(style), "utf-8")
        for font in (site / "fonts").glob("*.woff2"):
            font.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.make_archive(str(target.with_suffix("")), "zip", folder)


def with_fonts(style: Path) -> str:
    """A style sheet with its fonts inside: not every browser loads them from a disk.

    What is inside is there a moment later than the style itself, and is waited for.
    """

    def inside(match: re.Match[str]) -> str:
        font = (style.parent / match[1]).read_bytes()
        return f'url("data:font/woff2;base64,{base64.b64encode(font).decode()}")'

    text = style.read_text("utf-8").replace("display: optional", "display: swap")
    return re.sub(r'url\("([^"]+\.woff2)"\)', inside, text)


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser("python -m bookbinder.publishing")
    parser.add_argument(
        "--offline", type=Path, metavar="ZIP", help="pack the book into this file"
    )
    parser.add_argument("--site-dir", type=Path, help="build the site there")
    parser.add_argument("--edition", default="en", help="its folder in docs")
    parser.add_argument(
        "--draw", action="store_true", help="run python -m bookbinder.make before"
    )
    options = parser.parse_args(arguments)
    gc.disable()  # what is made here lasts to the end; looking for waste takes a tenth
    logging.getLogger("mkdocs").addHandler(logging.StreamHandler())
    try:
        file = config_of(ROOT / "docs" / options.edition)
        if options.offline:
            pack(file, options.offline, options.draw)
        else:
            publish(file, options.site_dir, draw=options.draw)
    except (Abort, BookError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
