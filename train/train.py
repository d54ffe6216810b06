"""Train the networks that ship.

    python -m train.train --data DIR                                   all three, as they ship
    python -m train.train --network cnn --data DIR --seed 2 --out FILE

The test set is read once, after the last step, and only to be written down: no choice depends on it.
The same seed on the same machine gives the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from nodelink import idx
from nodelink.nn.evaluation import evaluate
from train.data import Augmentation, Augmenter, Digits, mnist, network_batch, split
from train.export import export, to_network
from train.models import NETWORKS, build, input_shape

THREADS = 2  # fixed: sums over another number of threads round differently


@dataclass(frozen=True)
class Recipe:
    """How one network is trained; every figure was chosen on the validation digits."""

    epochs: int
    augmentation: Augmentation
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    average: float = 0.999  # decay per step of the running mean of the weights, which is what ships
    warm_up: float = 0.1  # share of the steps
    calm: float = 0.4  # share of the steps, the last ones, in which distortions fade to nothing


STRONG = Augmentation(
    rotation=15, scale=0.15, aspect=0.1, shear=0.2, shift=2.0, elastic=0.8, thickness=0.6, redrawn=0.35
)
MILD = Augmentation(
    rotation=8, scale=0.08, aspect=0.05, shear=0.1, shift=0.7, elastic=0.4, thickness=0.4, redrawn=0.25
)
RECIPES = {
    "cnn": Recipe(epochs=60, augmentation=STRONG, batch=128, weight_decay=0.05),
    "mlp": Recipe(epochs=60, augmentation=replace(STRONG, shift=1.0, redrawn=0.5), weight_decay=0.05),
    "mini": Recipe(epochs=40, augmentation=MILD, learning_rate=0.01),
}
# The best of seeds 1, 2, 3 on the validation digits: most right, then least cross-entropy.
SEEDS = {"cnn": 2, "mlp": 1, "mini": 3}


@dataclass(frozen=True)
class Trained:
    """A finished training: the averaged model with its accuracy and cross-entropy on the validation digits."""

    model: nn.Sequential
    validation: float
    loss: float
    seconds: float


def prepare_torch(seed: int) -> None:
    """Make torch repeatable: seeded, deterministic kernels only, a fixed number of threads."""
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def score(model: nn.Module, digits: Digits, shape: tuple[int, int, int]) -> tuple[float, float]:
    """(share of `digits` whose largest logit is at their label, mean cross-entropy)."""
    correct, loss = 0, 0.0
    with torch.no_grad():
        for images, labels in zip(digits.images.split(1000), digits.labels.split(1000), strict=True):
            logits = model(network_batch(images.float() / 255, shape))
            correct += int((logits.argmax(1) == labels).sum())
            loss += F.cross_entropy(logits, labels, reduction="sum").item()
    return correct / len(digits), loss / len(digits)


def _learning_rate(share: float, recipe: Recipe) -> float:
    """One cycle: a linear warm-up, then half a cosine down to nearly nothing; `share` of the steps done."""
    if share < recipe.warm_up:
        return recipe.learning_rate * (0.1 + 0.9 * share / recipe.warm_up)
    rest = (share - recipe.warm_up) / (1 - recipe.warm_up)
    return recipe.learning_rate * (0.001 + 0.999 * (1 + math.cos(math.pi * rest)) / 2)


def _strength(share: float, recipe: Recipe) -> float:
    """How strong the distortions are when `share` of the steps are done: 1, fading at the end."""
    return min(1.0, (1 - share) / recipe.calm)


def _optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    kernels = [p for p in model.parameters() if p.ndim > 1]
    biases = [p for p in model.parameters() if p.ndim == 1]
    groups = [
        {"params": kernels, "weight_decay": recipe.weight_decay},
        {"params": biases, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, fused=True)


def _average(averaged: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Move the running mean of the weights one step on; it forgets faster while it is young."""
    share = max(1 - decay, 9 / (step + 10))
    with torch.no_grad():
        for mean, now in zip(averaged.parameters(), model.parameters(), strict=True):
            mean.lerp_(now, share)


