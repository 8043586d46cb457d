"""`python -m local COMMAND …`, as the Makefile calls it inside the virtual environment."""

import os
import sys

from local.process import stop_on_signals

stop_on_signals(0 if sys.argv[1:2] == ["run"] else 130)

# Half a second of imports, in which Ctrl-C must already end us without a traceback.
from local.commands import main  # noqa: E402
from local.instance import CHECKOUT  # noqa: E402

os.chdir(CHECKOUT)
sys.exit(main(*sys.argv[1:]))
