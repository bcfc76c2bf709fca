# 2. Make your first request
curl -s $HOST/api/v1/partners/profile \
  -H "Authorization: Bearer $KEY" \
  -H "Accept: application/json" | python3 -m json.tool

# 3. Try a content generation call
curl -s -X POST $HOST/api/v1/aiwriter/generate-output \
  -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "prompt": "Write a blog post outline about cloud cost optimization",
    "maximum_length": 500,
    "creativity": 0.7
  }'
