"""Clips whose motion is known exactly: photographs under a camera, and one photograph moving over another."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from skimage import data

from dreamvid.arrays import Flow, Image, Map, Size
from dreamvid.motion.flow import inside


@dataclass(frozen=True)
class Known:
    """Frames, and for each after the first the exact backward flow and where the pixel was seen before."""

    frames: list[Image]
    flows: list[Flow]
    confidences: list[Map]


@dataclass(frozen=True)
class Move:
    """A camera move: magnification, shift in pixels and turn in degrees, each a frame."""

    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0


def photograph(name: str) -> Image:
    """One of scikit-image's photographs, softened so little that it can be sampled between its pixels."""
    picture = getattr(data, name)()[..., :3].astype(np.float32) / np.float32(255)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.float32)


def under_camera(picture: Image, size: Size, frames: int, move: Move) -> Known:
    """A photograph under a moving camera."""
    places = [_placement(picture, size, n - frames / 2, move) for n in range(frames)]
    shots = [np.clip(cv2.warpAffine(picture, place[:2], size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                                    borderMode=cv2.BORDER_REFLECT_101), 0, 1) for place in places]
    flows = [_flow(np.linalg.inv(before) @ now, size) for before, now in pairwise(places)]
    return Known(shots, flows, [inside(flow).astype(np.float32) for flow in flows])


def one_over_another(back: Known, front: Image, speed: tuple[float, float]) -> Known:
    """A round cutting of a photograph, which moves over a clip by so many pixels a frame."""
    height, width = back.frames[0].shape[:2]
    side = height * 3 // 5
    cutting = np.asarray(cv2.resize(front, (side, side), interpolation=cv2.INTER_AREA), np.float32)
    frames, covers = [], []
    for n, frame in enumerate(back.frames):
        corner = np.array([width / 2 - side / 2, height / 2 - side / 2]) + np.array(speed) * (n - len(back.frames) / 2)
        place = np.float64([[1, 0, corner[0]], [0, 1, corner[1]]])
        cover = cv2.warpAffine(_disc(side), place, (width, height))[..., np.newaxis]
        moved = cv2.warpAffine(cutting, place, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        frames.append(np.clip(frame * (1 - cover) + moved * cover, 0, 1))
        covers.append(cover)
    flows, confidences = [], []
    for n, (flow, confidence) in enumerate(zip(back.flows, back.confidences, strict=True), start=1):
        on_front = covers[n][..., 0] > 0.5
        flows.append(np.where(on_front[..., np.newaxis], -np.float32(speed), flow))
        # Edges are mixtures of both, and what was behind the front a frame ago was not seen.
        edge = (covers[n] % 1 > 0)[..., 0]
        confidences.append(confidence * np.where(on_front, 1, covers[n - 1][..., 0] == 0) * ~edge)
    return Known(frames, flows, [confidence.astype(np.float32) for confidence in confidences])


def still_with_noise(picture: Image, size: Size, frames: int, deviation: float) -> Known:
    """A still picture seen by a sensor with noise."""
    known = under_camera(picture, size, frames, Move())
    rng = np.random.default_rng(1)
    noisy = [np.clip(frame + rng.normal(0, deviation, frame.shape), 0, 1).astype(np.float32) for frame in known.frames]
    return Known(noisy, known.flows, known.confidences)


def _disc(side: int) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    return np.clip(side / 2 - 1 - np.hypot(rows, columns), 0, 1).astype(np.float32)


def _placement(picture: Image, size: Size, n: float, move: Move) -> np.ndarray:
    """The matrix from a frame's pixels to the photograph's."""
    angle, scale = np.radians(move.turn * n), move.zoom**-n
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centre = np.array([size.width - 1, size.height - 1]) / 2
    middle = np.array([picture.shape[1] - 1, picture.shape[0] - 1]) / 2 + np.array(move.pan) * n
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = turn, middle - turn @ centre
    return matrix


def _flow(back: np.ndarray, size: Size) -> Flow:
    grid = np.stack(np.meshgrid(np.arange(size.width), np.arange(size.height)), axis=-1).astype(np.float64)
    return (grid @ back[:2, :2].T + back[:2, 2] - grid).astype(np.float32)
