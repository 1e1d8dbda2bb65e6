"""A service that goes wrong on purpose: one scenario at a time, over real sockets, on this machine only.

It is part of the program and not of its tests, so that a bundle has it too: a user who sees a fault can
reproduce it (`presstalk serve --fault NAME`) and watch the window. `tests/faults` has the thin entry
`python -m tests.faults`, and the tests that play every scenario against the real client.
"""
