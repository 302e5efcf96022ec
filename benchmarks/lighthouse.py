"""What Lighthouse says of the book: `python benchmarks/lighthouse.py [PAGE …]`.

Builds the book for the address it is then served at, packed as a server packs it, and
has Lighthouse visit each page. Prints its scores out of 100 and the layout shift.
Performance depends on the machine and on what else it does; the other scores do not.
Needs Node's `npx`, which fetches Lighthouse, and Chromium.
"""

import functools
import gzip
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PORT = 8124
SCORES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu"


class Packed(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, text compressed."""

    def do_GET(self) -> None:
        """Answer with the file, or leave the answer to the one who knows folders."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in (".html", ".css", ".js", ".json", ".svg", ".txt", ".xml"):
            super().do_GET()
            return
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=31536000")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def visit(url: str, device: str) -> tuple[list[int], float]:
    """The scores of a page, and how much of it moved while it was loaded."""
    preset = ["--preset=desktop"] if device == "desktop" else []
    command = ["npx", "--yes", "lighthouse", url, "--quiet", "--output=json", *preset]
    run = [*command, f"--chrome-flags={FLAGS}"]
    report = json.loads(subprocess.run(run, capture_output=True, check=True).stdout)
    scores = [round(100 * report["categories"][name]["score"]) for name in SCORES]
    return scores, report["audits"]["cumulative-layout-shift"]["numericValue"]


def main(names: list[str]) -> None:
    """Build, serve, visit, print."""
    address = f"http://127.0.0.1:{PORT}/"
    with tempfile.TemporaryDirectory() as site:
        command = [sys.executable, "-m", "bookbinder.publishing", "--site-dir", site]
        known = {**os.environ, "SITE_URL": address}
        subprocess.run(command, cwd=ROOT, env=known, check=True)
        handler = functools.partial(Packed, directory=site)
        with http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(f"{'page':<18}{'device':<9}", *SCORES, "shift", sep="  ")
            pages = [path.parent for path in sorted(Path(site).rglob("index.html"))]
            for page in pages:
                name = page.relative_to(site).as_posix().removeprefix(".")
                if names and name not in names:
                    continue
                for device in ("desktop", "mobile"):
                    scores, shift = visit(f"{address}{name}", device)
                    shown = (
                        f"{score:>{len(title)}}"
                        for score, title in zip(scores, SCORES, strict=True)
                    )
                    print(
                        f"{name or '/':<18}{device:<9}",
                        *shown,
                        f"{shift:.3f}",
                        sep="  ",
                    )
            server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
