"""The web room: the page that people ask in, and the interfaces for programs beside it.

server.py         one process: the open archive, the interfaces over it, and the note that tells commands where it is
service.py        what every interface works with
guard.py          which requests are let through, and the headers of what goes out
access/           who may do what: tokens, logins, limits, the audit log
page/             the page: its views, and what happens when someone asks
render/           what the page shows as HTML; the only place where words become HTML, so that all are escaped
look/             how the page looks and moves: styles, scripts, fonts
words/            what the page says
conversations/    what people asked and were answered, kept
feedback.py       what they thought of it
api/              REST under /api/v1
openai/           OpenAI's interface under /v1
mcp/              the Model Context Protocol at /mcp, and over stdin and stdout
embed/            one script that puts "ask this archive" on any page
operations/       logs, figures, traces, restoring a backup
commands/         ``dateline token``, ``user`` and ``conversations``
first_start.py    the archive that is made where there is none
samples.py        the questions that go with the sample articles
"""
