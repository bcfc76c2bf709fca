// The board under use: more cards than fit, search, the keyboard, a finger, several
// cards at once, and others who move cards meanwhile.
//
//   npm ci && node board.mjs
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe, inFirefox, launch, overflow, watch } from "./browser.mjs";
import { startServer } from "./server.mjs";

const out = join(import.meta.dirname, "out");
mkdirSync(out, { recursive: true });
const complaints = [];
let step = "start";
const tell = (what) => { step = what; console.log(`· ${what}`); };

const server = await startServer({}, ["--no-demo"]);
const context = await launch();
const titles = [];
try {
  await fill(130);
  const page = await open(context);
  await page.goto(server.link);
  await page.goto(server.base + "/board");
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  for (const part of [frame, search, back, plan, language, undo, keyboard, several, changes]) await part(page);
  if (!inFirefox) await phone(); // touch is sent over Chromium's own protocol
  assert.deepEqual(complaints, [], "the console must stay clean");
  console.log("The board is done.");
} catch (err) {
  console.error(`\nFailed while: ${step}\n`);
  for (const [i, p] of context.pages().entries()) await p.screenshot({ path: join(out, `failed-board-${i}.png`) }).catch(() => {});
  console.error(err);
  process.exitCode = 1;
} finally {
  await context.close();
  await server.stop();
}

function api(path, init = {}) {
  return fetch(server.base + "/api/v1/content-workflow" + path, { ...init,
    headers: { Authorization: `Bearer ${server.key}`, "Content-Type": "application/json", ...init.headers } });
}

async function open(ctx) {
  const page = await ctx.newPage();
  watch(page, complaints, (text) => /status of 4(09|12)|htmx:error: (Failed to fetch|NetworkError|The operation was aborted)/.test(text));
  page.setDefaultTimeout(20000);
  return page;
}

// fill puts n items into the first column. The first is the oldest, so the last in it.
async function fill(n) {
  tell(`write ${n} items`);
  const write = async (topic) => {
    const r = await api("/capabilities/generate-blog-post/execute", { method: "POST", headers: { Prefer: "wait=10" },
      body: JSON.stringify({ settings: { topic, key_points: ["Start small."] } }) });
    assert.equal(r.status, 201, await r.clone().text());
  };
  await write("Die GRÖSSE der Auswahl");
  for (let i = 1; i < n; i += 10) await Promise.all(Array.from({ length: Math.min(10, n - i) }, (_, k) => write(`Post number ${i + k}`)));
  const list = await (await api("/content?per_page=1")).json();
  assert.equal(list.meta.total, n);
}

function cards(page, status) { return page.locator(`#col-${status} .card:not(.ghost)`); }
async function count(page, status) { return Number((await page.locator(`#col-${status} h2 .n`).textContent()).replace(/\D/g, "")); }
function focused(page) { return page.evaluate(() => document.activeElement.closest(".card")?.id ?? document.activeElement.tagName); }
async function idOf(card) { return (await card.getAttribute("id")).replace("card-", ""); }
function move(id, status) { return api(`/kanban/${id}/status`, { method: "POST", body: JSON.stringify({ status }) }); }

async function frame(page) {
  tell("columns scroll inside the window, and the rest of a column is loaded");
  const height = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  assert.ok(height <= 0, `the page is ${height} px higher than the window`);
  assert.ok(await page.evaluate(() => { const l = document.querySelector("#col-generated .cards"); return l.scrollHeight > l.clientHeight; }));
  await page.waitForFunction(() => {
    const l = document.querySelector("#col-generated .cards");
    l.scrollTop = l.scrollHeight;
    return l.querySelectorAll(".card").length === 130;
  });
  assert.equal(await count(page, "generated"), 130);
  const head = await page.locator("#h-generated").boundingBox();
  assert.ok(head.y >= 0 && head.y < 200, "the head of the column stays");

  tell("drag to the bottom edge scrolls the column");
  await page.evaluate(() => { document.querySelector("#col-generated .cards").scrollTop = 0; });
  const box = await cards(page, "generated").first().boundingBox();
  await page.mouse.move(box.x + 40, box.y + 15);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 80, { steps: 5 });
  await page.mouse.move(box.x + 60, 880, { steps: 5 });
  await page.waitForFunction(() => document.querySelector("#col-generated .cards").scrollTop > 300);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  assert.deepEqual(await axe(page), [], "axe: the long board");
  assert.equal(await overflow(page), null);
}

