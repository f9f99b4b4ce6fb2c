"""Answers in the words of a language model, held to the quotes that were found. Optional: see the setting ``llm``.

Read in this order: ``models`` (which model is meant), ``words`` (every word said to it), ``talking`` (asking it),
``drafts`` (its sentences, as they come), ``hostile`` (words that speak to models), ``claims``, ``align``, ``order`` and
``checking`` (whether a quote bears a sentence out), ``verifying`` (kept, mended or cut), ``understanding`` (what it may
add to a question that found no answer), ``writing`` (the answer).
"""
