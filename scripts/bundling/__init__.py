"""Making the program into something that starts without Python: what goes in, and how it is dressed."""
