"""MCP servers' tools: their configuration, the servers' process, and what they give as tools of ours.

`client` is the program's side and knows no MCP. `host` is the other one: a process of its own with the SDK,
which costs a second and 60 MB to import, and holds the interpreter while it parses what a server sends.
"""
