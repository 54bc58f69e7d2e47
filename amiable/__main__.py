"""`python -m amiable` is `amiable`."""

import sys

from amiable.cli.main import main

sys.exit(main())
