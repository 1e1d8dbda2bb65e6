"""What a model may have done for it: tools, their schemas, and the runner that calls them."""
