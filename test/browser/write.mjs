// Writing from templates: a person finds a template, marks it, fills it in and watches the text grow, stops
// one, saves another as an item, asks for several, and makes a template of their own. Then the pages are looked at in
// every mode, and once without scripts.
//
//   npm ci && node write.mjs
import assert from "node:assert/strict";
import { launch, until } from "./browser.mjs";
import { stage } from "./stage.mjs";

let editor = ""; // path of an item's editor
const { server, tell, noFault, everyMode, play } = await stage({ name: "write", refusals: [422], pause: 40 });
await play("Writing is done.", async (page) => {
  await gallery(page);
  await write(page);
  await rewrite(page);
  await stop(page);
  await several(page);
  await ownTemplate(page);
  await everyMode(["/write", "/write/templates/ai_rewriter", "/write/texts/3", "/write/texts", "/write/own/launch_note",
    [editor, { first: addAndSuggest }]]);
  await withoutScript();
});

async function gallery(page) {
  tell("find a template and mark it");
  await page.getByRole("link", { name: "Write", exact: true }).first().click();
  await page.getByLabel("Filter templates").fill("intro");
  await until(async () => await page.locator(".w-card:visible").count() === 1, "one template is left");
  await page.getByRole("button", { name: "Favorite: Blog introduction" }).click();
  await page.getByRole("heading", { name: "Favorites" }).waitFor();
  await noFault(page, "the gallery");
}

async function write(page) {
  tell("read what is wrong at its place");
  await page.getByRole("link", { name: "Blog introduction" }).first().click();
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await page.locator("#errors").waitFor();
  await noFault(page, "a refused text");

  tell("watch a text grow");
  await page.getByLabel("Title of the post").fill("A calm shared inbox");
  await page.getByLabel("What the post says").fill("Every message has an owner. Nobody answers twice.");
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await page.waitForURL(/\/write\/texts\/\d+/);
  const stream = page.locator("#stream");
  await until(async () => (await stream.textContent())?.includes("Begin with one mailbox"), "the text begins");
  const before = (await stream.textContent()).length;
  await until(async () => await stream.count() === 0 || (await stream.textContent()).length > before, "the text grows");
  await noFault(page, "a text that grows");
  await page.getByRole("button", { name: "Save as item" }).waitFor();
  assert.equal(await page.getByLabel("Title of the post").inputValue(), "A calm shared inbox");
  await noFault(page, "a text");

  tell("save it as an item");
  await page.getByRole("button", { name: "Save as item" }).click();
  await page.waitForURL(/\/content\/\d+/);
  await page.getByText("Begin with one mailbox").first().waitFor();
}

// rewrite changes a passage of the item that was saved: nothing changes before it is accepted, and that can be undone.
async function rewrite(page) {
  editor = new URL(page.url()).pathname + "?view=edit";
  await page.goto(server.base + editor);
  const body = page.getByLabel("Text (Markdown)"), before = await body.inputValue(), suggested = "Give every message an owner, and start with one mailbox.";

  tell("reject a suggestion, with the keyboard alone");
  await select(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Suggestion", exact: true }).waitFor();
  assert.equal(await body.inputValue(), before, "a suggestion must not change the text");
  assert.ok(await page.locator("#suggestion ins").count() && await page.locator("#suggestion del").count(), "the differences are marked");
  await noFault(page, "a suggestion");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#suggestion").isVisible(), false);
  assert.equal(await body.inputValue(), before, "a rejected suggestion must not change the text");

  tell("accept one while the text has moved, and undo it");
  await suggest(page);
  await body.evaluate((el) => { el.focus(); el.setSelectionRange(0, 0); });
  await page.keyboard.type("First. ");
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  assert.equal(await body.inputValue(), "First. " + before.replace(/Begin with.*?\./, suggested));
  await page.keyboard.press("Control+z");
  assert.equal(await body.inputValue(), "First. " + before, "one undo takes the suggestion back");

  tell("change the tone, and save");
  await select(page);
  await page.getByRole("button", { name: "Change tone" }).click();
  await page.getByLabel("Tone to change to").fill("Friendly");
  await page.getByLabel("Tone to change to").press("Enter");
  await page.getByRole("heading", { name: "Suggestion", exact: true }).waitFor();
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await page.getByRole("button", { name: "Save version" }).click();
  await page.waitForURL(/view=versions&to=2/);
}

// select selects the first sentence of the paragraph, without its first words.
async function select(page) {
  await page.getByLabel("Text (Markdown)").evaluate((el) => {
    const from = el.value.indexOf("Begin with"), to = el.value.indexOf(".", from) + 1;
    el.focus();
    el.setSelectionRange(from, to);
  });
}

// suggest waits for a suggestion.
async function suggest(page) {
  await select(page);
  await page.getByRole("button", { name: "Shorten" }).click();
  await page.getByRole("heading", { name: "Suggestion", exact: true }).waitFor();
}

async function stop(page) {
  tell("stop a text");
  await page.goto(server.base + "/write/prompt");
  await page.getByLabel("What should be written?").fill("Write about calm inboxes");
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await until(async () => (await page.locator("#stream").textContent())?.includes("Begin"), "the text begins");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("It was stopped before its end.").waitFor();
}

async function several(page) {
  tell("ask for two texts");
  await page.locator("summary", { hasText: "Options" }).click();
  await page.getByLabel("How many texts").fill("2");
  await page.getByRole("button", { name: "Write again" }).click();
  await page.getByRole("heading", { name: "Text 2" }).waitFor({ timeout: 60000 });
  assert.equal(await page.locator(".wt-one").count(), 2);
  await noFault(page, "two texts");
}

async function ownTemplate(page) {
  tell("make a template, and write with it");
  await page.goto(server.base + "/write/own/new");
  await page.getByLabel("Title").fill("Launch note");
  const row = page.locator(".w-row").first();
  await row.getByLabel("Name").fill("news");
  await row.getByLabel("Label").fill("What is new");
  await page.getByLabel("Prompt").fill("Write a launch note.\n\n{{new}}");
  await page.getByRole("button", { name: "Create template" }).click();
  await page.locator("#errors").waitFor();
  await page.getByLabel("Prompt").fill("Write a launch note.\n\n{{news}}");
  await noFault(page, "a template that was refused");
  await page.getByRole("button", { name: "Create template" }).click();
  await page.waitForURL(/\/write\/templates\/launch_note$/);
  await page.getByLabel("What is new").fill("It works offline.");
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await page.getByRole("button", { name: "Save as item" }).waitFor({ timeout: 60000 });
}

// addAndSuggest has a suggestion made for words that are added to the item's text.
async function addAndSuggest(page) {
  await page.getByLabel("Text (Markdown)").evaluate((el) => { el.value += "\n\nBegin with a name."; });
  await suggest(page);
}

async function withoutScript() {
  tell("write without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/write/prompt");
  await page.getByLabel("What should be written?").fill("Write about calm inboxes");
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await page.waitForURL(/\/write\/texts\/\d+/);
  await page.getByRole("button", { name: "Save as item" }).waitFor({ timeout: 60000 }); // the page loads itself again
  await ctx.close();
}
