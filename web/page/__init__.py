"""The page: its views and what happens in them. Handlers are thin: they ask ``qa``, and render.

frame.py       the head, the tabs, the panel beside, the views
parts.py       what views share: values and components
views.py       which views there are beside Ask
ask.py         asking, and the answers
history.py     conversations that are kept
routes.py      pieces of the page that its scripts fetch: the reader, the timeline
dressing.py    stylesheets, scripts, fonts
shell.py       what the browser shows before Gradio has built the page
"""

from web.page.dressing import LOOK, dressing, early
from web.page.frame import blocks
from web.page.routes import add_page
from web.page.shell import Shell

__all__ = ["LOOK", "Shell", "add_page", "blocks", "dressing", "early"]
