// The walk: what a person does on the first day, in a real browser against the
// built binary. It fails at the first thing that is not as it should be, and on
// any complaint of the browser's console, axe or the layout.
//
//   npm ci && node walk.mjs
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { inFirefox, launch, noFault, overflow, still, until, watch } from "./browser.mjs";
import { look } from "./looks.mjs";
import { keeping } from "./keeping.mjs";
import { notices } from "./notices.mjs";
import { startProvider } from "./provider.mjs";
import { startServer } from "./server.mjs";

const out = join(import.meta.dirname, "out");
const docs = resolve(import.meta.dirname, "../../docs");
mkdirSync(out, { recursive: true });
mkdirSync(docs, { recursive: true });

const complaints = [];
const expected = [
  /status of 4(01|04|09|12|22)/, // answers that the walk asks for
  /htmx:error: (Failed to fetch|NetworkError|The operation was aborted)/, // a page that is left ends what it fetches
];
let step = "start";
const tell = (what) => { step = what; console.log(`· ${what}`); };

const provider = await startProvider();
const server = await startServer();
const context = await launch();
try {
  await walk(context);
  await everyCapability(context);
  await republish(context);
  await oneStream(context);
  await notices({ server, open, launch, tell, noFault });
  if (!inFirefox) { // once is enough
    await keeping({ server, open, launch, tell, api, overflow });
    await everyPage();
  }
  await withAModel();
  assert.deepEqual(complaints, [], "the console must stay clean");
  console.log("The walk is done.");
} catch (err) {
  console.error(`\nFailed while: ${step}\n`);
  for (const [i, p] of context.pages().entries()) await p.screenshot({ path: join(out, `failed-${i}.png`) }).catch(() => {});
  console.error(err);
  process.exitCode = 1;
} finally {
  await context.close();
  await server.stop();
  provider.stop();
}

function api(path, init = {}) {
  return fetch(server.base + "/api/v1" + path, { ...init,
    headers: { Authorization: `Bearer ${server.key}`, "Content-Type": "application/json", ...init.headers } });
}

function open(ctx) {
  return ctx.newPage().then(async (page) => {
    if (inFirefox) {
      await page.bringToFront(); // a tab in the background does not paint
      page.screenshot = async () => {}; // the driver adds a style for it, which the content policy refuses
    }
    watch(page, complaints, (text) => expected.some((e) => e.test(text)));
    page.setDefaultTimeout(20000);
    return page;
  });
}

// picture takes one of the pictures in the documents, as high as what there is to see.
function picture(page, name, height) {
  return page.screenshot({ path: join(docs, `${name}.png`), clip: { x: 0, y: 0, width: 1440, height } });
}

