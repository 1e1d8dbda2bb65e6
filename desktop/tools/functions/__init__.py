"""The user's own functions as tools: `*.py` in the tools folder, each file in a process of its own.

`files` is the program's side. `host` is the other one, and `reading` finds the functions in it: there a
crash, an endless loop or a print hurts nothing.
"""
