"""Calculations in recognised English: "twelve times seven" is the expression "12 * 7". Pure."""

from __future__ import annotations

import ast
import math
import operator
import re

import msgspec

from desktop.offline.text_normalization import spoken_number


class Calculation(msgspec.Struct, frozen=True):
    """An expression in plain arithmetic (`+ - * / **` and parentheses), and in words."""

    expression: str
    spoken: str


_N = r"(?:minus |- ?)?\d+(?:\.\d+)?"

# Sentences whose order differs from the expression's, or that have a name for an operation.
_NAMED: tuple[tuple[str, str, str], ...] = (
    (rf"square root of ({_N})", "{0} ** 0.5", "the square root of {0}"),
    (rf"cube root of ({_N})", "{0} ** (1 / 3)", "the cube root of {0}"),
    (rf"({_N}) percent of ({_N})", "{0} / 100 * {1}", "{0} percent of {1}"),
    (rf"({_N}) squared", "{0} ** 2", "{0} squared"),
    (rf"({_N}) cubed", "{0} ** 3", "{0} cubed"),
    (rf"half of ({_N})", "{0} / 2", "half of {0}"),
    (rf"(?:double|twice) ({_N})", "2 * {0}", "twice {0}"),
    (rf"(?:add|sum of) ({_N}) (?:and|to|plus) ({_N})", "{0} + {1}", "{0} plus {1}"),
    (rf"subtract ({_N}) from ({_N})", "{1} - {0}", "{1} minus {0}"),
    (rf"(?:difference between|difference of) ({_N}) and ({_N})", "{0} - {1}", "{0} minus {1}"),
    (rf"(?:multiply|product of) ({_N}) (?:by|with|and|times) ({_N})", "{0} * {1}", "{0} times {1}"),
    (rf"divide ({_N}) (?:by|through) ({_N})", "{0} / {1}", "{0} divided by {1}"),
)

_OPERATORS: tuple[tuple[str, str, str], ...] = (
    (r"to the power of|raised to the power of|to the power|\*\*|\^", "**", "to the power of"),
    (r"multiplied by|multiplied with|times|x|\*", "*", "times"),
    (r"divided by|divided through|over|/", "/", "divided by"),
    (r"plus|\+|and then add", "+", "plus"),
    (r"minus|less|take away|-", "-", "minus"),
)
_CHAIN = re.compile(
    rf"(?<![\w.:]){_N}(?: ?(?:{'|'.join(pattern for pattern, _, _ in _OPERATORS)}) ?{_N})+(?![\w:])"
)
_TOKEN = re.compile("|".join(f"({pattern})" for pattern, _, _ in _OPERATORS) + r"|(\d+(?:\.\d+)?)")


def find(text: str) -> Calculation | None:
    """The calculation in a plain text (`text_normalization.plain`), if there is one."""
    for pattern, expression, spoken in _NAMED:
        match = re.search(rf"(?<![\w.]){pattern}(?![\w:])", text)
        if match:
            numbers = [_number(group) for group in match.groups()]
            bracketed = [f"({n})" if n.startswith("-") else n for n in numbers]
            return Calculation(expression.format(*bracketed), spoken.format(*numbers).replace("-", "minus "))
    match = _CHAIN.search(text)
    return _chained(match[0]) if match else None


def _number(text: str) -> str:
    """A number in Python's syntax: "minus 5" is -5, and 05 is 5."""
    return re.sub(r"^(-?)0+(?=\d)", r"\1", text.replace("minus ", "-").replace(" ", ""))


def _chained(text: str) -> Calculation:
    symbols: list[str] = []
    spoken: list[str] = []
    for match in _TOKEN.finditer(text):
        if match[len(_OPERATORS) + 1]:
            number = _number(match[0])
            symbols.append(number)
            spoken.append(number)
        else:
            _, symbol, name = _OPERATORS[(match.lastindex or 1) - 1]
            symbols.append(symbol)
            spoken.append(name)
    return Calculation(" ".join(symbols), " ".join(spoken))


_STEPS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}


def work_out(expression: str) -> float:
    """The value of an expression from `find`, for a client without a calculator.

    Raises:
        ValueError: it has no value, or one too large to say.
    """
    try:
        value = _value(ast.parse(expression, mode="eval").body)
    except (ZeroDivisionError, OverflowError, SyntaxError, RecursionError) as exc:
        raise ValueError(str(exc)) from exc
    if not math.isfinite(value):
        raise ValueError("the value is too large")
    return value


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _STEPS:
        return float(_STEPS[type(node.op)](_value(node.left), _value(node.right)))
    raise ValueError("not a calculation")


def spoken(calculation: Calculation, value: float) -> str:
    """The calculation with its value as a sentence."""
    return f"{calculation.spoken[0].upper()}{calculation.spoken[1:]} is {spoken_number(value)}."
