"""What the system tells about itself: locked, going to sleep, awake again, back on the network."""
