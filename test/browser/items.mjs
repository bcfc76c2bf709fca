// Content items by hand: the form of a new item, the list, comments on a passage, and a
// reviewer without an account.
//
//   npm ci && node items.mjs
import assert from "node:assert/strict";
import { join } from "node:path";
import { inFirefox, launch } from "./browser.mjs";
import { out, stage } from "./stage.mjs";

const { server, context, tell, open, everyMode, play } = await stage({ name: "items", refusals: [404, 409, 412, 422] });
await play("Items are done.", async (page) => {
  const [item, copy] = await byHand(page);
  await list(page);
  await passage(page, item);
  const link = await reviewer(page, copy);
  if (!inFirefox) await everyMode(["/board", "/contents", "/contents?q=nothing+like+it", "/contents/new", [item, { as: "/content" }], [link, { as: "/review" }]]);
});

// byHand writes an item and duplicates it, and returns the paths of both.
async function byHand(page) {
  tell("write an item by hand");
  await page.goto(server.base + "/board");
  await page.getByRole("link", { name: "New item" }).click();
  await page.waitForURL("**/contents/new");
  await page.locator("#n-title").fill("How we brew cold coffee");
  await page.locator("#create").click();
  await page.waitForSelector("#errors");
  assert.match(await page.locator("#errors").textContent(), /The body field is required/, "every fault is named");
  assert.equal(await page.locator("#n-title").inputValue(), "How we brew cold coffee", "what was typed stays");
  await page.locator("#body").fill("## Start cold\n\nUse coarse coffee and cold water. Wait a night.\n\n## Serve\n\nPour it over ice.");
  await page.locator("#n-assignee").fill("Ada");
  await page.getByText("In Review", { exact: true }).click();
  await page.locator("#create").click();
  await page.waitForURL(/\/content\/\d+$/);
  assert.match(await page.locator(".byline").textContent(), /Written by a person/);
  const item = path(page);
  await page.getByLabel("More actions").click();
  await page.getByRole("button", { name: "Duplicate" }).click();
  await page.waitForFunction(() => document.querySelector("h1, .bar-title")?.textContent.startsWith("Copy of How we brew"));
  return [item, path(page)];
}

function path(page) { return new URL(page.url()).pathname; }

async function list(page) {
  tell("find, sort and move items in the list");
  await page.goto(server.base + "/contents");
  await page.locator(".search input").fill("cold coffee");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=cold/);
  assert.equal(await page.locator(".items tbody tr").count(), 2);
  await page.locator(".items thead a", { hasText: "Title" }).click();
  await page.waitForURL(/sort=title/);
  assert.match(await page.locator(".items tbody tr").first().textContent(), /Copy of How we brew/);
  await page.locator("#all-items").check();
  assert.equal(await page.locator("#items-count").textContent(), "2 selected");
  await page.screenshot({ path: join(out, "contents-selected.png") });
  await page.locator(".items-bulk button[value=ready]").click();
  await page.waitForSelector("[data-flash]");
  assert.match(await page.locator("[data-flash]").textContent(), /2 items moved to Ready/);
  assert.match(page.url(), /q=cold/, "the filter stays");
  assert.equal(await page.locator(".items .status-ready").count(), 2);
}

// passage comments on words of the text, while another tab looks on.
async function passage(page, item) {
  tell("comment on a passage");
  const other = await open(context);
  await other.goto(server.base + item);
  await other.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  await page.bringToFront();
  await page.goto(server.base + item);
  await page.evaluate(() => {
    const p = [...document.querySelectorAll("article.prose p")].find((e) => e.textContent.startsWith("Use coarse"));
    const range = document.createRange();
    range.setStart(p.firstChild, 4);
    range.setEnd(p.firstChild, 17);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  });
  await page.locator("#comment-on").click();
  assert.equal(await page.locator("#comment-quote").inputValue(), "coarse coffee");
  await page.locator("#comment-body").fill("How coarse?");
  await page.getByRole("button", { name: "Add comment" }).click();
  await page.waitForURL(/#comment-\d+$/);
  assert.equal(await page.locator(".comment blockquote").textContent(), "coarse coffee");
  await other.bringToFront();
  await other.waitForSelector(".comment");
  assert.equal(await other.locator("#changed").isVisible(), false, "a comment does not change the item");
  await other.close();
  await page.bringToFront();
  await page.locator(".comment-edit summary").click();
  await page.locator(".comment-edit textarea").fill("How coarse, in millimetres?");
  await page.getByRole("button", { name: "Save comment" }).click();
  await page.waitForFunction(() => document.querySelector(".comment-body")?.textContent.includes("millimetres"));
  await page.getByRole("button", { name: /^Resolve/ }).click();
  await page.waitForSelector(".comment.resolved");
  await page.screenshot({ path: join(out, "items-comments.png"), fullPage: true });
}

// reviewer approves through a link in a browser without a session, and returns the path of
// another link.
async function reviewer(page, item) {
  tell("approve through a review link");
  const create = async (note) => {
    await page.goto(server.base + item);
    await page.locator(".new-link summary").click();
    await page.locator(".new-link textarea").fill(note);
    await page.getByRole("button", { name: "Create review link" }).click();
    return page.locator("#review-link").inputValue();
  };
  const address = await create("Please check the figures.");
  await page.screenshot({ path: join(out, "items-review-link.png"), fullPage: true });
  const ctx = await launch();
  const guest = await open(ctx);
  await guest.goto(address);
  assert.match(await guest.locator("main").textContent(), /Please check the figures/);
  await guest.locator("#decision button[value=rejected]").click();
  await guest.locator("#decision input[name=name]").fill("Jane Doe");
  await guest.locator("#decision button[value=rejected]").click();
  await guest.waitForSelector("#problem");
  assert.match(await guest.locator("#problem").textContent(), /The reason field is required/);
  await guest.locator("#your-comments textarea").fill("Cold is a matter of degree.");
  await guest.locator("#your-comments button").click();
  await guest.waitForURL(/#your-comments$/);
  await guest.locator("#decision input[name=name]").fill("Jane Doe");
  await guest.getByRole("button", { name: "Approve" }).click();
  await guest.waitForURL(/#decision$/);
  assert.match(await guest.locator("#decision").textContent(), /Jane Doe approved version 1/);
  assert.deepEqual(await ctx.cookies(), [], "the page sets no cookie");
  await ctx.close();
  await page.goto(`${server.base}${item}?view=history`);
  assert.match(await page.locator(".history").textContent(), /Reviewer \(Jane Doe\)/, "the history says who decided");
  return new URL(await create("Another look.")).pathname;
}
