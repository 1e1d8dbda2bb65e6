"""Random input to the real window: `make monkey`."""
