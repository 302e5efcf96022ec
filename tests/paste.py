"""Pastes blocks of code into a fresh interpreter, as Python's own prompt takes them.

Reads a JSON list of blocks and prints a JSON list of what each of them printed. Every
statement is run by itself, in interactive mode: the value of an expression is printed,
an error is reported and ends its block.
"""

import ast
import contextlib
import io
import json
import sys
import traceback


def paste(block: str, space: dict[str, object]) -> str:
    """Run one block; return what the reader would see."""
    seen = io.StringIO()
    with contextlib.redirect_stdout(seen):
        try:
            for statement in ast.parse(block).body:
                exec(compile(ast.Interactive([statement]), "<paste>", "single"), space)
        except Exception as error:
            print("Traceback (most recent call last):\n  ...")
            print(*traceback.format_exception_only(error), end="")
    return seen.getvalue()


if __name__ == "__main__":
    space: dict[str, object] = {"__name__": "__main__"}
    print(json.dumps([paste(block, space) for block in json.load(sys.stdin)]))
