"""Training: the loss, the optimizer, the running average of the weights, and checkpoints to go on from.

Needs what :mod:`benchmarks.reading_model.model` needs.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from benchmarks.reading_model.arrays import Arrays, Row, batches, pad
from benchmarks.reading_model.model import LAYERS, from_cross_encoder, is_new

__all__ = ["Losses", "Recipe", "Run", "losses", "train"]

_ANSWERABLE = 0.5
"""What the answerable head's loss counts beside the span's."""
_DISTIL_EVERY = 8
_SAY_EVERY = 20
_AVERAGE_WARM = 500
"""Over about so many examples the running average grows as long as it is to be."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a run learns.

    Attributes:
        examples: how many in all; the rate falls to 0 there.
        batch: examples a step.
        rate: the highest learning rate.
        warm: examples over which it rises.
        fall: share of the examples over which it falls.
        layers: of the network.
        frozen: how many of the lowest layers stay as they are.
        distil: weight of staying near the cross-encoder's relevance.
        average: how much of the running average of the weights stays, a step.
        seed: fixes the order of the examples.
    """

    examples: int
    batch: int
    rate: float
    warm: int
    fall: float
    layers: int
    frozen: int
    distil: float
    average: float
    seed: int

    def rate_at(self, seen: int) -> float:
        """The learning rate of the step after so many examples."""
        rise = (seen + self.batch) / self.warm
        fall = max(self.examples - seen, 0) / max(self.examples * self.fall, 1)
        return self.rate * min(1.0, rise, fall)


@dataclass(frozen=True)
class Losses:
    """What a batch costs, with the relevance that the network gives its texts.

    Attributes:
        span: mean negative log probability of the right starts and ends.
        answerable: binary cross-entropy of "the passage answers".
        relevance: a logit a text.
        inputs: tokens, mask and types.
    """

    span: Tensor
    answerable: Tensor
    relevance: Tensor
    inputs: tuple[Tensor, Tensor, Tensor]


def losses(model: nn.Module, batch: Sequence[Row]) -> Losses:
    """What the network's answers to a batch cost. Without an answer in the passage, start and end belong on [CLS]."""
    ids, mask, types = (torch.from_numpy(array) for array in pad([(row.tokens, row.first) for row in batch]))
    right_starts, right_ends = (torch.zeros(ids.shape, dtype=torch.bool) for _ in range(2))
    allowed = types.bool()
    for i, row in enumerate(batch):
        right_starts[i, row.starts.tolist() or 0] = True
        right_ends[i, row.ends.tolist() or 0] = True
        allowed[i, len(row.tokens) - 1] = False
    allowed[:, 0] = True
    weights = torch.tensor([row.weight for row in batch])
    answerable = torch.tensor([float(len(row.starts) > 0) for row in batch])
    with torch.autocast("cpu", torch.bfloat16):
        start, end, known, relevance = model(ids, mask, types)
    span = torch.zeros(len(batch))
    for logits, right in ((start.float(), right_starts), (end.float(), right_ends)):
        logits = logits.masked_fill(~allowed, -1e4)
        span = span + torch.logsumexp(logits, 1) - torch.logsumexp(logits.masked_fill(~right, -1e4), 1)
    return Losses(
        (span * weights).sum() / weights.sum() / 2,
        binary_cross_entropy_with_logits(known.float(), answerable, weight=weights),
        relevance.float(),
        (ids, mask, types),
    )


