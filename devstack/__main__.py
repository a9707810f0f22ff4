"""The door: `python -m devstack up|demo`."""

import sys

from devstack.command_line import main

sys.exit(main())
