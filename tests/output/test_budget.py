"""The search for an animation that fits: for any law by which its bytes may go with its plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamvid.output.gif import CLOSE, Plan, best_plan


def law(whole: float, power: float):
    def bytes_of(plan: Plan) -> int:
        return round(whole * (plan.long_side / 1000) ** power / plan.thinning**0.9 * plan.colours**0.3 / 256**0.3)
    return bytes_of


@given(whole=st.floats(1e6, 1e8), power=st.floats(1.2, 2.4), share=st.floats(0.02, 3))
def test_it_fits_closely_or_whole(whole: float, power: float, share: float) -> None:
    tried, limit = [], round(whole * share)

    def bytes_of(plan: Plan) -> int:
        tried.append(plan)
        return law(whole, power)(plan)

    plan = best_plan(bytes_of, 1000, (1, 2, 4), limit)
    assert plan is not None
    assert bytes_of(plan) <= limit
    assert plan == Plan(1000) or bytes_of(plan) >= CLOSE * limit
    assert tried[-2] == plan or plan == Plan(1000)
    assert len(tried) < 14


def test_nothing_fits() -> None:
    assert best_plan(law(1e8, 2), 1000, (1, 2), 1000) is None


@pytest.mark.parametrize(("share", "thinning"), [(0.9, 1), (0.2, 2), (0.1, 4)])
def test_pixels_go_before_frames_and_frames_before_colours(share: float, thinning: int) -> None:
    plan = best_plan(law(1e7, 2), 1000, (1, 2, 4), round(1e7 * share))
    assert plan is not None
    assert (plan.thinning, plan.colours) == (thinning, 256)
