"""Answers in the words of a language model, held to the quotes that were found. Optional: see the setting ``llm``.

Read in this order: ``models`` (which model is meant), ``keys`` (where its key comes from), ``claude`` (Anthropic's as
LlamaIndex has to see them), ``words`` (every word said to it), ``talking`` (asking it), ``failing`` (what goes wrong),
``drafts`` (its sentences, as they come), ``hostile`` (words that speak to models); ``lexicon`` (English words),
``grammar`` (who does what in a sentence), ``splitting`` (the claims of a sentence), ``literally`` and ``bearing``
(whether a sentence of a quote bears a claim out), ``checking`` (whether quotes bear a sentence out), ``verifying``
(kept, mended or cut); ``understanding`` (what it may add to a question that found no answer), ``writing`` (the answer),
``trying`` (``dateline llm``).
"""
