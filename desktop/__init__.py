"""Presstalk: a desktop push-to-talk client for the Opper Realtime API."""

__version__ = "0.1.0"
