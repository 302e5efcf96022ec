"""`python -m scratchnn` runs this file: it hands over to the command line."""

import sys

from scratchnn.command_line import main

sys.exit(main())
