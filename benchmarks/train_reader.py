"""Train, measure and export Dateline's own reader: question and passage in, the words that answer or "no answer" out.

The reader is the second half of the classical retriever-reader design. It starts from the weights of the ms-marco
cross-encoder that ships with the encoder (so it already knows which passage is about a question) and learns from public
question-answering data which words of the passage answer it.

    prepare   questions of the training folder -> token arrays          (a minute)
    mine      passages that a search brings up for the news questions   (minutes: the cross-encoder reads them)
    train     resumable; a checkpoint every few minutes, examples a second in the log
    evaluate  held-out SQuAD 2.0 pages or a year of news, for a checkpoint or an exported folder
    export    a folder for qa/model: int8 ONNX and its tokenizer

Everything is fixed by --seed. No path is built in: every folder comes from the command line. The code is the package
benchmarks/reading_model, whose __init__.py says what stands where. ``train``, ``export`` and ``evaluate`` of a
checkpoint need torch, transformers and onnx beside what Dateline needs; none of this is needed to run Dateline.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if TYPE_CHECKING:
    from benchmarks.reading_model.search import NewsQuestion
    from qa.reader import Reader


def prepare(args: argparse.Namespace) -> None:
    """Write base.npz: the questions of the training folder and half of the evaluation pages."""
    from benchmarks.reading_model.arrays import load_tokenizer, save_arrays
    from benchmarks.reading_model.sources import prepared_examples

    args.work.mkdir(parents=True, exist_ok=True)
    examples = prepared_examples(args.train, args.eval, seed=args.seed)
    save_arrays(examples, load_tokenizer(args.base), args.work / "base.npz")


def mine(args: argparse.Namespace) -> None:
    """Write news.npz: found passages with and without the answer's words, for half of the news2022 questions."""
    from benchmarks.reading_model.arrays import load_tokenizer, save_arrays
    from benchmarks.reading_model.mining import mined_examples

    args.work.mkdir(parents=True, exist_ok=True)
    examples = mined_examples(_news("news2022", args), seed=args.seed)
    save_arrays(examples, load_tokenizer(args.base), args.work / "news.npz")


def train(args: argparse.Namespace) -> None:
    """Train, or go on from the last checkpoint of this run."""
    import torch

    from benchmarks.reading_model import training
    from benchmarks.reading_model.arrays import Arrays

    torch.set_num_threads(args.threads)
    files = [args.work / f"{name}.npz" for name in args.data.split(",")]
    data = Arrays(files, longest=args.longest, shares=args.shares)
    recipe = training.Recipe(**{field.name: getattr(args, field.name) for field in fields(training.Recipe)})
    training.train(args.work / args.run, data, recipe, base=args.base, start=args.start, every=args.every)


def evaluate(args: argparse.Namespace) -> None:
    """Measure a reader on held-out SQuAD 2.0 pages or on a year of news."""
    from benchmarks.reading_model import measuring
    from benchmarks.reading_model.search import CrossEncoder

    figures: Mapping[str, object]
    if args.set == "squad2":
        path = args.eval / "squad2" / "squad2.json.xz"
        with _reader(args) as reader:
            figures = measuring.measure_squad2(reader, path, limit=args.limit, seed=args.seed)
    else:
        questions = measuring.held_out(_news(args.set, args), year=args.set)
        if args.baseline:
            figures = measuring.measure_baseline(CrossEncoder(args.base, threads=args.threads), questions)
        else:
            with _reader(args) as reader:
                figures = measuring.measure_news(reader, questions, passages=args.passages, titles=args.titles)
    print(json.dumps({"model": args.model and args.model.name, "set": args.set, **figures}, indent=1))


def export(args: argparse.Namespace) -> None:
    """Write model.onnx (int8, fused), tokenizer.json and reader.json; compare with the floats; time it."""
    from benchmarks.reading_model import exporting
    from benchmarks.reading_model.arrays import Arrays
    from benchmarks.reading_model.model import from_checkpoint

    model = from_checkpoint(args.model, average=not args.last)
    with tempfile.TemporaryDirectory() as floats:
        exporting.export_floats(model, Path(floats), base=args.base)
        exporting.export_int8(Path(floats), args.out, per_channel=args.per_channel)
        compared = exporting.compare(Path(floats), args.out, Arrays([args.work / "base.npz"]), seed=args.seed)
    about = json.dumps({**exporting.describe(model, args.out), **compared}, indent=1)
    (args.out / "reader.json").write_text(about + "\n", encoding="utf-8")
    print(about)


def _news(year: str, args: argparse.Namespace) -> list[NewsQuestion]:
    """The questions of a year with their passages, kept in the working folder."""
    from benchmarks.reading_model.search import news_questions

    kept = args.work / f"retrieved-{year}.jsonl"
    return news_questions(args.eval / year, kept, base=args.base, pool=args.pool, threads=args.threads)


