"""Copies of everything: made, put back, and tried."""
