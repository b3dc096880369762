"""Expressions, such as `1.2 + 0.8*bass if t > 4 else 1`, are checked against an allow-list and evaluated with NumPy.

Only Python's parser is used; nothing is run as Python. An untrusted expression can only compute numbers.
"""

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from dreamvid.settings import near
from dreamvid.timeline.clock import BEATS_A_BAR, SERIES, Clock, CurveError, Values, no_beats
from dreamvid.timeline.functions import FUNCTIONS, SHAPERS, every

LONGEST, MOST_NODES = 500, 200
"""The most characters, and nodes of the syntax tree, of an expression."""

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
    ast.Mod: np.mod, ast.USub: np.negative, ast.UAdd: np.positive, ast.Not: lambda x: x == 0,
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal, ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_TIMES: dict[str, Callable[[Values, Clock], Any]] = {
    "t": lambda times, clock: times,  # noqa: ARG005
    "n": lambda times, clock: np.round(times * float(clock.fps), 6),
    "p": lambda times, clock: times / float(clock.duration),
    "fps": lambda times, clock: float(clock.fps),  # noqa: ARG005
    "duration": lambda times, clock: float(clock.duration),  # noqa: ARG005
    "pi": lambda times, clock: np.pi,  # noqa: ARG005
}
_BEATS = ("beat", "bar", "beat_pulse")
NAMES = (*_TIMES, *_BEATS[:2], *SERIES)
CALLS = (*FUNCTIONS, *SHAPERS, "delay", "band")