@contextmanager
def _reader(args: argparse.Namespace) -> Iterator[Reader]:
    """The reader that is measured: an exported folder, or a checkpoint, which is exported as floats for the time."""
    from qa.reader import BundledReader

    if args.model is None:
        sys.exit("name what to measure: --model, a checkpoint (.pt) or an exported folder")
    if args.model.is_dir():
        yield BundledReader(threads=args.threads, folder=args.model)
        return
    from benchmarks.reading_model.exporting import export_floats
    from benchmarks.reading_model.model import from_checkpoint

    with tempfile.TemporaryDirectory() as folder:
        export_floats(from_checkpoint(args.model), Path(folder), base=args.base)
        yield BundledReader(threads=args.threads, folder=Path(folder))


def _shares(text: str) -> dict[str, float]:
    """``tweetqa=0.3,squad2=2`` as numbers by name."""
    return {name: float(share) for name, share in (item.split("=") for item in text.split(",") if item)}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(required=True)

    def command(run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        sub = commands.add_parser(run.__name__, help=(run.__doc__ or "").splitlines()[0])
        sub.add_argument("--work", type=Path, required=True, help="folder for arrays, checkpoints and results")
        sub.add_argument(
            "--base", type=Path, required=True, help="the cross-encoder's folder: model.onnx, tokenizer.json"
        )
        sub.add_argument("--seed", type=int, default=13)
        sub.add_argument("--threads", type=int, default=2)
        sub.set_defaults(run_command=run)
        return sub

    sub = command(prepare)
    sub.add_argument("--train", type=Path, required=True, help="folder of training questions (*.jsonl.xz)")
    sub.add_argument("--eval", type=Path, required=True, help="folder of evaluation data")
    sub = command(mine)
    sub.add_argument("--eval", type=Path, required=True, help="folder of evaluation data")
    sub.add_argument("--pool", type=int, default=24, help="passages that the cross-encoder scores for a question")
    _add_train_options(command(train))
    sub = command(evaluate)
    sub.add_argument("--eval", type=Path, required=True, help="folder of evaluation data")
    sub.add_argument("--model", type=Path, help="a checkpoint (.pt) or an exported folder")
    sub.add_argument("--set", choices=["squad2", "news2022", "news2023"], required=True)
    sub.add_argument("--limit", type=int, default=0, help="squad2: only so many questions")
    sub.add_argument("--pool", type=int, default=24, help="passages that the cross-encoder scores for a question")
    sub.add_argument("--passages", type=int, default=8, help="passages that are read")
    sub.add_argument("--titles", action="store_true", help="put the article's title before the passage")
    sub.add_argument("--baseline", action="store_true", help="the cross-encoder on single sentences instead")
    sub = command(export)
    sub.add_argument("--model", type=Path, required=True, help="a checkpoint (.pt)")
    sub.add_argument("--out", type=Path, required=True, help="folder for model.onnx, tokenizer.json, reader.json")
    sub.add_argument("--last", action="store_true", help="the last weights, not their running average")
    sub.add_argument("--per-channel", action=argparse.BooleanOptionalAction, default=True)
    return top


def _add_train_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--run", default="run", help="name of this run, a folder under --work")
    sub.add_argument("--data", default="base", help="array files to learn from, joined by commas")
    sub.add_argument("--longest", type=int, default=320, help="leave out examples of more tokens")
    sub.add_argument("--shares", type=_shares, default={}, help="thin or repeat sources: tweetqa=0.3,squad2=2")
    sub.add_argument(
        "--start", type=Path, help="a checkpoint whose (averaged) weights to start from instead of the cross-encoder's"
    )
    sub.add_argument("--layers", type=int, default=12)
    sub.add_argument("--frozen", type=int, default=4, help="how many of the lowest layers stay as they are")
    sub.add_argument("--examples", type=int, required=True, help="how many examples in all; the rate falls to 0 there")
    sub.add_argument("--batch", type=int, default=16)
    sub.add_argument("--rate", type=float, default=8e-5)
    sub.add_argument("--warm", type=int, default=1500, help="examples over which the rate rises")
    sub.add_argument("--fall", type=float, default=0.9, help="share of the examples over which the rate falls")
    sub.add_argument("--distil", type=float, default=0.02, help="weight of staying near the cross-encoder's relevance")
    sub.add_argument("--average", type=float, default=0.996, help="running average of the weights, a step")
    sub.add_argument("--every", type=float, default=300, help="seconds between checkpoints")


def main() -> None:
    """Run the command that the command line names."""
    args = parser().parse_args()
    args.run_command(args)


if __name__ == "__main__":
    main()