async function search(page) {
  tell("search finds what is far down, by Unicode's rules");
  await page.keyboard.press("/");
  await page.keyboard.type("auswahl größe");
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 1);
  assert.equal(await count(page, "generated"), 1);
  await page.locator("#say", { hasText: "1 item matches" }).waitFor({ state: "attached" });
  tell("a search that is changed while the server is slow says what the last one found");
  const field = page.locator(".filters input[type=search]");
  const searches = (q) => Promise.all([page.waitForRequest((r) => new URL(r.url()).searchParams.get("q") === q), field.fill(q)]);
  await page.route("**/board?*", async (route) => { await new Promise((done) => setTimeout(done, 600)); await route.continue(); });
  await searches("nowhere");
  await searches("number 12"); // 12, and 120 to 129
  await page.locator("#say", { hasText: "11 items match" }).waitFor({ state: "attached" });
  await page.unroute("**/board?*");
  await field.fill("auswahl größe");
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 1);
  tell("a search that is open gets the changes of its cards, not the whole board");
  const boards = [], note = (r) => { if (new URL(r.url()).pathname === "/board") boards.push(r.url()); };
  const found = await idOf(page.locator(".card"));
  page.on("request", note);
  await move(found, "review");
  await page.locator(`#col-review #card-${found}`).waitFor();
  await page.waitForFunction(() => document.querySelector("#col-review h2 .n").dataset.n === "1");
  await move(found, "generated");
  await page.locator(`#col-generated #card-${found}`).waitFor();
  page.off("request", note);
  assert.deepEqual(boards, [], "the board is not fetched");
  await page.locator(".filters input[type=search]").fill("nowhere");
  await page.locator("#hint-ready:visible", { hasText: "No items match" }).waitFor();
  await page.locator(".filters input[type=search]").fill("");
  await page.waitForFunction(() => document.querySelectorAll("#col-generated .card").length >= 50);
  tell("the palette puts an equal title first, and Escape closes it");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("post number 3");
  await page.waitForFunction(() => /^Post number 3\D/i.test(document.querySelector("#palette-list li[data-go^='/content/']")?.textContent)); // not that of half the words
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#palette[open]").count(), 0);
}

async function back(page) {
  tell("Back restores the filter: the address, the fields and the cards");
  const field = page.locator(".filters input[type=search]"), type = page.locator(".filters select[name=type]");
  const shows = async (q, kind, n) => {
    await page.waitForFunction((want) => document.querySelectorAll(".card").length === want, n);
    assert.equal(new URL(page.url()).searchParams.get("q") ?? "", q);
    assert.equal(new URL(page.url()).searchParams.get("type") ?? "", kind);
    assert.deepEqual([await field.inputValue(), await type.inputValue()], [q, kind], "the fields say what the address does");
  };
  await field.fill("number 12");
  await shows("number 12", "", 11); // 12, and 120 to 129
  await page.locator(".card .card-title").first().click();
  await page.waitForURL(/\/content\/\d+/);
  await page.goBack();
  await shows("number 12", "", 11);
  await type.selectOption("social_post");
  await shows("number 12", "social_post", 0);
  await page.goBack();
  await shows("number 12", "", 11);
  await page.goForward();
  await shows("number 12", "social_post", 0);
  await page.goBack();
  await field.fill("");
  await page.waitForFunction(() => document.querySelectorAll("#col-generated .card").length >= 50);
  assert.equal(new URL(page.url()).search, "");
}

