// Brand voices and agents: a person creates one of each, runs a blog post with them, and
// sees them on the item. Then each page is looked at in every mode, and without scripts.
//
//   npm ci && node voices.mjs
import assert from "node:assert/strict";
import { inFirefox, launch, still } from "./browser.mjs";
import { stage } from "./stage.mjs";

const { server, tell, noFault, everyMode, play } = await stage({ name: "voices", refusals: [409, 412, 422] });
await play("Brand voices and agents are done.", async (page) => {
  await voice(page);
  await agent(page);
  await run(page);
  await drafts(page);
  await deletion(page);
  if (!inFirefox) { // once is enough
    await everyMode(["/brand-voices", "/brand-voices/new", "/brand-voices/1", "/brand-voices/2?delete=1", "/agents", "/agents/new", "/agents/1"]);
    await withoutScript();
  }
});

async function voice(page) {
  tell("create a brand voice");
  await page.goto(server.base + "/brand-voices");
  await page.getByRole("link", { name: "New brand voice" }).click();
  await page.getByLabel("Name").fill("Launch voice");
  await page.getByText("Playful", { exact: true }).click();
  await page.getByLabel("Other words").fill("dry");
  await page.getByLabel("Language").selectOption({ label: "British English (en-GB)" });
  await page.getByLabel("Do", { exact: true }).fill("Say it first\nSay it short");
  await page.getByLabel("Use", { exact: true }).first().fill("inbox");
  await page.getByLabel("Instead of").first().fill("Inbox");
  await page.getByLabel("Banned terms").fill("synergy");
  await page.getByRole("button", { name: "More rows" }).click();
  await page.waitForFunction(() => document.querySelectorAll("[name=use]").length > 4);
  assert.equal(await page.getByLabel("Use", { exact: true }).first().inputValue(), "inbox", "more rows keep what was typed");
  await page.getByRole("button", { name: "Create brand voice" }).click();
  tell("read what is wrong at its place");
  await page.locator("#errors").waitFor();
  assert.match(await page.locator("#errors").textContent(), /a preferred term replaces/);
  assert.ok(await page.locator("[name=tone][value=playful]").isChecked(), "the refused form keeps the tone");
  await noFault(page, "a refused brand voice");
  await page.getByLabel("Instead of").first().fill("mailbox");
  await page.getByRole("button", { name: "Create brand voice" }).click();
  await page.waitForURL(/\/brand-voices\/\d+$/);
  await page.locator(".past-versions", { hasText: "Version 1" }).waitFor();
  assert.equal(await page.locator(".banner.draft").count(), 0, "what was saved is no draft");

  tell("change it, and see the version");
  await page.getByLabel("Banned terms").fill("synergy\nleverage");
  await page.getByRole("button", { name: "Save brand voice" }).click();
  await page.locator(".past-versions", { hasText: "Changed banned terms" }).waitFor();
}

async function agent(page) {
  tell("create an agent with it");
  await page.goto(server.base + "/agents");
  await page.getByRole("link", { name: "New agent" }).click();
  await page.locator("[name=name]").fill("Launch writer");
  await page.locator("[name=capabilities][value=generate-blog-post]").check();
  await page.getByLabel("Brand voice", { exact: true }).selectOption({ label: "Launch voice" });
  await page.getByLabel("Banned terms").selectOption({ label: "Block publishing" });
  await page.getByLabel("Credits for one day").fill("50");
  await page.getByRole("button", { name: "Create agent" }).click();
  await page.waitForURL(/\/agents\/\d+$/);
  await page.goto(server.base + "/agents");
  await page.locator("article", { hasText: "Launch writer" }).getByText("At most 50 credits").waitFor();
}

async function run(page) {
  tell("run a blog post with the agent, and see both on the item");
  await page.goto(server.base + "/capabilities/generate-blog-post");
  await page.getByLabel("Topic").fill("A calm shared inbox");
  await page.getByText("Agent and priority").click();
  await page.locator("[name=agent_id]").selectOption({ label: "Launch writer" });
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL(/\/executions\/\d+$/);
  await page.locator(".execution-side[data-status=Completed]").waitFor({ timeout: 60000 });
  await page.getByRole("link", { name: "Open item" }).click();
  await page.waitForURL(/\/content\/\d+/);
  await page.getByText("Launch voice").first().waitFor({ state: "attached" });
  await page.getByText("Launch writer").first().waitFor({ state: "attached" });
}

async function drafts(page) {
  tell("keep what is typed when the page is left");
  await page.goto(server.base + "/brand-voices/1");
  await page.getByLabel("Audience").fill("People in a hurry");
  await page.getByText("Witty", { exact: true }).click();
  await page.waitForFunction(() => Object.keys(localStorage).some((k) => k.includes("brand-voices/1")));
  page.once("dialog", (d) => d.accept());
  await page.goto(server.base + "/board");
  await page.goto(server.base + "/brand-voices/1");
  await page.getByRole("button", { name: "Restore" }).click();
  assert.equal(await page.getByLabel("Audience").inputValue(), "People in a hurry");
  await page.getByRole("button", { name: "Save brand voice" }).click();
  await page.locator(".past-versions", { hasText: "Changed tone, audience" }).waitFor();
}

async function deletion(page) {
  tell("see what still uses a brand voice, then delete both");
  await page.goto(server.base + "/brand-voices/3?delete=1");
  await page.getByRole("button", { name: "Delete brand voice" }).click();
  await page.getByText("The agent “Launch writer” writes in it.").waitFor();
  await noFault(page, "a refused deletion");
  await page.goto(server.base + "/agents/4?delete=1");
  await page.getByRole("button", { name: "Delete agent" }).click();
  await page.waitForURL(/\/agents$/);
  await page.goto(server.base + "/brand-voices/3");
  await page.getByRole("link", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete brand voice" }).click();
  await page.waitForURL(/\/brand-voices$/);
  assert.equal(await page.getByText("Launch voice").count(), 0);
}

async function withoutScript() {
  tell("create a brand voice without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/brand-voices/new");
  await page.locator("#f-name").fill("Plain HTML");
  await page.locator("#f-name").press("Enter"); // saves, and adds no rows
  await page.waitForURL(/\/brand-voices\/\d+$/);
  await ctx.close();
}
