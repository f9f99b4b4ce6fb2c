"""Understanding a question without a model: follow-ups completed, its kind told, compound ones taken apart.

Read in this order: ``words`` (word classes and names), ``thread`` (what a talk is about), ``followup``, ``kinds``,
``compound``; then ``intent`` (what is wanted at all), with ``forms`` (how people word it) and ``comparing`` (two things
set side by side).
"""

from qa.question.compound import parts
from qa.question.followup import Standalone, standalone
from qa.question.kinds import Kind, expects

__all__ = ["Kind", "Standalone", "expects", "parts", "standalone"]
