"""Training of the networks that ship: the only part of the project that imports torch."""
