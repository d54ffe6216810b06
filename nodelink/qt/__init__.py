"""The window. The only importer of PyQt6."""
