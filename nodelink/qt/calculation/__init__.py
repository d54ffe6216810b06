"""The parts of the inspector: each paints one piece of a node's calculation. None knows the session."""
