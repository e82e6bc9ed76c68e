"""`python -m hearthnet_core` is `hearthnet`."""

import sys

from hearthnet_core.cli import main

sys.exit(main())
