// What a person writes is not lost and is not done twice: without TLS, without a
// session, beside somebody else, with a slow line, with large type and long words.
import assert from "node:assert/strict";

export async function keeping({ server, open, launch, tell, api, overflow }) {
  const ctx = await launch();
  const page = await open(ctx);
  await page.goto(server.newLink());
  const draft = { settings: { topic: "Keeping what people write", key_points: ["Save early.", "Save often."] } };
  const start = async (settings) => (await (await api("/content-workflow/capabilities/generate-blog-post/execute",
    { method: "POST", headers: { Prefer: "wait=10" }, body: JSON.stringify({ settings }) })).json()).data;
  const itemOf = async (run) => (await (await api(`/content-workflow/executions/${run.id}/assets`)).json()).data.content_items[0].id;
  const count = async () => (await (await api("/content-workflow/executions")).json()).meta.total;
  const item = await itemOf(await start(draft.settings));
  const edit = `${server.base}/content/${item}?view=edit`;
  const body = page.locator("#body");
  const save = page.getByRole("button", { name: "Save version" });

  tell("the session ends while somebody writes");
  await page.goto(edit);
  await body.fill("Written while the session ended.");
  const other = await open(ctx);
  await other.goto(server.base + "/agents");
  await other.evaluate(() => fetch("/out", { method: "POST" }));
  await save.click();
  await page.locator(".signed-out", { hasText: "signed out" }).waitFor();
  assert.equal(await body.inputValue(), "Written while the session ended.");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator(".toast.bad", { hasText: "signed out" }).waitFor();
  await other.goto(server.newLink());
  await save.click();
  await page.waitForURL(/view=versions/);
  assert.match(await page.locator(".diff ins").first().textContent(), /Written while/);

  tell("a tab closes with a text in it");
  await page.goto(edit);
  assert.equal(await page.locator(".draft").count(), 0, "what is saved is no draft");
  await body.fill("Written before the tab closed.");
  await page.waitForFunction(() => Object.keys(localStorage).some((k) => k.startsWith("draft:")));
  await page.close({ runBeforeUnload: false });
  await other.goto(edit);
  await other.locator(".draft", { hasText: "unsaved changes" }).getByRole("button", { name: "Restore" }).click();
  assert.equal(await other.locator("#body").inputValue(), "Written before the tab closed.");
  await other.getByRole("button", { name: "Save version" }).click();
  await other.waitForURL(/view=versions/);
  await other.goto(edit);
  await other.locator("#body").waitFor();
  assert.equal(await other.locator(".draft").count(), 0, "a draft that was saved is not offered");

  tell("two tabs save, and the second leaves the page of the conflict");
  await other.locator("#body").fill("The second tab wrote this.");
  const rival = await open(ctx);
  await rival.goto(edit);
  await rival.locator("#body").fill("The first tab wrote this.");
  await rival.getByRole("button", { name: "Save version" }).click();
  await rival.waitForURL(/view=versions/);
  await other.getByRole("button", { name: "Save version" }).click();
  await other.getByText("Someone saved a newer version").waitFor();
  const asked = new Promise((done) => other.once("dialog", (d) => d.dismiss().then(done)));
  await other.locator(".side a[href='/executions']").click();
  await asked; // leaving asks first
  assert.equal(await other.locator("#body").inputValue(), "The second tab wrote this.");
  await other.getByRole("button", { name: "Save version" }).click();
  await other.waitForURL(/view=versions/);

  tell("click Run twice before an answer");
  await other.goto(server.base + "/capabilities/generate-blog-post");
  await other.getByLabel("Topic").fill("Clicked twice");
  const before = await count();
  let posted = 0;
  await other.route("**/capabilities/generate-blog-post", async (r) => { posted++; await r.continue(); });
  await other.locator("#run").evaluate((run) => { run.click(); run.click(); }); // the second before any answer
  await other.waitForURL(/\/executions\/\d+$/);
  assert.equal(posted, 1, "the button is busy");
  assert.equal(await count(), before + 1, "two clicks start one execution");
  await other.unroute("**/capabilities/generate-blog-post");

  tell("start what was refused first, and find no draft of it");
  await other.goto(server.base + "/capabilities/generate-blog-post");
  await other.getByLabel("Topic").fill("Refused first");
  assert.equal(await other.locator("#f-word_count").isVisible(), false, "what is seldom needed is folded");
  await other.locator("summary", { hasText: "Length and language" }).click();
  await other.locator("#f-word_count").fill("1");
  await other.locator("#run").click();
  await other.locator("#errors").waitFor();
  assert.equal(await other.locator("#f-word_count").evaluate((f) => getComputedStyle(f).borderTopWidth), "2px", "the field is marked");
  await other.locator("#f-word_count").fill("300");
  await other.locator("#run").click();
  await other.waitForURL(/\/executions\/\d+$/);
  await other.goto(server.base + "/capabilities/generate-blog-post");
  await other.locator("#run").waitFor();
  assert.equal(await other.locator(".draft").count(), 0, "what was started is no draft");

  tell("come back to a half-filled brief");
  await other.goto(server.base + "/capabilities/generate-blog-post");
  await other.getByLabel("Topic").fill("Half a brief");
  await other.locator("summary", { hasText: "Audience and voice" }).click();
  await other.getByLabel("Audience").fill("Everybody");
  other.once("dialog", (d) => d.accept());
  await other.goto(server.base + "/board");
  await other.goto(server.base + "/capabilities/generate-blog-post");
  await other.getByRole("button", { name: "Restore" }).click();
  assert.equal(await other.getByLabel("Topic").inputValue(), "Half a brief");
  assert.equal(await other.locator("#f-audience:visible").inputValue(), "Everybody");
  other.once("dialog", (d) => d.accept());

  tell("a finding whose words are masked leads to its place");
  const secret = "AKIAIOSFODNN7EXAMPLE";
  await other.goto(edit);
  for (const b of await other.getByRole("button", { name: "Discard" }).all()) await b.click();
  await other.locator("#body").fill(`Grüße 😀. The key is ${secret}, keep it. More at https://example.com/${"a".repeat(150)}`);
  await other.getByRole("button", { name: "Save version" }).click();
  await other.waitForURL(/view=versions/);
  await other.goto(`${server.base}/content/${item}`);
  await other.getByRole("link", { name: "Fix this" }).first().click();
  await other.waitForURL(/fix=1/);
  const chosen = () => other.evaluate(() => { const b = document.getElementById("body"); return b.value.slice(b.selectionStart, b.selectionEnd); });
  const found = [await chosen()];
  for (const card of await other.locator(".rail .finding[data-from]").all()) { await card.click(); found.push(await chosen()); }
  assert.ok(found.some((f) => f.includes(secret)), `selected ${found}`);
  for (const width of [1360, 390]) {
    await other.setViewportSize({ width, height: 800 });
    for (const path of [`/content/${item}`, `/content/${item}?view=edit`]) {
      await other.goto(server.base + path);
      assert.equal(await overflow(other), null, `a long address at ${width}: ${path}`);
    }
  }
  await other.setViewportSize({ width: 1360, height: 900 });

  tell("a long word in a topic");
  const long = await start({ topic: "Donau" + "dampfschiff".repeat(17), key_points: ["One.", "Two."] });
  for (const width of [1360, 390]) {
    await other.setViewportSize({ width, height: 800 });
    for (const path of ["/executions", `/executions/${long.id}`]) {
      await other.goto(server.base + path);
      assert.equal(await overflow(other), null, `a long word at ${width}: ${path}`);
      const table = await other.evaluate(() => { const t = document.querySelector(".table"); return t ? t.scrollWidth - t.clientWidth : 0; });
      assert.ok(table <= 1, `the table is ${table} px wider than its place at ${width}`);
    }
  }

  tell("open a page without a session, then sign in");
  await other.evaluate(() => fetch("/out", { method: "POST" }));
  await other.goto(`${server.base}/content/${item}?view=history`);
  await other.goto(server.newLink().replace(/&.*/, ""));
  assert.match(other.url(), new RegExp(`/content/${item}\\?view=history$`));
  await ctx.close();

  await overALocalNetwork({ server, open, launch, tell, item });
  await largeType({ server, open, launch, tell, item, overflow });
}

