// The page that checks a text: a person makes a brand voice, tests a text and a file
// against it, changes the voice and sees its samples checked again, asks the model, and
// redoes a step of an execution with both results side by side.
// Then the page is looked at in every mode, and without scripts.
//
//   npm ci && node check.mjs
import assert from "node:assert/strict";
import { join } from "node:path";
import { launch, still, until } from "./browser.mjs";
import { out, stage } from "./stage.mjs";

const text = "# Less noise\n\nWe utilize synergy in every inbox! A team of 40 people answers twice as fast, and nobody has to ask who does what. Write to us, and we show you how the others do it without a long meeting or another tool to learn.";
const { server, tell, open, noFault, everyMode, play } = await stage({ name: "check", refusals: [409, 412, 422], pause: 5 });
await play("Checking a text is done.", async (page) => {
  await voice(page);
  await tryText(page);
  await samples(page);
  await judgement(page);
  await redo(page);
  await everyMode(["/check", "/check?brand_voice_id=3&sample=1", "/check?judged=1", "/brand-voices/3"]);
  await withoutScript();
});

async function voice(page) {
  tell("make a brand voice with a sample text");
  await page.goto(server.base + "/brand-voices/new");
  await page.getByLabel("Name").fill("Plain voice");
  await page.getByLabel("Banned terms").fill("leverage");
  await page.getByLabel("Sample 1").fill("We find synergy in every inbox, and we say so in short words.");
  await page.getByRole("button", { name: "Create brand voice" }).click();
  await page.getByText("100 of 100").waitFor();
}

async function tryText(page) {
  tell("try a text, and see what breaks while typing");
  await page.getByRole("link", { name: "Try a text" }).click();
  await page.waitForURL(/\/check\?brand_voice_id=\d+$/);
  assert.equal(await page.locator("[name=brand_voice_id] option:checked").textContent(), "Plain voice");
  await page.locator("#f-text").fill(text.replace("synergy", "leverage"));
  await page.locator("mark.find", { hasText: "leverage" }).waitFor();
  await page.locator("#f-text").fill(text);
  await page.locator("mark.find", { hasText: "leverage" }).waitFor({ state: "detached" });
  assert.equal(await page.locator(".score-card").count(), 4);

  tell("go from a place to its reason");
  await page.locator("#f-text").fill(text.replace("synergy", "leverage"));
  const mark = page.locator("mark.find", { hasText: "leverage" });
  await mark.waitFor();
  await mark.hover();
  await page.locator(".finding.lit").waitFor();

  tell("open a Markdown file");
  await page.locator("#file input").setInputFiles({ name: "a.md", mimeType: "text/markdown", buffer: Buffer.from("---\nlang: de\n---\nDas ist ein Satz aus einer Datei.\n") });
  await page.locator(".marked", { hasText: "German" }).waitFor();
  assert.match(await page.locator("#f-text").inputValue(), /^---\nlang: de/);

  tell("read what is wrong at its place");
  await page.locator("#f-text").fill("");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator("#errors").waitFor();
  await noFault(page, "a refused check");
}

async function samples(page) {
  tell("change the voice, and see its samples checked again");
  await page.goto(server.base + "/brand-voices");
  await page.getByRole("link", { name: "Plain voice", exact: true }).click();
  await page.getByLabel("Banned terms").fill("synergy");
  await page.getByRole("button", { name: "Save brand voice" }).click();
  await page.getByText("was 100 in the version before").waitFor();
  await page.getByRole("link", { name: "Sample 1" }).click();
  await page.locator("mark.find", { hasText: "synergy" }).waitFor();
}

async function judgement(page) {
  tell("ask the model too");
  await page.locator("#f-text").fill(text);
  await page.locator("#ask").click();
  await page.locator("#judgement").waitFor();
  await until(async () => await page.locator("#judgement .lead").count() === 1, "the judgement");
  await page.getByText("Fits: partly.").waitFor();
  assert.equal(await page.locator("#f-text").inputValue(), text, "the text is still in the form");
  assert.equal(await page.locator(".quotes li").count(), 1);
  await noFault(page, "a judgement");
}

async function redo(page) {
  tell("run a blog post, and redo a section");
  await page.goto(server.base + "/capabilities/generate-blog-post");
  await page.getByLabel("Topic").fill("A calm shared inbox");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL(/\/executions\/\d+$/);
  await page.locator(".execution-side[data-status=Completed]").waitFor({ timeout: 60000 });
  const first = page.url();
  await page.goto(first + "?tab=plan");
  const row = page.locator("#plan-section-1");
  await row.getByText("Redo this step").click();
  await row.getByLabel("Instructions for the model").fill("Say it in fewer words.");
  await noFault(page, "the form of a redo");
  await row.getByRole("button", { name: "Redo", exact: true }).click();
  await page.waitForURL((u) => u.href !== first + "?tab=plan" && /\/executions\/\d+$/.test(u.href));
  await page.locator(".execution-side[data-status=Completed]").waitFor({ timeout: 60000 });
  await page.getByText("Say it in fewer words.").waitFor();
  await page.getByRole("link", { name: "Comparison" }).click();
  await page.locator(".sides").first().waitFor();
  await noFault(page, "a comparison");
  await page.screenshot({ path: join(out, "light_comparison.png"), fullPage: true });
}

async function withoutScript() {
  tell("check a text without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/check?brand_voice_id=3");
  await page.locator("#f-text").fill(text);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator("mark.find", { hasText: "synergy" }).waitFor();
  await ctx.close();
}
