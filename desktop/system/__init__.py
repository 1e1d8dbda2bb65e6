"""Events of the operating system: locked, going to sleep, awake again, back on the network."""
