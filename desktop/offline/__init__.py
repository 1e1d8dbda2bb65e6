"""The provider that needs no key, in a process of its own: the same protocol, simple rules, no network."""
