"""What a range needs of others, and the comparison of a range that two processes made."""

from collections.abc import Sequence
from itertools import takewhile

from dreamvid.errors import ResumeError
from dreamvid.films.film import length_there_and_back
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared
from dreamvid.films.ranges import Range, lengths
from dreamvid.output.progress import range_name
from dreamvid.output.store import Body
from dreamvid.output.work_folder import Job


def needs(plan: Plan, prepared: Prepared, ranges: list[Range], part: Range) -> dict[str, str]:
    """The records that a range needs, and which file of each: the dream that it leaves, or the pictures kept of it.

    A range of a stored film needs all dreams besides.
    """
    there, _ = lengths(plan, prepared)
    if part.first >= there:  # the way back
        last = length_there_and_back(there)
        shown = range(last - part.stop + 1, last - part.first + 1)
        return {range_name(one.first, one.stop): "kept" for one in ranges
                if one.stop <= there and one.first < shown.stop and one.stop > shown.start}
    if part.free:
        return {}
    return {range_name(one.first, one.stop): "carry" for one in ranges if one.stop == part.first}


def chain_of(ranges: Sequence[Range], part: Range) -> int:
    """The number of pictures in a range and in the chain of ranges that depend on it."""
    after = takewhile(lambda one: not one.free, (one for one in ranges if one.first > part.first))
    return part.stop - part.first + sum(one.stop - one.first for one in after)


def has_follower(ranges: Sequence[Range], part: Range) -> bool:
    """Whether the next range needs the dream that this one leaves."""
    return any(one.first == part.stop and not one.free for one in ranges)


def compare(name: str, made: Body, there: Body) -> None:
    """Compares a range or dream with the stored one of another process, and refuses differences.

    Raises:
        ResumeError: it names what differs, and what differs between their machines.
    """
    one, other = ({key: value for key, value in body.items() if key != "maker"} for body in (made, there))
    unlike = Job(one, {}).differences(Job(other, {}))
    if unlike:
        here, elsewhere = made.get("maker", {}), there.get("maker", {})
        why = Job({**here, "host": ""}, {}).differences(Job({**elsewhere, "host": ""}, {}))
        raise ResumeError(f"{words_of(name)} differs between {elsewhere.get('host')}, which made it first, and "
                          f"{here.get('host')}: {unlike}; of the machines {why or 'nothing that is known differs'}")


def words_of(name: str) -> str:
    """A record in words, by its name."""
    kind, *numbers = name.split("-")
    if kind == "range":
        return f"the range of frames {int(numbers[0]) + 1} to {int(numbers[1])}"
    return f"the dream {int(numbers[0]) + 1}"
