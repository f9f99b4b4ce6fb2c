"""The archive for programs that speak the Model Context Protocol: over HTTP at ``/mcp``, and over stdin and stdout.

http.py      ``/mcp``, where the server's other interfaces are
stdio.py     ``dateline mcp``, over an archive of its own or handed on to the server that owns it
offering.py  the tools, resources and prompts as one server of the protocol
tools.py     what each tool is called, takes, does and gives
shapes.py    the arguments and results of tools, as JSON schemas
articles.py  articles as resources
prompts.py   prompts
"""
