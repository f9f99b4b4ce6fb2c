"""The archive from Haystack, without a language model: passages, and a pipeline that answers with its quotes."""

from haystack import Pipeline

from ingest import ingest
from qa.haystack import DatelineAnswerer, DatelineRetriever

ingest("examples/articles")
for document in DatelineRetriever(top_k=3, sources="Tidewire").run("strike at the port")["documents"]:
    print(document.meta["published"], document.meta["title"], document.meta["start"])
pipeline = Pipeline()
pipeline.add_component("archive", DatelineAnswerer())
[answer] = pipeline.run({"query": "How many people died in the Velsbridge flood?"})["archive"]["answers"]
print(answer.data, [document.meta["title"] for document in answer.documents])
