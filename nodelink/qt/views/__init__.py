"""One file a panel; a panel never imports another."""
