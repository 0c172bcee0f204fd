"""Who asks, and how often: limits, and what they count by."""
