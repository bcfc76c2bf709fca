import os
import time
import requests

API = os.environ["HOST"] + "/api/v1/content-workflow"
s = requests.Session()
s.headers["Authorization"] = "Bearer " + os.environ["KEY"]


def ask(method, path, **kw):
    r = s.request(method, API + path, **kw)
    r.raise_for_status()
    return r.json()["data"]


print([c["attributes"]["slug"] for c in ask("GET", "/capabilities", params={"category": "generation"})])
run = ask("POST", "/capabilities/generate-blog-post/execute", json={"settings": {"topic": "Cloud cost optimization"}})
while ask("GET", f"/executions/{run['id']}")["attributes"]["status"] not in ("completed", "failed"):
    time.sleep(0.1)
print("execution", ask("GET", f"/executions/{run['id']}")["attributes"]["status"])
item = ask("GET", f"/executions/{run['id']}/assets")["content_items"][0]["id"]
for column in ("review", "ready", "published"):
    moved = ask("POST", f"/kanban/{item}/status", json={"status": column})
    print("moved to", moved["attributes"]["kanban_status"])
feed = requests.get(os.environ["HOST"] + "/feeds/main/feed.json").json()
print("in the feed:", feed["items"][0]["title"])
