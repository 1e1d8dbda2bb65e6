"""Keys that work in all programs, each system by its own way."""
