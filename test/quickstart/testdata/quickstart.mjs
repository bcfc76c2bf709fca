const { HOST, KEY } = process.env;

const profile = await fetch(HOST + "/api/v1/partners/profile", {
  headers: { Authorization: "Bearer " + KEY },
});
console.log(JSON.stringify(await profile.json()));

const resp = await fetch(HOST + "/api/v1/aiwriter/generate-output", {
  method: "POST",
  headers: {
    Authorization: "Bearer " + KEY,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    prompt: "Write a blog post outline about cloud cost optimization",
    maximum_length: 500,
    creativity: 0.7,
  }),
});

const reader = resp.body.getReader();
const decoder = new TextDecoder();
while (true) {
  const { done, value } = await reader.read();
  if (done) break;
  process.stdout.write(decoder.decode(value));
}
