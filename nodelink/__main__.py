"""`python -m nodelink`, and the console's `nodelink`."""

import sys


def main() -> int:
    """Run the command line; one that is interrupted before it has begun says so, too."""
    try:
        from nodelink import cli
    except KeyboardInterrupt:
        sys.stderr.write("nodelink: interrupted\n")
        return 130
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
