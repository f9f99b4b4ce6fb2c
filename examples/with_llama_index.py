"""The archive from LlamaIndex, without a language model: passages, a cited answer, a conversation."""

from ingest import ingest
from qa.llama_index import DatelineChatEngine, DatelineQueryEngine, DatelineRetriever

ingest("examples/articles")
for hit in DatelineRetriever(top_k=3, sources="Tidewire").retrieve("strike at the port"):
    print(hit.metadata["published"], hit.metadata["title"])
response = DatelineQueryEngine().query("How many people died in the Velsbridge flood?")
print(response, [(node.metadata["id"], node.node.start_char_idx) for node in response.source_nodes])
chat = DatelineChatEngine()
print(chat.chat("Which club did Ivo Marlick join?"), chat.chat("How old is he?"), sep="\n")
