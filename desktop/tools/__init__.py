"""The tools that a model may call, their schemas, and the runner that calls them."""
