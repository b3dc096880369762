"""Errors in the text of a curve, with the place marked."""

SHOWN = 24
"""Characters of the text that are shown on each side of the place."""


class CurveError(ValueError):
    """A text that is no curve, or a curve that cannot be used here.

    Args:
        problem: what is wrong, as a part of a sentence.
        text: all of the curve.
        start, stop: the characters that are wrong.
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
