"""nodelink: draw a digit and watch every node and every edge of a real neural network respond."""

__version__ = "0.1.0"
