"""The archive from LangChain, without a language model: passages with their places, and a tool that answers."""

from ingest import ingest
from qa.langchain import DatelineRetriever, dateline_tool

ingest("examples/articles")
for document in DatelineRetriever(top_k=3, sources="Tidewire").invoke("strike at the port"):
    print(document.metadata["published"], document.metadata["title"], document.metadata["start"])
tool = dateline_tool()
print(tool.invoke({"question": "How many people died in the Velsbridge flood?"}))