def _steps(count: int, recipe: Recipe, random: torch.Generator) -> Iterator[tuple[float, Tensor]]:
    """(share of all steps done, indices of the batch) for every step of the training."""
    batches = count // recipe.batch
    for epoch in range(recipe.epochs):
        order = torch.randperm(count, generator=random)
        for number in range(batches):
            share = (epoch + number / batches) / recipe.epochs
            yield share, order[number * recipe.batch : (number + 1) * recipe.batch]


def train(name: str, training: Digits, validation: Digits, recipe: Recipe, seed: int) -> Trained:
    """Train network `name` on `training` with `recipe`, everything random drawn from `seed`."""
    prepare_torch(seed)
    started = time.perf_counter()
    shape = input_shape(name)
    model = build(name).to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(model).requires_grad_(False)
    optimizer = _optimizer(model, recipe)
    augmenter = Augmenter(training, redraw=recipe.augmentation.redrawn > 0, seed=seed)
    steps = _steps(len(training), recipe, torch.Generator().manual_seed(seed))
    total = recipe.epochs * (len(training) // recipe.batch)
    bar = tqdm(steps, total=total, desc=f"{name} seed {seed}", unit="step", mininterval=1)
    for number, (share, index) in enumerate(bar):
        images = augmenter.batch(index, recipe.augmentation.times(_strength(share, recipe)))
        logits = model(network_batch(images, shape))
        loss = F.cross_entropy(logits, training.labels[index])
        for group in optimizer.param_groups:
            group["lr"] = _learning_rate(share, recipe)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        _average(averaged, model, recipe.average, number)
        if number % max(1, total // 20) == total // 20 - 1:
            bar.set_postfix(loss=f"{loss.item():.3f}", validation=score(averaged, validation, shape)[0])
    return Trained(averaged, *score(averaged, validation, shape), time.perf_counter() - started)


def make(name: str, data: Path, seed: int, recipe: Recipe, out: Path) -> None:
    """Train `name` on the training set under `data`, write its file and print its figures."""
    training, validation = split(mnist(data, train=True))
    trained = train(name, training, validation, recipe, seed)
    network = to_network(name, trained.model)
    test = evaluate(network, *idx.mnist(data, "test")).accuracy  # as `nodelink evaluate` does
    history = {
        "command": f"python -m train.train --network {name} --seed {seed} --epochs {recipe.epochs}",
        "seed": seed,
        "epochs": recipe.epochs,
        "data": "MNIST, 55,000 training digits, distorted; 5,000 kept for validation",
        "validation_accuracy": trained.validation,
        "torch": torch.__version__.split("+")[0],
    }
    export(network, out, training, test, history)
    checksum = hashlib.sha256(out.read_bytes()).hexdigest()
    print(
        f"{name} seed {seed}: validation {100 * trained.validation:.2f} % (cross-entropy {trained.loss:.4f}), "
        f"test {100 * test:.2f} %, {trained.seconds:.0f} s, {out}, sha256 {checksum}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the named networks, or all."""
    parser = argparse.ArgumentParser(description="Train the networks that ship.")
    parser.add_argument("--network", choices=NETWORKS, help="one of them; default: all")
    parser.add_argument("--data", type=Path, default=Path("data"), help="holds MNIST/raw; fetched if missing")
    parser.add_argument("--seed", type=int, help="default: the seed that ships")
    parser.add_argument("--epochs", type=int, help="default: the recipe's")
    parser.add_argument("--out", type=Path, help="default: weights/NETWORK.safetensors")
    options = parser.parse_args(arguments)
    if options.out and not options.network:
        parser.error("--out needs --network")
    for name in [options.network] if options.network else NETWORKS:
        recipe = RECIPES[name]
        if options.epochs:
            recipe = replace(recipe, epochs=options.epochs)
        seed = SEEDS[name] if options.seed is None else options.seed
        make(name, options.data, seed, recipe, options.out or Path("weights") / f"{name}.safetensors")


if __name__ == "__main__":
    main()