async function plan(page) {
  tell("a date and an assignee are set on the item, by keys, and shown on the card");
  const id = await idOf(cards(page, "generated").first());
  await page.goto(server.base + `/content/${id}`);
  const form = page.locator("#plan form");
  await form.getByLabel("Planned for").fill("2126-12-24");
  await form.getByLabel("Assignee").focus();
  await page.keyboard.type("Ada Lovelace");
  assert.ok(await page.locator("#members option").count(), "the members are offered");
  await page.keyboard.press("Enter");
  await page.locator(".toast", { hasText: "The plan is saved." }).waitFor();
  assert.deepEqual([await form.getByLabel("Planned for").inputValue(), await form.getByLabel("Assignee").inputValue()], ["2126-12-24", "Ada Lovelace"]);
  assert.deepEqual(await axe(page), [], "axe: the plan of an item");
  await page.goto(server.base + "/board");
  const card = page.locator(`#card-${id}`);
  await card.locator(".card-date", { hasText: "24 Dec 2126" }).waitFor();
  await card.locator(".avatar", { hasText: "AL" }).waitFor();
  assert.deepEqual(await axe(page), [], "axe: a card with a plan");
}

async function language(page) {
  tell("a language is chosen by its name, and sent as its code");
  await page.goto(server.base + "/capabilities/generate-blog-post");
  await page.locator("summary", { hasText: "Length and language" }).click();
  const choose = page.locator("select[name=language]"), other = page.getByLabel("Language code");
  const sends = (code) => page.locator("#call", { hasText: `"language": "${code}"` }).waitFor();
  assert.equal(await choose.evaluate((s) => s.selectedOptions[0].textContent), "English (en)");
  assert.ok(!(await other.isVisible()), "a code is asked for only where it is needed");
  await choose.selectOption({ label: "German (de)" });
  await sends("de");
  await choose.selectOption({ label: "Another language…" });
  await other.fill("gsw");
  await sends("gsw");
  assert.deepEqual(await axe(page), [], "axe: the choice of a language");
  page.once("dialog", (d) => d.accept());
  await page.goto(server.base + "/board");
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
}

async function undo(page) {
  tell("undo reverts my move, not that of another");
  const card = cards(page, "generated").first(), id = await idOf(card);
  await card.locator(".card-title").focus();
  await page.keyboard.press("m");
  await page.keyboard.press("Enter");
  await page.locator(`#col-review #card-${id}`).waitFor();
  await page.locator(".toast", { hasText: "moved to In Review" }).waitFor();
  assert.equal((await move(id, "ready")).status, 200);
  await page.locator(`#col-ready #card-${id}`).waitFor();
  await page.keyboard.press("Control+z");
  await page.locator(".toast.bad", { hasText: "has since moved" }).waitFor();
  assert.equal(await page.locator(`#col-ready #card-${id}`).count(), 1);
  await page.locator(".toast.bad").getByRole("button", { name: "Close" }).click();
}

async function keyboard(page) {
  tell("one Tab stop in each column; the bar comes next");
  await cards(page, "generated").nth(1).locator(".card-title").focus();
  const first = await focused(page);
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement.closest(".col")?.id), "col-generated");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(page), first, "the column remembers its card");
  await page.keyboard.press("x");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest(".bulk")), "Tab leads from the card to the bar");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".pick :checked").count(), 0, "Escape clears the selection");
  tell("g e leads to the executions from a card too");
  await cards(page, "generated").nth(1).locator(".card-title").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.waitForURL(/\/executions/);
  await page.goBack();
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
}

