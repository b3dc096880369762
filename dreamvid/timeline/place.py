"""Errors in the text of a curve, with the wrong part marked."""

SHOWN = 24
"""How many characters of the text are shown on each side of the wrong part."""


class CurveError(ValueError):
    """A text is not a valid curve, or the curve cannot be used here.

    Args:
        problem: what is wrong, as part of a sentence.
        text: the whole text of the curve.
        start, stop: the wrong part of the text.
    """

    def __init__(self, problem: str, text: str, start: int = 0, stop: int = 0) -> None:
        super().__init__(f"{problem}: {marked(text, start, stop)}" if stop > start else problem)
        self.problem, self.start, self.stop = problem, start, stop


def marked(text: str, start: int, stop: int) -> str:
    """A text with `>>` and `<<` around a part of it, shortened on both sides.

    Args:
        start, stop: the characters of that part.
    """
    before, part, after = text[:start], text[start:stop], text[stop:]
    before = before if len(before) <= SHOWN else f"…{before[-SHOWN:]}"
    after = after if len(after) <= SHOWN else f"{after[:SHOWN]}…"
    part = part if len(part) <= 2 * SHOWN else f"{part[:SHOWN]}…{part[-SHOWN:]}"
    return f"{before}>>{part}<<{after}"
