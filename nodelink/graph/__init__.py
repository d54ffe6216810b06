"""What to draw, as arrays. numpy only."""
