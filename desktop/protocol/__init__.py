"""The wire and the turn, pure: no Qt, no asyncio, no threads, no clock."""
