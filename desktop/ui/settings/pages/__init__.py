"""The pages of the settings dialog, and what they are built of."""
