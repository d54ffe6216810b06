"""What the network computes. numpy only."""
