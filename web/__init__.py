"""The web room: the page that people ask in, and the REST interface beside it.

render.py         answers and sources as HTML; the only place where words become HTML, so that all of them are escaped
page.py           the page: its components, and what happens when someone asks
api.py            REST under /api/v1
guard.py          which requests are let through, and the headers of what goes out
first_start.py    the archive that is made where there is none
samples.py        the questions that go with the sample articles
server.py         one process: the open archive, the page, REST, and the note that tells other commands where it is
look/             how the page looks and moves: style.css, page.js, fonts
"""