async function walk(ctx) {
  const page = await open(ctx);

  tell("open the link, which works once");
  await page.goto(server.link);
  assert.match(page.url(), /\/content\/\d+$/, "the link opens the sample item");
  const mark = page.locator("mark.find").first();
  const quote = await page.locator(".rail .finding blockquote").first().textContent();
  assert.equal((await mark.textContent()).trim(), quote.trim(), "the finding is marked at its place");
  await picture(page, "item", 780);
  const other = await (await launch()).newPage();
  const again = await other.goto(server.link);
  assert.equal(again.status(), 401, "a second use of the link is refused");
  await other.context().close();

  tell("fix the finding and see what changed");
  await page.getByRole("link", { name: "Fix", exact: true }).click();
  await page.waitForURL(/view=edit/);
  const chosen = await page.evaluate(() => { const b = document.getElementById("body"); return b.value.slice(b.selectionStart, b.selectionEnd); });
  assert.equal(chosen, quote.trim(), "the place to fix is selected");
  await page.keyboard.type("what we aim for");
  await page.keyboard.press("Control+Shift+P");
  await page.locator("#preview:visible").waitFor();
  assert.match(await page.locator("#preview").textContent(), /what we aim for/);
  await page.keyboard.press("Control+Shift+P");
  await page.getByRole("button", { name: "Save version" }).click();
  await page.waitForURL(/view=versions/);
  assert.match(await page.locator(".diff ins").first().textContent(), /aim/);
  assert.match(await page.locator(".diff del").first().textContent(), /guarantee/);
  await page.screenshot({ path: join(out, "diff.png") });

  tell("approve it");
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.locator(".statuses [aria-current=step]", { hasText: "Ready" }).waitFor();

  tell("write more items through the API");
  const write = async (topic, more = "Keep one person in charge each day.") => {
    const r = await api("/content-workflow/capabilities/generate-blog-post/execute", { method: "POST", headers: { Prefer: "wait=10" },
      body: JSON.stringify({ settings: { topic, key_points: ["Start with what customers ask most.", more] } }) });
    const answer = await r.json();
    assert.equal(r.status, 201, JSON.stringify(answer));
    const items = await (await api(`/content-workflow/executions/${answer.data.id}/assets`)).json();
    return items.data.content_items[0].id;
  };
  for (const topic of ["Saved replies that sound like people", "What to measure in the first month", "Who answers on Friday evening", "Moving the last mailbox"]) await write(topic);

  tell("see the board in two tabs");
  await page.goto(server.base + "/board");
  const second = await open(ctx);
  await second.goto(server.base + "/board");
  await page.bringToFront();
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  const card = (title) => page.locator(".card", { hasText: title });
  const column = (status, p = page) => p.locator(`#col-${status}`);
  const inColumn = (title, status, p = page) => column(status, p).locator(".card:not(.ghost)", { hasText: title }).waitFor();

  tell("drag a card by mouse; the second tab follows");
  await dragTo(page, card("Saved replies"), column("review"));
  await inColumn("Saved replies", "review");
  await inColumn("Saved replies", "review", second);
  assert.match(page.url(), /\/board$/, "the drop opens nothing");

  tell("undo it from the toast");
  await page.getByRole("button", { name: "Undo" }).click();
  await inColumn("Saved replies", "generated");
  await inColumn("Saved replies", "generated", second);

  tell("move a card by keys: pick up, right, right, put down");
  await card("What to measure").locator(".card-title").focus();
  await page.keyboard.press("Space");
  await page.locator("#say", { hasText: "Picked up" }).waitFor({ state: "attached" });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Escape");
  await inColumn("What to measure", "generated");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await inColumn("What to measure", "ready");
  await inColumn("What to measure", "ready", second);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /What to measure/, "focus stays on the card");

  tell("take it back with Ctrl Z");
  await page.keyboard.press("Control+z");
  await inColumn("What to measure", "generated");

  tell("move a card by its menu");
  await card("Who answers").locator(".card-title").focus();
  await page.keyboard.press("m");
  await page.keyboard.press("Enter");
  await inColumn("Who answers", "review");

  tell("move two cards at once");
  for (const title of ["Saved replies", "Moving the last"]) {
    await card(title).locator(".card-title").focus();
    await page.keyboard.press("x");
  }
  await page.locator(".bulk").getByRole("button", { name: "In Review" }).click();
  await inColumn("Saved replies", "review");
  await inColumn("Moving the last", "review", second);

  tell("a refused publication puts the card back and says why");
  assert.equal((await api("/partners/profile", { method: "PATCH", body: JSON.stringify({ require_approval: true }) })).status, 200);
  await dragTo(page, card("Who answers"), column("published"));
  await page.locator(".toast.bad", { hasText: /approved/i }).waitFor();
  await inColumn("Who answers", "review");
  assert.equal((await api("/partners/profile", { method: "PATCH", body: JSON.stringify({ require_approval: false }) })).status, 200);
  await page.locator(".toast.bad").getByRole("button", { name: "Close" }).click();

  tell("a server that cannot be reached puts the card back");
  await page.route("**/board/move", (r) => r.abort());
  expected.push(/ERR_FAILED/);
  await dragTo(page, card("Who answers"), column("ready"));
  await page.locator(".toast.bad", { hasText: "Can’t reach the server" }).waitFor();
  await inColumn("Who answers", "review");
  await page.unroute("**/board/move");

  tell("filter by words, kept in the address");
  await page.locator(".toast.bad").getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("friday");
  await page.waitForFunction(() => [...document.querySelectorAll(".card")].filter((c) => c.checkVisibility()).length === 1);
  assert.match(page.url(), /q=friday/);
  await page.goto(server.base + "/board");

  tell("drag the sample to Published and see it in the feed");
  for (const [topic, status, more] of [
    ["How we name things in the help desk", "ready"], ["A checklist for the first week", "ready"], ["Five replies worth saving", "published"],
    ["Office hours for hard questions", "review", "With this in place, an answer within the day is guaranteed."], ["What the pilot taught us about tone", "generated", "The best replies are always short."],
    ["Handing a conversation over without repeating it", "generated"]]) {
    const id = await write(topic, more);
    if (status !== "generated") assert.equal((await api(`/content-workflow/kanban/${id}/status`, { method: "POST", body: JSON.stringify({ status }) })).status, 200);
  }
  const posts = await (await api("/content-workflow/capabilities/generate-social-posts/execute", { method: "POST", headers: { Prefer: "wait=10" },
    body: JSON.stringify({ settings: { topic: "Our first month with one mailbox", networks: ["linkedin", "mastodon"], key_points: ["Everybody sees who answers what."], call_to_action: "Read how it went" } }) })).json();
  const made = (await (await api(`/content-workflow/executions/${posts.data.id}/assets`)).json()).data.content_items;
  assert.equal((await api(`/content-workflow/kanban/${made[0].id}/status`, { method: "POST", body: JSON.stringify({ status: "published" }) })).status, 200);
  await dragTo(page, card("shared inbox"), column("published"));
  await inColumn("shared inbox", "published");
  await page.evaluate(() => { document.activeElement.blur(); for (const t of document.querySelectorAll(".toast")) t.remove(); });
  await page.mouse.move(5, 700);
  await still(page);
  await picture(page, "board", 620);
  await card("shared inbox").locator(".card-title").click();
  const feed = await page.getByRole("link", { name: "View in feed" }).first().getAttribute("href");
  const published = await fetch(server.base + feed);
  assert.equal(published.status, 200);
  assert.match(await published.text(), /what we aim for/, "the feed has the fixed text");

  tell("fill the form wrongly, then rightly");
  await page.goto(server.base + "/capabilities/generate-blog-post");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator("#errors").waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.id === "errors"), "the summary takes the focus");
  await noFault(page, "the form with errors");
  await page.locator("#errors a").first().click();
  await page.keyboard.type("Five ways to keep a shared inbox calm");
  await page.locator("#call pre", { hasText: "keep a shared inbox calm" }).first().waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL(/\/executions\/\d+$/);
  await page.getByText("Composed from your inputs by rules").first().waitFor();
  await page.locator(".execution-side[data-ended=true]").waitFor();
  await page.getByRole("link", { name: "Open item" }).waitFor();
  for (const tab of ["plan", "input", "guardrails", "events"]) {
    await page.goto(page.url().split("?")[0] + `?tab=${tab}`);
    await noFault(page, `execution, ${tab}`);
  }

  tell("create a key and use it");
  await page.goto(server.base + "/settings/api-keys");
  await page.getByRole("link", { name: "Create API key" }).first().click();
  await page.getByLabel("Name").fill("Walk");
  await page.getByRole("button", { name: "Create key" }).click();
  const secret = await page.locator("#secret").inputValue();
  assert.match(secret, /^vell_pk_\w{40}$/);
  await page.screenshot({ path: join(out, "key.png") });
  await noFault(page, "the key shown once");
  const use = (key) => fetch(server.base + "/api/v1/partners/profile", { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await use(secret)).status, 200);
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.goto(server.base + "/settings/api-keys");
  assert.ok(!(await page.content()).includes(secret), "the key is shown only once");

  tell("rotate it at once, then revoke the new one by its name");
  const row = page.locator("tr", { hasText: secret.slice(0, 12) });
  await row.locator("summary", { hasText: "Rotate" }).click();
  await row.getByLabel("Old key stops working").selectOption("0s");
  await row.getByRole("button", { name: "Rotate key" }).click();
  const next = await page.locator("#secret").inputValue();
  assert.equal((await use(secret)).status, 401);
  assert.equal((await use(next)).status, 200);
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.goto(server.base + "/settings/api-keys");
  const alive = page.locator("tr", { hasText: next.slice(0, 12) }).filter({ has: page.getByRole("link", { name: "Revoke" }) });
  const name = (await alive.locator(".name").textContent()).trim();
  await alive.getByRole("link", { name: "Revoke" }).click();
  await page.locator("input[name=confirm]").fill("something else");
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByText("The name doesn’t match").waitFor();
  await page.locator("input[name=confirm]").fill(name);
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByText("has been revoked").first().waitFor();
  assert.equal((await use(next)).status, 401);

  tell("find an item, a page and the help by keys");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("friday evening");
  await page.locator("#palette-list li[data-go^='/content/']:visible").waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/content\/\d+$/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("brand");
  await noFault(page, "the palette");
  await page.keyboard.press("Enter");
  await page.waitForURL(/brand-voices/);
  await page.keyboard.press("?");
  await page.locator("#help[open]").waitFor();
  await noFault(page, "the help");
  await second.close();
}

