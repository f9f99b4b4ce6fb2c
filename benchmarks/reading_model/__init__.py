"""How Dateline's reader is made, from question-answering data to the model in ``qa/model``. In reading order:

    texts       sentences, passages and answers in plain text
    examples    a question, a passage and the spans that answer: windows, and sentences from elsewhere around them
    negatives   questions that a passage no longer answers
    records     the lines of the data files, and which of them may be learned from
    sources     how the records of each file become examples
    arrays      examples as token arrays, and the batches that are drawn from them
    search      the passages that a search brings up for the questions of a year of news
    mining      examples from those passages
    model       the network, and the cross-encoder's weights that it starts from
    training    the loss, the optimizer, checkpoints
    exporting   ONNX files: floats, and the int8 that ships
    measuring   figures on held-out questions, through qa.reader as it ships

``benchmarks/train_reader.py`` is its command line.
"""
