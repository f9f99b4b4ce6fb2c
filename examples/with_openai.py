"""The archive from OpenAI's client, while `dateline serve` runs: an answer as it comes, then its quotes."""

import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["DATELINE_URL"] + "/v1", api_key=os.environ.get("DATELINE_TOKEN", "none"))
question = {"role": "user", "content": "How many people died in the Velsbridge flood?"}
for chunk in client.chat.completions.create(model="dateline", messages=[question], stream=True):
    print(chunk.choices[0].delta.content or "", end="")
for citation in chunk.choices[0].delta.dateline["citations"]:
    print(citation["number"], citation["article"]["title"], citation["start"], citation["end"])
