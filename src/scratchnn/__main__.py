"""`python -m scratchnn` runs this file: it hands over to the command line."""

import os
import sys

from scratchnn.command_line import main

try:
    try:
        sys.exit(main())
    finally:
        print(end="", flush=True)
except OSError as error:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    gone = isinstance(error, BrokenPipeError)
    sys.exit(1 if gone else f"python -m scratchnn: {error}")
