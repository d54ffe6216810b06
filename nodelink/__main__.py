"""`python -m nodelink`."""

import sys

from nodelink.cli import main

if __name__ == "__main__":
    sys.exit(main())
