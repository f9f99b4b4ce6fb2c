"""Reading the clauses of an English sentence, lightly: made for news, by rules and a list of words, without a model.

Read in this order: ``closed`` (words of closed classes), ``tokens`` (cutting a sentence), ``forms``, ``openclass``
and ``tagging`` (which kind of word each is), ``phrases``, ``model`` (what is found), ``nouns``, ``doers`` and
``clauses`` (who does what), ``saying`` and ``operators`` (what is denied, possible, wanted, or said by somebody)."""
