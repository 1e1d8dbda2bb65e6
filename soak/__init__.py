"""A long talk on a bad network: what it costs, what it loses, and whether it ever hangs."""
