"""A widget for each kind of value."""
