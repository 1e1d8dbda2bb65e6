"""A restless person at the real window: `make monkey`."""
