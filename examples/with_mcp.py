"""The archive over the Model Context Protocol: start `dateline mcp`, as chat programs do, and call its tools."""

import asyncio
import sys

from mcp import Client, StdioServerParameters


async def main() -> None:
    async with Client(StdioServerParameters(command="dateline", args=["mcp", *sys.argv[1:]])) as client:
        print((await client.call_tool("ask", {"question": "Who was summoned, and why?"})).content[0].text)


asyncio.run(main())
