"""One story, one vote; and where the reports differ. Pure functions over evidence.

Read in this order: ``copies`` (the same sentence in several articles), ``answers`` (the same answer in other words, and
its votes), ``claims`` (what a piece of evidence asserts), ``differences``.
"""

from qa.agreement.answers import same_answer, votes
from qa.agreement.copies import merge_copies, same_words
from qa.agreement.differences import Difference, disagreements

__all__ = ["Difference", "disagreements", "merge_copies", "same_answer", "same_words", "votes"]
