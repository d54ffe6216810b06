"""MNIST as tensors, its validation split, and augmentation in batched tensor operations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from train.skeleton import REACH, nearness

CELLS = 28
VALIDATION = 5_000
SPLIT_SEED = 0  # one split for every seed of training, so that seeds compare on the same digits


def _torchvision_mnist() -> Any:
    try:
        from torchvision.datasets import MNIST
    except RuntimeError:
        # A torchvision built for another torch build fails on registering an operator of its
        # detection models, which have nothing to do with reading a data set.
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        from torchvision.datasets import MNIST
    return MNIST


@dataclass(frozen=True)
class Digits:
    """Digits as images (N, 28, 28) uint8 (ink 255) and labels (N,) int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor) -> Digits:
        """The digits at `index`."""
        return Digits(self.images[index], self.labels[index])


def mnist(root: Path | str, *, train: bool, download: bool = True) -> Digits:
    """The training (60,000) or test (10,000) set, kept under `root`/MNIST/raw, fetched if missing."""
    dataset = _torchvision_mnist()(root=str(root), train=train, download=download)
    return Digits(dataset.data, dataset.targets)


def split(digits: Digits, validation: int = VALIDATION) -> tuple[Digits, Digits]:
    """(training, validation): a fixed random split of the training set."""
    order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(SPLIT_SEED))
    return digits.take(order[validation:].sort().values), digits.take(order[:validation].sort().values)


def network_batch(images: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """images (B, 28, 28) in [0, 1] -> (B, *shape): a blank border where the network wants one."""
    border = (shape[-1] - CELLS) // 2
    return F.pad(images, (border,) * 4)[:, None]


@dataclass(frozen=True)
class Augmentation:
    """Largest distortions, each drawn anew for every digit in every epoch (uniform unless said otherwise)."""

    rotation: float = 0.0  # degrees
    scale: float = 0.0  # log of the factor, common to both axes
    aspect: float = 0.0  # log of the factor, opposite on the two axes
    shear: float = 0.0  # tangent of the angle
    shift: float = 0.0  # cells
    elastic: float = 0.0  # cells, standard deviation of the displacement
    thickness: float = 0.0  # share of a 3x3 dilation or erosion mixed in
    redrawn: float = 0.0  # probability that the digit is redrawn from its skeleton with a round brush
    brush: tuple[float, float] = (0.8, 1.8)  # radius of that brush in cells

    def times(self, strength: float) -> Augmentation:
        """Every amount (not the probability of redrawing) multiplied by `strength`."""
        names = ("rotation", "scale", "aspect", "shear", "shift", "elastic", "thickness")
        return replace(self, **{name: strength * getattr(self, name) for name in names})


class Augmenter:
    """Training digits and what distorting them needs; `batch` makes distorted network inputs.

    Elastic deformation follows Simard, Steinkraus and Platt (2003): random displacements, smoothed.
    Here they are drawn on a coarse grid of knots and spread by a Gaussian, which costs one matrix product.
    """

    def __init__(self, digits: Digits, *, redraw: bool, seed: int, knots: int = 7) -> None:
        self.digits = digits
        self.random = torch.Generator().manual_seed(seed)
        self.knots = knots
        self.spread = _gaussian_spread(knots, sigma=4.0)  # (knots^2, 784)
        self.nearness = torch.from_numpy(nearness(digits.images.numpy())) if redraw else None
        centres = (torch.arange(CELLS) + 0.5) * 2 / CELLS - 1
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        self.base = torch.stack([x.flatten(), y.flatten()])  # (2, 784)

    def _uniform(self, count: int, largest: float) -> Tensor:
        return (torch.rand(count, generator=self.random) * 2 - 1) * largest

    def _grid(self, count: int, amounts: Augmentation) -> Tensor:
        """Where each output cell looks in the source: (B, 28, 28, 2) in [-1, 1]."""
        angle = self._uniform(count, amounts.rotation) * (torch.pi / 180)
        zoom, aspect = self._uniform(count, amounts.scale), self._uniform(count, amounts.aspect)
        shear = self._uniform(count, amounts.shear)
        cos, sin = angle.cos(), angle.sin()
        sx, sy = (-zoom - aspect).exp(), (-zoom + aspect).exp()
        matrix = torch.stack([sx * cos, sx * (shear * cos - sin), sy * sin, sy * (shear * sin + cos)], 1)
        shift = self._uniform(2 * count, amounts.shift * 2 / CELLS).view(count, 2, 1)
        grid = matrix.view(count, 2, 2) @ self.base + shift  # (B, 2, 784)
        if amounts.elastic:
            noise = torch.randn(count * 2, self.knots**2, generator=self.random)
            grid += (noise @ self.spread).view(count, 2, -1) * (amounts.elastic * 2 / CELLS)
        return grid.view(count, 2, CELLS, CELLS).permute(0, 2, 3, 1)

    def batch(self, index: Tensor, amounts: Augmentation) -> Tensor:
        """Digits `index` (B,), distorted: (B, 28, 28) float32 in [0, 1]."""
        source = self.digits.images[index][:, None].float() / 255
        grid = self._grid(len(index), amounts)
        ink = F.grid_sample(source, grid, mode="bicubic", align_corners=False).clamp_(0, 1)  # 0 outside
        if amounts.thickness:
            ink = _thicken(ink, self._uniform(len(index), amounts.thickness).view(-1, 1, 1, 1))
        if self.nearness is not None and amounts.redrawn:
            ink = self._redraw(ink, index, grid, amounts)
        return ink[:, 0].clamp_(0, 1)

    def _redraw(self, ink: Tensor, index: Tensor, grid: Tensor, amounts: Augmentation) -> Tensor:
        chosen = torch.rand(len(index), generator=self.random) < amounts.redrawn
        thin, thick = amounts.brush
        radius = thin + (thick - thin) * torch.rand(int(chosen.sum()), generator=self.random)
        near = self.nearness[index[chosen]][:, None].float() * (REACH / 255)  # type: ignore[index]
        near = F.grid_sample(near, grid[chosen], align_corners=False)
        result = ink.clone()
        result[chosen] = (near - REACH + radius.view(-1, 1, 1, 1) + 0.5).clamp(0, 1)
        return result


def _gaussian_spread(knots: int, sigma: float) -> Tensor:
    """Weights (knots^2, 784) that spread unit noise on the knots to unit-variance noise on the cells."""
    cells = torch.arange(CELLS) + 0.5
    places = torch.linspace(0, CELLS, knots)
    axis = torch.exp(-((places[:, None] - cells) ** 2) / (2 * sigma**2))  # (knots, 28)
    spread = (axis[:, None, :, None] * axis[None, :, None, :]).reshape(knots**2, CELLS**2)
    return spread / (spread**2).sum(0, keepdim=True).sqrt()


def _thicken(ink: Tensor, amount: Tensor) -> Tensor:
    """ink (B, 1, 28, 28) with `amount` of a 3x3 dilation (above 0) or erosion (below 0) mixed in."""
    wide = F.max_pool2d(ink, 3, 1, 1) - ink
    narrow = ink + F.max_pool2d(-ink, 3, 1, 1)
    # Erosion takes whole thin strokes away where dilation only widens them: half of it is plenty.
    return ink + torch.where(amount > 0, amount * wide, 0.5 * amount * narrow)
