# The automated content pipeline, step by step: list, execute, poll, assets, move.
set -euo pipefail
API=$HOST/api/v1/content-workflow
auth() { curl -sf -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" "$@"; }

auth "$API/capabilities?category=generation" | python3 -c 'import json,sys; print([c["attributes"]["slug"] for c in json.load(sys.stdin)["data"]])'
ID=$(auth -X POST "$API/capabilities/generate-blog-post/execute" -d '{"settings": {"topic": "Cloud cost optimization"}}' |
  python3 -c 'import json,sys; print(json.load(sys.stdin)["data"]["id"])')
for _ in $(seq 100); do
  STATUS=$(auth "$API/executions/$ID" | python3 -c 'import json,sys; print(json.load(sys.stdin)["data"]["attributes"]["status"])')
  [ "$STATUS" = completed ] && break
  sleep 0.1
done
echo "execution $STATUS"
ITEM=$(auth "$API/executions/$ID/assets" | python3 -c 'import json,sys; print(json.load(sys.stdin)["data"]["content_items"][0]["id"])')
for COLUMN in review ready published; do
  auth -X POST "$API/kanban/$ITEM/status" -d "{\"status\": \"$COLUMN\"}" |
    python3 -c 'import json,sys; print("moved to", json.load(sys.stdin)["data"]["attributes"]["kanban_status"])'
done
curl -sf "$HOST/feeds/main/feed.json" | python3 -c 'import json,sys; print("in the feed:", json.load(sys.stdin)["items"][0]["title"])'
