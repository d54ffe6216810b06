"""How it is drawn. The only importer of vispy."""
