"""What clients of OpenAI's interface talk to, under ``/v1``: chat completions, models and embeddings.

routes.py    the three routes
asking.py    what a client sends, checked, and the question in it
replies.py   what it gets back: completions, chunks of them, embeddings, errors
chores.py    what chat clients ask of a language model besides, such as a title for the conversation
errors.py    refusals of the server as a whole, in OpenAI's words
"""

from __future__ import annotations

from web.openai.routes import add_openai

__all__ = ["add_openai"]
