"""Dateline inside LlamaIndex: a retriever, a reranker, a query engine, a chat engine and a tool, all over an archive.

Every node is a stretch of an article: ``node.text == article.text[node.start_char_idx:node.end_char_idx]``. Nothing
here needs a language model, or reads one from LlamaIndex's global ``Settings``, which build an OpenAI client then.

retrieving.py  the retriever and the reranker
answering.py   the query engine, and the tool made of it
chatting.py    the chat engine
nodes.py       passages and quotes as LlamaIndex's nodes
"""

from __future__ import annotations

from qa.llama_index.answering import DatelineQueryEngine, dateline_tool
from qa.llama_index.chatting import DatelineChatEngine
from qa.llama_index.retrieving import DatelineRerank, DatelineRetriever

__all__ = ["DatelineChatEngine", "DatelineQueryEngine", "DatelineRerank", "DatelineRetriever", "dateline_tool"]
