"""The audio doctor: it listens, plays, listens to what it plays and to the user, and says what to do."""
