import os
import requests

HOST, KEY = os.environ["HOST"], os.environ["KEY"]

resp = requests.get(
    HOST + "/api/v1/partners/profile",
    headers={"Authorization": "Bearer " + KEY},
)
print(resp.json())

resp = requests.post(
    HOST + "/api/v1/aiwriter/generate-output",
    headers={
        "Authorization": "Bearer " + KEY,
        "Content-Type": "application/json",
    },
    json={
        "prompt": "Write a blog post outline about cloud cost optimization",
        "maximum_length": 500,
        "creativity": 0.7,
    },
)
# Response is streamed — read chunks
for chunk in resp.iter_content(chunk_size=None):
    print(chunk.decode(), end="")
