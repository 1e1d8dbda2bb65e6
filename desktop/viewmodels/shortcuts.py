"""The keys of the window. Qt reads Ctrl as ⌘ on macOS; `wording.key_words` gives the platform's names."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from desktop.base.message import Shortcut

TALK = Shortcut("Space")
CANCEL = Shortcut("Esc")
ENTER = Shortcut("Return")
ENTER_SHIFTED = Shortcut("Shift+Return")
RECALL = Shortcut("Up")
RUN_TOOL = Shortcut("Ctrl+Return")
APPROVE = Shortcut("Ctrl+Return")
"""Of a tool's call, once."""
DENY = Shortcut("Ctrl+Backspace")
CLOSER = Shortcut("+")
FARTHER = Shortcut("-")
WHOLE = Shortcut("0")
STEP_BACK = Shortcut("Left")
STEP_ON = Shortcut("Right")
TURN_ON = Shortcut("Ctrl+Right")
FRAME_ON = Shortcut("Shift+Right")
"""In the timeline."""
NEW = Shortcut("Ctrl+N")
CONNECT = Shortcut("Ctrl+K")
MUTE = Shortcut("Ctrl+M")
COPY = QKeySequence.StandardKey.Copy
ALL = QKeySequence.StandardKey.SelectAll
EDIT = Shortcut("F2")
COPY_JSON = Shortcut("Ctrl+Shift+C")
MENU = Shortcut("F10")
HISTORY = Shortcut("Ctrl+H")
EXPORT = Shortcut("Ctrl+E")
SETTINGS = Shortcut("Ctrl+,")
KEYS = Shortcut("F1")
TIMELINE = Shortcut("F8")
PANES = Shortcut("F9")
HALF = Shortcut("Shift+F9")
DETACH = Shortcut("Ctrl+F9")
BACK = Shortcut("Alt+Left")
ONE_BEFORE = Shortcut("Alt+Up")
ONE_AFTER = Shortcut("Alt+Down")
QUIT = Shortcut("Ctrl+Q")
LARGER = Shortcut("Ctrl++")
LARGER_UNSHIFTED = Shortcut("Ctrl+=")
"""The same key of an American keyboard, without Shift."""
SMALLER = Shortcut("Ctrl+-")
USUAL_SIZE = Shortcut("Ctrl+0")
FIND = QKeySequence.StandardKey.Find
NEXT = QKeySequence.StandardKey.FindNext
PREVIOUS = QKeySequence.StandardKey.FindPrevious
