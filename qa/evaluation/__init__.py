"""Measures how well an archive answers: questions with known answers go in, figures and every miss come out.

    from qa.evaluation import compare, evaluate

    run = evaluate("questions.jsonl", archive="archive")
    print(run.measures["answers.first"])
    run.save("run.json")

questions.py   question files: what is asked, and what is known of the answer
bench.py       an archive to be measured: opened here, or asked of the server that owns it
words.py       when a text holds an answer
citing.py      whether the sentences of an answer are borne out by what they cite
judging.py     one question and what came of it, judged
formulas.py    the formulas by themselves: ranks, calibration, bootstrap
measures.py    what is measured, by name
run.py         all questions, asked and judged; saved and loaded
comparing.py   two runs over the same questions
floors.py      what a run must reach
table.py       a run as lines for a terminal
report/        a run as one page of HTML
feedback.py    what people rated on the page, asked again
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.evaluation.comparing import Comparison, compare
    from qa.evaluation.floors import Floors
    from qa.evaluation.questions import Question, read_questions
    from qa.evaluation.run import Run, evaluate

__all__ = ["Comparison", "Floors", "Question", "Run", "compare", "evaluate", "read_questions"]

_HOMES = {
    "Comparison": "comparing",
    "Floors": "floors",
    "Question": "questions",
    "Run": "run",
    "compare": "comparing",
    "evaluate": "run",
    "read_questions": "questions",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for, as in qa: numpy is not needed to show what the command can do.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"qa.evaluation.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