async function several(page) {
  tell("select a range by its boxes; keys and the mouse move all of it");
  const box = (n) => cards(page, "generated").nth(n).locator(".pick input");
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push(await idOf(cards(page, "generated").nth(n)));
  await box(0).click({ force: true });
  await box(2).click({ force: true, modifiers: ["Shift"] });
  assert.equal(await page.locator(".pick :checked").count(), 3);
  await cards(page, "generated").nth(1).locator(".card-title").focus();
  await page.keyboard.press("Space");
  await page.locator("#say", { hasText: "Picked up 3 cards" }).waitFor({ state: "attached" });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.locator(".toast", { hasText: "3 cards moved to In Review" }).waitFor();
  const order = () => page.$$eval("#col-review .card", (l) => l.map((c) => c.dataset.id));
  assert.deepEqual(await order(), ids);
  await page.keyboard.press("Control+z");
  await page.locator(".toast", { hasText: "3 cards moved back" }).waitFor();
  await page.waitForFunction((want) => [...document.querySelectorAll("#col-generated .card")].slice(0, 3).map((c) => c.dataset.id).join() === want, ids.join());
  await page.reload();
  assert.deepEqual(await page.$$eval("#col-generated .card", (l) => l.slice(0, 3).map((c) => c.dataset.id)), ids, "the order is stored");

  tell("a selection that is too large says so before");
  await page.waitForFunction(() => {
    const l = document.querySelector("#col-generated .cards");
    l.scrollTop = l.scrollHeight;
    return l.querySelectorAll(".card").length > 110;
  });
  await cards(page, "generated").first().locator(".card-title").focus();
  await page.keyboard.press("Control+a");
  assert.equal(await page.locator(".pick :checked").count(), 100);
  await cards(page, "generated").nth(101).locator(".card-title").focus();
  await page.keyboard.press("x");
  await page.locator("#bulk-limit:visible").waitFor();
  assert.ok(await page.locator(".bulk-to button").first().isDisabled());
  await page.keyboard.press("Escape");
}

async function changes(page) {
  tell("a move of another costs one card, and the menu counts it");
  let whole = 0;
  page.on("request", (r) => { if (new URL(r.url()).pathname === "/board") whole++; });
  const id = await idOf(cards(page, "generated").nth(5)), before = await count(page, "review");
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  await move(id, "review");
  await page.locator(`#col-review #card-${id}`).waitFor();
  assert.equal(await count(page, "review"), before + 1);
  await page.locator("[data-count='in review']:visible", { hasText: String(before + 1) }).waitFor();
  assert.equal(whole, 0, "the board was not fetched again");
  await move(id, "generated");
  await page.locator(`#col-generated #card-${id}`).waitFor();
}

async function phone() {
  tell("on a phone: a long press selects, and a drag goes past the neighbour");
  const ctx = await launch({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  try {
    const page = await open(ctx);
    await page.goto(server.newLink());
    await page.goto(server.base + "/board");
    const cdp = await ctx.newCDPSession(page);
    const touch = (type, x, y) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
    const title = await cards(page, "generated").nth(1).locator(".card-title").boundingBox();
    await touch("touchStart", title.x + 30, title.y + 8);
    await page.locator(".pick :checked").waitFor({ state: "attached" });
    await touch("touchEnd");
    await cards(page, "generated").nth(2).locator(".card-title").tap();
    await page.locator("#bulk-count", { hasText: "2 selected" }).waitFor();
    assert.match(page.url(), /\/board$/, "a tap selects now");
    await page.getByRole("button", { name: "Clear selection" }).tap();
    const card = cards(page, "generated").first(), id = await idOf(card), grip = await card.locator(".grip").boundingBox();
    const x = grip.x + grip.width / 2, y = grip.y + grip.height / 2;
    await touch("touchStart", x, y);
    for (let i = 1; i <= 8; i++) await touch("touchMove", x + ((384 - x) * i) / 8, y + 4);
    await page.waitForFunction(() => document.querySelector("#col-published .drop-line"));
    await touch("touchEnd");
    await page.locator(`#col-published #card-${id}`).waitFor();
    assert.equal(await overflow(page), null);
    await page.screenshot({ path: join(out, "board-phone.png") });
  } catch (err) {
    for (const p of ctx.pages()) await p.screenshot({ path: join(out, "failed-board-phone.png") }).catch(() => {});
    throw err;
  } finally {
    await ctx.close();
  }
}

process.exit(); // a browser that a failure left open would keep the script alive
