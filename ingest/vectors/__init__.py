"""The index of passage vectors: Chroma behind one small class. It knows ids and numbers, no text.

The index holds nothing that SQLite does not: it can be thrown away and filled again without encoding anything.

    index.py        what the archive asks of any of them
    collection.py   what is asked of a Chroma collection
    folder.py       one in the archive's folder         server.py   one on a Chroma server (address.py says where)
    memory.py       no Chroma at all: for an archive that cannot be written to, or whose server is away
"""

from .address import ChromaServer
from .folder import ChromaVectors
from .index import VectorIndex
from .memory import MemoryVectors
from .server import Note, ServerVectors

__all__ = ["ChromaServer", "ChromaVectors", "MemoryVectors", "Note", "ServerVectors", "VectorIndex"]
