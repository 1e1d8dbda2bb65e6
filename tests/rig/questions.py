"""What a screen reader can ask: every question of AT-SPI that changes nothing.

The interfaces are those of at-spi2-core's `xml` folder. A program must answer each of them, or refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PROPERTIES = "org.freedesktop.DBus.Properties"
PREFIX = "org.a11y.atspi."
FAR = 1_000_000
"""An index or a pixel beyond everything."""
ON_SCREEN, IN_WINDOW = 0, 1
"""Where coordinates count from."""


@dataclass(frozen=True)
class Question:
    """A call of D-Bus: `interface` without the prefix, and the arguments with their signature."""

    interface: str
    method: str
    signature: str = ""
    arguments: tuple[Any, ...] = ()

    @property
    def subject(self) -> str:
        """The interface it is about: a property's own one."""
        interface = self.arguments[0] if self.method == "Get" else self.interface
        return str(interface).removeprefix(PREFIX)


def _get(interface: str, *names: str) -> list[Question]:
    return [Question(PROPERTIES, "Get", "ss", (PREFIX + interface, name)) for name in names]


def _calls(interface: str, *methods: str) -> list[Question]:
    return [Question(interface, method) for method in methods]


def _at_each(interface: str, method: str, signature: str, *arguments: tuple[Any, ...]) -> list[Question]:
    return [Question(interface, method, signature, one) for one in arguments]


_INDICES = ((0,), (-1,), (FAR,))
_POINTS = ((3, 3, IN_WINDOW), (400, 300, ON_SCREEN), (-5, FAR, ON_SCREEN))
_CELLS = ((0, 0), (1, -1), (FAR, FAR))

EVERYTHING: tuple[Question, ...] = (
    *_get("Accessible", "Name", "Description", "Parent", "ChildCount", "Locale", "AccessibleId", "HelpText"),
    *_calls("Accessible", "GetIndexInParent", "GetRelationSet", "GetRole", "GetRoleName"),
    *_calls("Accessible", "GetLocalizedRoleName", "GetState", "GetAttributes", "GetApplication"),
    *_calls("Accessible", "GetInterfaces", "GetChildren"),
    *_at_each("Accessible", "GetChildAtIndex", "i", *_INDICES),
    *_get("Application", "ToolkitName", "Version", "AtspiVersion", "Id"),
    *_at_each("Application", "GetLocale", "u", (0,)),
    *_calls("Component", "GetLayer", "GetMDIZOrder", "GetAlpha"),
    *_at_each("Component", "GetExtents", "u", (ON_SCREEN,), (IN_WINDOW,)),
    *_at_each("Component", "GetPosition", "u", (ON_SCREEN,), (IN_WINDOW,)),
    *_calls("Component", "GetSize"),
    *_at_each("Component", "Contains", "iiu", *_POINTS),
    *_at_each("Component", "GetAccessibleAtPoint", "iiu", *_POINTS),
    *_get("Action", "NActions"),
    *_calls("Action", "GetActions"),
    *_at_each("Action", "GetName", "i", *_INDICES),
    *_at_each("Action", "GetLocalizedName", "i", *_INDICES),
    *_at_each("Action", "GetDescription", "i", *_INDICES),
    *_at_each("Action", "GetKeyBinding", "i", *_INDICES),
    *_get("Value", "MinimumValue", "MaximumValue", "MinimumIncrement", "CurrentValue", "Text"),
    *_get("Text", "CharacterCount", "CaretOffset"),
    *_at_each("Text", "GetText", "ii", (0, -1), (0, 5), (-1, FAR)),
    *(
        Question("Text", method, "iu", (offset, kind))
        for method in ("GetStringAtOffset", "GetTextAtOffset", "GetTextBeforeOffset", "GetTextAfterOffset")
        for offset in (0, 3, -1, FAR)
        for kind in range(5)
    ),
    *_at_each("Text", "GetCharacterAtOffset", "i", *_INDICES),
    *_at_each("Text", "GetAttributes", "i", *_INDICES),
    *_at_each("Text", "GetAttributeRun", "ib", (0, True), (FAR, False)),
    *_at_each("Text", "GetAttributeValue", "is", (0, "weight"), (FAR, "weight")),
    *_calls("Text", "GetDefaultAttributes", "GetDefaultAttributeSet", "GetNSelections"),
    *_at_each("Text", "GetSelection", "i", *_INDICES),
    *_at_each("Text", "GetCharacterExtents", "iu", (0, ON_SCREEN), (-1, IN_WINDOW), (FAR, ON_SCREEN)),
    *_at_each("Text", "GetRangeExtents", "iiu", (0, 5, ON_SCREEN), (-1, FAR, ON_SCREEN)),
    *_at_each("Text", "GetOffsetAtPoint", "iiu", *_POINTS),
    *_get("Selection", "NSelectedChildren"),
    *_at_each("Selection", "GetSelectedChild", "i", *_INDICES),
    *_at_each("Selection", "IsChildSelected", "i", *_INDICES),
    *_get("Table", "NRows", "NColumns", "Caption", "Summary", "NSelectedRows", "NSelectedColumns"),
    *_calls("Table", "GetSelectedRows", "GetSelectedColumns"),
    *(
        Question("Table", method, "i", index)
        for method in (
            *("GetRowAtIndex", "GetColumnAtIndex", "GetRowColumnExtentsAtIndex"),
            *("GetRowDescription", "GetColumnDescription", "GetRowHeader", "GetColumnHeader"),
            *("IsRowSelected", "IsColumnSelected"),
        )
        for index in _INDICES
    ),
    *(
        Question("Table", method, "ii", cell)
        for method in ("GetAccessibleAt", "GetIndexAt", "GetRowExtentAt", "GetColumnExtentAt", "IsSelected")
        for cell in _CELLS
    ),
    *_get("TableCell", "ColumnSpan", "RowSpan", "Position", "Table"),
    *_calls("TableCell", "GetRowColumnSpan", "GetRowHeaderCells", "GetColumnHeaderCells"),
    *_get("Image", "ImageDescription", "ImageLocale"),
    *_calls("Image", "GetImageSize"),
    *_at_each("Image", "GetImageExtents", "u", (ON_SCREEN,)),
    *_at_each("Image", "GetImagePosition", "u", (ON_SCREEN,)),
    *_get("Hypertext", "NLinks"),
    *_calls("Hypertext", "GetNLinks"),
    *_get("Document", "CurrentPageNumber", "PageCount"),
)
