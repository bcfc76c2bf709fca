const API = process.env.HOST + "/api/v1/content-workflow";
const headers = { Authorization: "Bearer " + process.env.KEY, "Content-Type": "application/json" };

async function ask(method, path, body) {
  const r = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await r.json();
  if (!answer.success) throw new Error(answer.error.message);
  return answer.data;
}

console.log((await ask("GET", "/capabilities?category=generation")).map((c) => c.attributes.slug));
const run = await ask("POST", "/capabilities/generate-blog-post/execute", { settings: { topic: "Cloud cost optimization" } });
let status = "pending";
while (!["completed", "failed"].includes(status)) {
  status = (await ask("GET", `/executions/${run.id}`)).attributes.status;
  await new Promise((r) => setTimeout(r, 100));
}
console.log("execution", status);
const item = (await ask("GET", `/executions/${run.id}/assets`)).content_items[0].id;
for (const column of ["review", "ready", "published"]) {
  const moved = await ask("POST", `/kanban/${item}/status`, { status: column });
  console.log("moved to", moved.attributes.kanban_status);
}
const feed = await (await fetch(process.env.HOST + "/feeds/main/feed.json")).json();
console.log("in the feed:", feed.items[0].title);