// overALocalNetwork posts the forms as a browser does that reaches the server by a name
// without TLS: that is no secure context.
async function overALocalNetwork({ server, open, launch, tell, item }) {
  tell("save, run and create a key over plain HTTP on a local network");
  const ctx = await launch({ more: ["--host-resolver-rules=MAP lan.test 127.0.0.1"] });
  const page = await open(ctx);
  const base = server.base.replace(/127\.0\.0\.1|localhost/, "lan.test");
  // A link signs in on this machine only, so the session is carried over by hand.
  await page.goto(server.newLink());
  const session = await ctx.cookies(server.base);
  await ctx.addCookies(session.map(({ name, value, httpOnly, sameSite }) => ({
    name, value, httpOnly, sameSite, domain: "lan.test", path: "/",
  })));
  await page.goto(base + "/board");
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await page.goto(`${base}/content/${item}?view=edit`);
  await page.locator("#body").fill("Saved over plain HTTP.");
  await page.getByRole("button", { name: "Save version" }).click();
  await page.waitForURL(/view=versions/);
  await page.goto(base + "/capabilities/generate-blog-post");
  await page.getByLabel("Topic").fill("Started over plain HTTP");
  await page.locator("#run").click();
  await page.waitForURL(/\/executions\/\d+$/);
  await page.goto(base + "/settings/api-keys?new=1");
  await page.getByLabel("Name").fill("Local network");
  await page.getByRole("button", { name: "Create key" }).click();
  assert.match(await page.locator("#secret").inputValue(), /^vell_pk_/);
  await ctx.close();
}

// largeType sets the text size of the browser to 32 pixels.
async function largeType({ server, open, launch, tell, item, overflow }) {
  tell("read everything in type of 32 pixels");
  const ctx = await launch({ viewport: { width: 1360, height: 900 }, more: ["--blink-settings=defaultFontSize=32"] });
  const page = await open(ctx);
  await page.goto(server.newLink());
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), "32px");
  const paths = ["/executions", "/executions/1", "/executions/1?tab=plan", "/executions/1?tab=events", `/content/${item}`, `/content/${item}?view=edit`,
    `/content/${item}?view=versions`, `/content/${item}?view=history`, "/capabilities", "/capabilities/generate-blog-post", "/capabilities/review-content",
    "/brand-voices", "/agents", "/settings/api-keys?new=1", "/in", "/nowhere"];
  for (const path of paths) {
    await page.goto(server.base + path);
    assert.equal(await overflow(page), null, `32 px: ${path}`);
  }
  await page.goto(`${server.base}/content/${item}`);
  const width = await page.locator("article").evaluate((a) => a.getBoundingClientRect().width);
  assert.ok(width > 500, `the article is ${width} px wide`);
  await ctx.close();
}