class Run:
    """A network that is being trained, with its optimizer and the running average of its weights.

    Args:
        base: the cross-encoder's folder.
        recipe: how it learns.
        start: a checkpoint whose averaged weights to start from instead of the cross-encoder's.

    Attributes:
        seen: how many examples it has learned from.
    """

    def __init__(self, base: Path, recipe: Recipe, *, start: Path | None = None) -> None:
        self.seen = self._resumed = 0
        self._recipe = recipe
        self._model = from_cross_encoder(base, recipe.layers, attention="plain")
        for part in (self._model.bert.embeddings, *self._model.bert.encoder.layer[: recipe.frozen]):
            part.requires_grad_(False)
        self._teacher = from_cross_encoder(base, LAYERS).to(torch.bfloat16).eval()
        self._trained = {name: p for name, p in self._model.named_parameters() if p.requires_grad}
        self._optimizer = _optimizer(self._trained, recipe.rate)
        if start:
            state = torch.load(start, weights_only=True)
            self._model.load_state_dict(state["model"])
            self._model.load_state_dict(state["average"], strict=False)
        self._average = {name: parameter.detach().clone() for name, parameter in self._trained.items()}
        self._model.train()

    def resume(self, checkpoint: Path) -> None:
        """Go on from a checkpoint of this run."""
        state = torch.load(checkpoint, weights_only=True)
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average = state["average"]
        self.seen = self._resumed = state["seen"]

    def save(self, checkpoint: Path) -> None:
        """Write a checkpoint; the last one stays until this one is whole."""
        state = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average,
            "seen": self.seen,
            "layers": self._recipe.layers,
        }
        torch.save(state, checkpoint.with_suffix(".tmp"))
        checkpoint.with_suffix(".tmp").replace(checkpoint)

    def step(self, batch: Sequence[Row], *, seen: int, distil: bool) -> dict[str, float]:
        """Learn from a batch.

        Args:
            batch: the examples.
            seen: how many have been learned from with these.
            distil: whether the relevance is held against the cross-encoder's, too.

        Returns:
            The losses by name.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.rate_at(self.seen)
        cost = losses(self._model, batch)
        said = {"span": float(cost.span.detach()), "answerable": float(cost.answerable.detach())}
        total = cost.span + _ANSWERABLE * cost.answerable
        if distil:
            with torch.no_grad():
                target = self._teacher(*cost.inputs)[3].float()
            apart = (cost.relevance - target).square().mean()
            total = total + self._recipe.distil * apart
            said["relevance"] = float(apart.detach())
        torch.autograd.backward(total)
        torch.nn.utils.clip_grad_norm_(list(self._trained.values()), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.seen = seen
        new = self.seen - self._resumed
        keep = min(self._recipe.average, new / (new + _AVERAGE_WARM))
        with torch.no_grad():
            torch._foreach_lerp_(list(self._average.values()), list(self._trained.values()), 1 - keep)
        return said


def _optimizer(parameters: dict[str, nn.Parameter], rate: float) -> torch.optim.Optimizer:
    """AdamW, with weight decay on the matrices that come from the cross-encoder."""
    decayed = [p for name, p in parameters.items() if not is_new(name) and p.ndim > 1]
    vectors = [p for name, p in parameters.items() if not is_new(name) and p.ndim == 1]
    heads = [p for name, p in parameters.items() if is_new(name)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": vectors + heads, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)


def train(
    folder: Path, data: Arrays, recipe: Recipe, *, base: Path, start: Path | None = None, every: float = 300
) -> None:
    """Train, or go on from the last checkpoint of this run. SIGTERM stops it after a checkpoint.

    Args:
        folder: of this run, for its checkpoint ``last.pt`` and its ``log.txt``. The process's number is written to
            ``train.pid`` beside it.
        data: what to learn from.
        recipe: how.
        base: the cross-encoder's folder.
        start: see :class:`Run`; not used when there is a checkpoint.
        every: seconds between checkpoints.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.with_name("train.pid").write_text(f"{os.getpid()}\n")
    checkpoint = folder / "last.pt"
    resumed = checkpoint.exists()
    run = Run(base, recipe, start=None if resumed else start)
    if resumed:
        run.resume(checkpoint)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    log = _Log(folder / "log.txt", run.seen)
    log.say(f"{data}; from example {run.seen}; {recipe}")
    saved = time.monotonic()
    for step, (seen, group) in enumerate(batches(data, seed=recipe.seed, size=recipe.batch, skip=run.seen)):
        distil = bool(recipe.distil) and step % _DISTIL_EVERY == 0
        log.count(run.step([data[i] for i in group], seen=seen, distil=distil))
        if (step + 1) % _SAY_EVERY == 0:
            log.tell(seen, rate=recipe.rate_at(seen))
        done = seen >= recipe.examples or stop.is_set()
        if done or time.monotonic() - saved > every:
            run.save(checkpoint)
            saved = time.monotonic()
        if done:
            break
    log.say(f"stopped at {run.seen}" if stop.is_set() else "done")


class _Log:
    """The lines of a run, in a file and on the screen.

    Args:
        path: the file; it is added to.
        seen: examples that were learned from before.
    """

    def __init__(self, path: Path, seen: int) -> None:
        self._path = path
        self._first, self._began = seen, time.monotonic()
        self._losses: dict[str, list[float]] = {}

    def say(self, text: str) -> None:
        """Write a line, with the time."""
        line = f"{time.strftime('%H:%M:%S')} {text}"
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def count(self, losses: dict[str, float]) -> None:
        """Take in the losses of a step."""
        for name, loss in losses.items():
            self._losses.setdefault(name, []).append(loss)

    def tell(self, seen: int, *, rate: float) -> None:
        """Say the mean losses since the last time, the learning rate, and the speed in examples a second."""
        means = " ".join(f"{name} {sum(each) / len(each):.3f}" for name, each in self._losses.items())
        self._losses.clear()
        self.say(f"seen {seen} {means} rate {rate:.2e} {(seen - self._first) / (time.monotonic() - self._began):.1f}/s")
