"""What one value is set with: a widget for each kind of value."""