@dataclass(frozen=True)
class Expression:
    """A checked expression.

    Attributes:
        text: without leading and trailing blanks.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def tree(self) -> ast.expr:
        """Its checked syntax tree."""
        return _parsed(self.text, self.text, 0)

    @property
    def names(self) -> set[str]:
        """The names that it uses, including those of functions."""
        return {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}

    @property
    def bands(self) -> list[tuple[float, float]]:
        """The bands of sound that it uses, in hertz. Invalid ones are left out; `at` reports them."""
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        found = [[_constant(argument) for argument in call.args] for call in calls
                 if isinstance(call.func, ast.Name) and call.func.id == "band"]
        return [(low, high) for low, high in found if 0 <= low < high]

    def at(self, times: Values, clock: Clock) -> Values:
        """Its values at these times, shape (times,). They may be infinite, or NaN.

        Raises:
            CurveError: it uses beats or a sound that the clock does not have; or an argument must be a plain number.
        """
        with np.errstate(all="ignore"):
            found = np.asarray(_Evaluation(self.text, clock).of(self.tree, times), np.float64)
        return np.broadcast_to(found, times.shape)


def parse_expression(text: str, whole: str = "", offset: int = 0) -> Expression:
    """Parses and checks an expression.

    Args:
        text: the expression.
        whole: the text that contains it, for error messages; empty if `text` is everything.
        offset: where the expression begins in `whole`.

    Raises:
        CurveError: it is not a valid expression. The place is marked.
    """
    begin = len(text) - len(text.lstrip())
    stripped = " ".join(text.split("\n")).strip()
    _parsed(stripped, whole or text, offset + begin)
    return Expression(stripped)


def _parsed(text: str, whole: str, offset: int) -> ast.expr:
    if len(text) > LONGEST:
        raise CurveError(f"an expression may have {LONGEST} characters, and this has {len(text):,}", whole)
    if not text.strip():
        raise CurveError("a value is missing", whole, offset, max(offset + 1, len(whole)))
    strange = next((place for place, letter in enumerate(text) if not letter.isascii() or letter in "#\\"), None)
    if strange is not None:
        raise CurveError("a character has no meaning here", whole, offset + strange, offset + strange + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
        nodes = list(ast.walk(tree))
    except SyntaxError as error:
        place = offset + min((error.offset or len(text)) - 1, len(text) - 1)  # 0: it lacks its end
        raise CurveError("this is not an expression", whole, place, place + 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise CurveError("this is not an expression, or it is nested too deeply", whole) from None
    operands = [node for node in nodes if not isinstance(node, ast.Load | ast.operator | ast.unaryop | ast.cmpop)]
    if len(operands) > MOST_NODES:
        raise CurveError(f"an expression may have {MOST_NODES} numbers, names and operations, and this has "
                         f"{len(operands)}", whole)
    for node in nodes:
        _check(node, text, whole, offset)
    return tree


def _check(node: ast.AST, text: str, whole: str, offset: int) -> None:
    """Raises `CurveError` if a node is not on the allow-list."""
    problem = _problem(node)
    if problem:
        start, stop = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", len(text))
        raise CurveError(problem, whole, offset + start, offset + stop)


def _problem(node: ast.AST) -> str:
    """What is wrong with a node; empty if it is allowed."""
    problem = "only numbers, names, arithmetic, comparisons and functions are understood"
    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=complex()):
            problem = "this is not a number"
        case ast.Constant(value=int() | float() as value):
            problem = "" if _is_finite(value) else "this number is too large"
        case ast.Name(id=name):
            problem = "" if name in NAMES or name in CALLS else f"there is no {name!r}{near(name, (*NAMES, *CALLS))}"
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            problem = _problem_of_call(name, len(args))
        case ast.Call():
            problem = "only the named functions can be called, with numbers in brackets"
        case ast.BinOp(op=ast.BitXor()):
            problem = "a power is written **"
        case ast.BinOp(op=operator) | ast.UnaryOp(op=operator):
            problem = "" if type(operator) in _OPERATORS else "there is no such operation here"
        case ast.Compare(ops=operators):
            known = all(type(operator) in _OPERATORS for operator in operators)
            problem = "" if known else "there is no such comparison here"
        case ast.IfExp() | ast.BoolOp() | ast.Load() | ast.operator() | ast.unaryop() | ast.cmpop() | ast.boolop():
            problem = ""
    return problem


def _is_finite(value: float) -> bool:
    try:
        return bool(np.isfinite(float(value)))
    except OverflowError:
        return False


def _limits(name: str) -> tuple[int, int]:
    if name in ("delay", "band"):
        return 2, 2
    if name in SHAPERS:
        return 1 + SHAPERS[name].least, 1 + SHAPERS[name].most
    return FUNCTIONS[name].least, FUNCTIONS[name].most


def _problem_of_call(name: str, given: int) -> str:
    if name not in CALLS:
        return f"{name} is not a function" if name in NAMES else f"there is no {name!r}{near(name, (*NAMES, *CALLS))}"
    least, most = _limits(name)
    wanted = str(least) if least == most else f"{least} to {most}"
    values = f"{wanted} value{'' if wanted == '1' else 's'}"
    return "" if least <= given <= most else f"{name} takes {values} in brackets, and has {given}"


@dataclass(frozen=True)
class _Evaluation:
    """Computes the nodes of one expression."""

    text: str
    clock: Clock

    def of(self, node: ast.AST, times: Values) -> Any:
        """The values of a node, which `_check` has allowed."""
        of = partial(self.of, times=times)
        found: Any = np.nan
        match node:
            case ast.Constant(value=value):
                found = np.float64(float(value))  # pyright: ignore[reportArgumentType] - `_check` allows numbers only
            case ast.Name(id=name):
                found = self._named(name, node, times)
            case ast.BinOp(left=left, op=operator, right=right):
                found = _OPERATORS[type(operator)](of(left), of(right))
            case ast.UnaryOp(op=operator, operand=operand):
                found = _OPERATORS[type(operator)](of(operand)) * 1.0
            case ast.BoolOp(op=operator, values=values):
                joined = np.logical_and if isinstance(operator, ast.And) else np.logical_or
                found = _all(joined, [of(value) != 0 for value in values])
            case ast.Compare(left=left, ops=operators, comparators=rest):
                sides = [of(side) for side in (left, *rest)]
                found = _all(np.logical_and, [
                    _OPERATORS[type(operator)](one, other)
                    for operator, one, other in zip(operators, sides, sides[1:], strict=False)])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                found = np.where(of(test) != 0, of(body), of(orelse))
            case ast.Call(func=ast.Name(id=name), args=args):
                found = self._called(name, args, node, times)
        return found

    def _named(self, name: str, node: ast.AST, times: Values) -> Any:
        if name in _TIMES:
            return _TIMES[name](times, self.clock)
        if name in _BEATS:
            if self.clock.tempo is None:
                raise self._error(node, f"{name} {no_beats(self.clock)}")
            beats = self.clock.tempo.at(times)
            return {"beat": beats, "bar": beats / BEATS_A_BAR, "beat_pulse": every(beats)}[name]
        if name in SERIES:
            if name not in self.clock.series:
                raise self._error(node, f"{name} needs a sound; give --audio")
            return self.clock.series[name](times)
        raise self._error(node, f"{name} is a function; its values follow in brackets")

    def _called(self, name: str, args: list[ast.expr], node: ast.AST, times: Values) -> Any:
        if name in FUNCTIONS:
            return FUNCTIONS[name].call(*(self.of(argument, times) for argument in args))
        if name == "band":
            if self.clock.band is None:
                raise self._error(node, "band needs a sound; give --audio")
            low, high = map(self._number, args)
            if not 0 <= low < high:
                raise self._error(node, "band takes two frequencies in hertz, the lower one first")
            return self.clock.band(low, high)(times)
        numbers = [self._number(argument) for argument in args[1:]]
        if name == "delay":
            return self.of(args[0], times - numbers[0])
        grid = self.clock.grid
        values = np.broadcast_to(np.asarray(self.of(args[0], grid), np.float64), grid.shape)
        return np.interp(times, grid, SHAPERS[name].call(values, *numbers))

    def _number(self, node: ast.expr) -> float:
        """The value of an argument that must be a plain number."""
        found = _constant(node)
        if not 0 <= found < 1e9:
            raise self._error(node, "this must be a plain number, not below 0")
        return found

    def _error(self, node: ast.AST, problem: str) -> CurveError:
        return CurveError(problem, self.text, getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0))


def _constant(node: ast.expr) -> float:
    """The value of an argument that is a plain number; NaN otherwise."""
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else np.nan


def _all(joined: np.ufunc, held: list[Any]) -> Any:
    """Conditions combined by `and` or `or`, as 1.0 and 0.0."""
    return joined.reduce(np.broadcast_arrays(*held)) * 1.0
