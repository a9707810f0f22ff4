"""Sharpness and exposure against OpenCV and NumPy; verdicts at their thresholds."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.quality import QualityNumbers, Thresholds, Verdict, judge, measure
from tests.imaging.pictures import scene

SIZES = [
    (1, 1),
    (1, 50),
    (50, 1),
    (2, 2),
    (63, 40),
    (64, 40),
    (65, 40),
    (66, 40),
    (129, 33),
    (700, 501),
]


def laplacian_variance(luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
    return float(np.var(cv2.Laplacian(luma, cv2.CV_64F)))


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_sharpness_is_the_variance_of_the_laplacian(height: int, width: int) -> None:
    luma = np.random.default_rng(height).integers(0, 256, (height, width), dtype=np.uint8)
    assert measure(luma).sharpness == pytest.approx(laplacian_variance(luma), rel=1e-9, abs=1e-9)


def test_sharpness_of_a_view_of_a_larger_plane() -> None:
    plane = scene(400, 300)[:, :, 0]
    view = plane[7:291, 11:397]
    assert measure(view).sharpness == pytest.approx(laplacian_variance(view.copy()), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 255), st.integers(0, 2**32 - 1))
def test_shares_are_counts(height: int, width: int, level: int, seed: int) -> None:
    luma = np.random.default_rng(seed).choice(np.array([0, level, 255], np.uint8), (height, width))
    numbers = measure(luma)
    assert numbers.white_share == pytest.approx(np.mean(luma == 255))
    assert numbers.black_share == pytest.approx(np.mean(luma == 0))


def verdicts(sharpness: float, white: float = 0, black: float = 0) -> tuple[str, str, str]:
    verdict = judge(QualityNumbers(sharpness, white, black), Thresholds())
    return verdict.sharpness.value, verdict.exposure.value, verdict.overall.value


def test_verdicts_change_at_the_thresholds() -> None:
    assert verdicts(99.9) == ("fail", "pass", "fail")
    assert verdicts(100) == ("warn", "pass", "warn")
    assert verdicts(300) == ("warn", "pass", "warn")
    assert verdicts(300.1) == ("pass", "pass", "pass")
    assert verdicts(1000, white=0.05) == ("pass", "pass", "pass")
    assert verdicts(1000, white=0.051) == ("pass", "fail", "fail")
    assert verdicts(1000, black=0.051) == ("pass", "fail", "fail")
    assert verdicts(1000, white=0.03, black=0.03) == ("pass", "fail", "fail")
    assert verdicts(200, white=0.5) == ("warn", "fail", "fail")


def test_thresholds_are_the_callers() -> None:
    strict = Thresholds(sharpness_fail=500, sharpness_warn=900, clipped_share_fail=0.5)
    assert judge(QualityNumbers(400, 0.4, 0), strict).sharpness is Verdict.FAIL
    assert judge(QualityNumbers(400, 0.4, 0), strict).exposure is Verdict.PASS


def test_what_is_stored_holds_numbers_thresholds_and_version() -> None:
    stored = judge(QualityNumbers(512.5, 0.01, 0.002), Thresholds()).to_json()
    assert json.loads(json.dumps(stored)) == {
        "qc_version": 1,
        "overall": "pass",
        "sharpness": "pass",
        "exposure": "pass",
        "numbers": {"sharpness": 512.5, "white_share": 0.01, "black_share": 0.002},
        "thresholds": {
            "sharpness_fail": 100.0,
            "sharpness_warn": 300.0,
            "clipped_share_fail": 0.05,
        },
    }