// everyCapability fills each form wrongly, then rightly, and reads the result.
async function everyCapability(ctx) {
  const page = await open(ctx);
  const wrong = async (slug, name) => {
    tell(`run ${slug} from its form`);
    await page.goto(`${server.base}/capabilities/${slug}`);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.locator("#errors li").first().waitFor();
    assert.match(await page.locator("#errors").textContent(), name);
    await noFault(page, `${slug} with errors`);
  };
  const right = async (end = "Completed") => {
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForURL(/\/executions\/\d+$/);
    await page.locator(`.execution-side[data-status="${end}"]`).waitFor();
    await page.waitForFunction((s) => document.title.startsWith(s) && document.getElementById("tab-icon").href.includes("icon-"), end);
    await noFault(page, `the result, ${end}`);
    assert.doesNotMatch(await page.locator(".execution-main").textContent(), /[{}]|":/, "a result is no JSON");
  };

  await wrong("generate-social-posts", /Topic/);
  await page.locator("#f-topic").fill("What we learned from a week of calm mornings");
  await page.locator("#f-key_points").fill("Nobody answers before nine.");
  await page.getByLabel("Mastodon").check();
  await right();
  assert.equal(await page.locator(".made-item").count(), 3, "one post for each network");

  await wrong("analyze-seo", /content_id|text/i);
  await page.locator("#f-text").fill("## A shared inbox\n\nEverybody sees who answers what. A shared inbox needs an owner for each day.");
  await page.locator("#f-keywords").fill("shared inbox");
  await right();
  assert.match(await page.locator(".score b").textContent(), /^\d+$/);
  assert.ok(await page.locator(".checks tbody tr").count() > 5, "the score has its reasons");
  await page.screenshot({ path: join(out, "analysis.png"), fullPage: true });

  await wrong("review-content", /Content item/);
  await page.locator("#f-content_id").selectOption({ index: 1 });
  await right();
  assert.match(await page.locator("#result-decision").textContent(), /Moved to\s*(Ready|In Review)|stays where it is/);

  tell("decide what an execution waits for");
  await page.goto(server.base + "/capabilities/review-content");
  const topic = "What we learned from a week of calm mornings (Mastodon)";
  const value = await page.locator("#f-content_id option", { hasText: topic }).getAttribute("value");
  await page.locator("#f-content_id").selectOption(value);
  await page.locator("#f-ask_person").check();
  await right("Needs review");
  await page.screenshot({ path: join(out, "waits.png") });
  const waiting = page.url();
  const person = await open(ctx);
  await person.goto(server.base + "/content/" + value);
  await person.getByRole("button", { name: /^Approve/ }).click();
  await person.locator(".statuses [aria-current=step]", { hasText: "Ready" }).waitFor();
  await person.close();
  await page.locator(".execution-side[data-status=Completed]").waitFor();
  assert.equal(page.url(), waiting, "the page that waited goes on by itself");
  assert.match(await page.locator("#result-person").textContent(), /Approved/);

  await wrong("publish-content", /Content item/);
  await page.locator("#f-content_id").selectOption(value);
  await right();
  await page.getByRole("link", { name: "Open item" }).click();
  await page.locator(".statuses [aria-current=step]", { hasText: "Published" }).waitFor();
  await page.close();
}

// republish edits a published item: the feed keeps what was published until the
// new version is approved and published too.
async function republish(ctx) {
  tell("edit a published item, approve it, publish it again");
  const page = await open(ctx);
  await page.goto(server.base + "/content/1");
  const feed = async () => (await fetch(server.base + await page.locator("a", { hasText: "View in feed" }).first().getAttribute("href"))).text();
  const strict = (on) => api("/partners/profile", { method: "PATCH", body: JSON.stringify({ require_approval: on }) });
  await strict(true);
  await page.goto(server.base + "/content/1?view=edit");
  await page.locator("#body").fill(await page.locator("#body").inputValue() + "\n\nWritten after publishing.");
  await page.getByRole("button", { name: "Save version" }).click();
  await page.waitForURL(/view=versions/);
  assert.doesNotMatch(await feed(), /Written after publishing/, "an edit is not published by itself");
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("heading", { name: "Unpublished changes" }).waitFor();
  await page.locator(".statuses [aria-current=step]", { hasText: "Published" }).waitFor();
  assert.doesNotMatch(await feed(), /Written after publishing/, "an approval publishes nothing");
  await page.getByRole("button", { name: /Publish version \d+/ }).click();
  await page.getByRole("heading", { name: "Published", exact: true }).waitFor();
  assert.match(await feed(), /Written after publishing/);
  await strict(false);
  await page.close();
}

// oneStream watches the one event stream go from tab to tab, and come back after
// the server was away.
async function oneStream(ctx) {
  tell("hand the event stream over when its tab closes");
  for (const p of ctx.pages()) if (p.url() !== "about:blank") await p.goto("about:blank");
  const tabs = [await open(ctx), await open(ctx)];
  const streams = tabs.map(() => 0);
  for (const [i, tab] of tabs.entries()) tab.on("request", (r) => { if (new URL(r.url()).pathname === "/events") streams[i]++; });
  const live = (tab) => tab.waitForFunction(() => document.getElementById("live-dot")?.dataset.state === "live");
  for (const tab of tabs) {
    await tab.goto(server.base + "/board");
    await live(tab);
  }
  assert.deepEqual([...streams].sort(), [0, 1], "two tabs share one stream");
  const holder = streams[0] ? 0 : 1, page = tabs[1 - holder];
  await tabs[holder].close();
  await page.bringToFront();
  const move = async (to) => {
    assert.equal((await api(`/content-workflow/kanban/${id}/status`, { method: "POST", body: JSON.stringify({ status: to }) })).status, 200);
  };
  const first = page.locator("#col-generated .card").first(), id = await first.getAttribute("data-id");
  await until(() => streams[1 - holder] === 1, "the other tab opens the stream");
  await move("review");
  await page.locator(`#col-review #card-${id}`).waitFor();

  tell("reconnect after the server was away, and catch up");
  expected.push(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
  await server.down();
  await page.locator("#live-dot[data-state=lost]", { hasText: "Reconnecting" }).waitFor();
  await server.up();
  await move("ready");
  await page.locator("#live-dot[data-state=live]", { hasText: "Live" }).waitFor({ timeout: 20000 });
  await page.locator(`#col-ready #card-${id}`).waitFor();
  await page.close();
}

// dragTo drags with a real pointer, in steps, as a hand does.
async function dragTo(page, card, column) {
  await card.scrollIntoViewIfNeeded();
  const from = await card.boundingBox(), to = await column.boundingBox();
  await page.mouse.move(from.x + 30, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(from.x + 50, from.y + 40, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + 90, { steps: 12 });
  await page.mouse.up();
}

// everyPage looks at each page in every way that people see it.
async function everyPage() {
  const paths = ["/board", "/executions", "/executions?status=failed", "/executions/1", "/content/1", "/content/1?view=edit", "/content/1?view=versions", "/content/1?view=history",
    "/capabilities", "/capabilities/generate-blog-post", "/capabilities/generate-social-posts", "/capabilities/analyze-seo", "/capabilities/review-content", "/capabilities/publish-content", "/brand-voices", "/agents", "/settings/api-keys?new=1", "/settings/api-keys?revoke=1", "/settings/channels", "/settings/new-channel/wordpress", "/notifications", "/notifications?unread=1", "/unsubscribe", "/nowhere", "/in"];
  await look(paths, { server, open, tell, note: (what) => { step = what; }, name: "", onPhone: byTouch });
  await overPlainHTTP();
  await withoutScript();
}

// byTouch drags a card by its grip with a finger.
async function byTouch(ctx, page) {
  tell("drag a card by touch");
  await page.goto(server.base + "/board");
  const card = page.locator("#col-review .card").first();
  const title = await card.locator(".card-title").textContent();
  await card.scrollIntoViewIfNeeded();
  await still(page);
  const grip = await card.locator(".grip").boundingBox();
  const cdp = await ctx.newCDPSession(page);
  const touch = (type, x, y) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
  const x = grip.x + grip.width / 2, y = grip.y + grip.height / 2;
  await touch("touchStart", x, y);
  for (let i = 1; i <= 12; i++) await touch("touchMove", x + ((385 - x) * i) / 12, y + 5);
  await page.waitForFunction(() => document.querySelector("#col-ready .drop-line"));
  await touch("touchEnd");
  await page.locator("#col-ready .card:not(.ghost)", { hasText: title }).waitFor();
}

// withoutScript reads and posts with no script at all.
async function withoutScript() {
  tell("read and move without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/board");
  await page.locator("#col-generated .card-title").first().click();
  await page.locator(".statuses button", { hasText: "In Review" }).click();
  await page.locator(".statuses [aria-current=step]", { hasText: "In Review" }).waitFor();
  await page.goto(server.base + "/capabilities/generate-blog-post");
  await page.locator("#f-topic").fill("Written without a script");
  await page.locator("#run").click();
  await page.waitForURL(/\/executions\/\d+$/);
  await ctx.close();
}

// overPlainHTTP looks at a page as a browser does that reached the server over the
// network without TLS: it has no locks, no clipboard and no random ids.
async function overPlainHTTP() {
  tell("work without a secure context");
  const ctx = await launch();
  const page = await open(ctx);
  await page.addInitScript(() => {
    for (const name of ["locks", "clipboard"]) Object.defineProperty(navigator, name, { value: undefined });
    crypto.randomUUID = undefined;
  });
  await page.goto(server.newLink());
  await page.goto(server.base + "/settings/api-keys?new=1");
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  await page.getByLabel("Name").fill("Plain");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByText(/^(Copied|Selected)$/).first().waitFor();
  await ctx.close();
}

// withAModel watches a model write, over a provider on the wire.
async function withAModel() {
  tell("watch a model write");
  const live = await startServer({ OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: provider.url, VELLOCITY_OPENAI_MODEL: "test-model" }, ["--no-demo"]);
  const ctx = await launch();
  try {
    const page = await open(ctx);
    await page.goto(live.link);
    await page.goto(live.base + "/capabilities/generate-blog-post");
    await page.getByLabel("Topic").fill("A calm shared inbox");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForURL(/\/executions\/\d+$/);
    await page.waitForFunction(() => [...document.querySelectorAll(".stream")].filter((s) => s.textContent.length > 40).length >= 2);
    const first = await page.evaluate(() => [...document.querySelectorAll(".stream")].map((s) => s.textContent.length).reduce((a, b) => a + b, 0));
    await page.waitForFunction((n) => [...document.querySelectorAll(".stream")].map((s) => s.textContent.length).reduce((a, b) => a + b, 0) > n, first);
    await page.screenshot({ path: join(out, "run.png") });
    await noFault(page, "an execution that writes");
    await page.locator(".execution-side[data-status=Completed]").waitFor({ timeout: 60000 });
    await page.locator(".paper article").waitFor();
    await page.screenshot({ path: join(out, "run-done.png") });
    tell("cancel an execution while it writes");
    await page.goto(live.base + "/capabilities/generate-blog-post?from=1");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForFunction(() => [...document.querySelectorAll(".stream")].some((s) => s.textContent.length > 40));
    const clock = await page.locator("[data-elapsed]").textContent();
    await page.waitForFunction((was) => document.querySelector("[data-elapsed]")?.textContent !== was, clock);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".execution-side[data-status=Cancelled]").waitFor();
    await page.getByRole("button", { name: "Retry" }).waitFor();
    await page.locator(".stream", { hasText: "Begin with one mailbox" }).first().waitFor(); // what was streamed is kept
    await page.reload();
    await page.locator(".stream", { hasText: "Begin with one mailbox" }).first().waitFor();
    await page.locator(".step", { hasText: "Stopped" }).first().waitFor();
    const later = await open(ctx); // it is kept by the server, and not only in the tab
    await later.goto(page.url());
    await later.locator(".stream", { hasText: "Begin with one mailbox" }).first().waitFor();
    await later.locator(".hint", { hasText: "Not finished" }).first().waitFor();
    await later.close();
    await noFault(page, "a cancelled execution");
    tell("watch an execution fail, and retry it from there");
    provider.fail(true);
    await page.goto(live.base + "/capabilities/generate-blog-post?from=1");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.waitForURL(/\/executions\/\d+$/);
    const failing = page.url();
    await page.locator(".execution-side[data-status=Failed]").waitFor({ timeout: 30000 });
    await page.getByRole("button", { name: "Retry" }).waitFor();
    await page.getByText("No text was written.").waitFor();
    await page.locator("#bar-actions summary").click();
    await page.locator("#bar-actions").getByRole("link", { name: "Run again" }).waitFor();
    await noFault(page, "a failed execution with its menu");
    provider.fail(false);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Retry" }).click();
    await page.waitForURL((u) => u.href !== failing);
    await page.locator(".execution-side[data-status=Completed]").waitFor({ timeout: 60000 });
    await page.getByRole("link", { name: "Open item" }).waitFor();
  } catch (err) {
    for (const [i, p] of ctx.pages().entries()) await p.screenshot({ path: join(out, `failed-model-${i}.png`) }).catch(() => {});
    console.error(live.output());
    throw err;
  } finally {
    await ctx.close();
    await live.stop();
  }
}

process.exit(); // a browser that a failure left open would keep the script alive
