"""Explain: why the network answers as it does, as arrays. numpy only."""
