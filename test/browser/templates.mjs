// Templates: a person asks for one, plans it, runs it and sees the result. Then both pages
// are looked at on a wide screen, in the dark, on a phone, and without scripts.
//
//   npm ci && node templates.mjs
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { axe, launch, overflow, still, watch } from "./browser.mjs";
import { startServer } from "./server.mjs";

const out = join(import.meta.dirname, "out");
mkdirSync(out, { recursive: true });
const complaints = [];
let step = "start";
const tell = (what) => { step = what; console.log(`· ${what}`); };

const server = await startServer({}, ["--no-demo"]);
const context = await launch();
try {
  const page = await context.newPage();
  watch(page, complaints, (text) => /status of 4(09|12|22)/.test(text));
  page.setDefaultTimeout(20000);
  await page.goto(server.link);

  tell("ask for a template");
  await page.goto(server.base + "/templates");
  await page.getByLabel("What do you want to do?").fill("Write a blog post and social posts about it");
  await page.getByRole("button", { name: "Suggest" }).click();
  await page.getByText("Found by comparing words").waitFor();
  await page.getByRole("region", { name: "Suggested" }).or(page.locator("[aria-labelledby=suggested]")).getByRole("link", { name: "Blog post and social posts" }).click();

  tell("plan it without a topic: it says what is missing, and keeps the rest");
  await page.getByLabel("Credit limit").fill("20");
  await page.getByRole("button", { name: "Plan" }).click();
  await page.getByRole("link", { name: /^Topic: / }).waitFor();
  assert.equal(await page.getByLabel("Credit limit").inputValue(), "20");

  tell("plan it, then run it");
  await page.getByLabel("Topic").fill("Shared inboxes");
  await page.getByRole("button", { name: "Plan" }).click();
  await page.getByRole("heading", { name: "Plan" }).waitFor();
  assert.equal(await page.getByLabel("Topic").inputValue(), "Shared inboxes");
  await look(page, "planned");
  await page.getByRole("button", { name: "Run" }).click();
  await page.waitForURL(/\/executions\/\d+/);
  await page.getByText("Completed").first().waitFor();

  for (const [name, options] of [["dark", { colorScheme: "dark" }], ["phone", { viewport: { width: 360, height: 740 } }]]) {
    tell(`look at it: ${name}`);
    if (options.viewport) await page.setViewportSize(options.viewport);
    await page.emulateMedia({ colorScheme: options.colorScheme ?? "light" });
    for (const path of ["/templates", "/templates/item-to-social"]) {
      await page.goto(server.base + path);
      await look(page, name + path.replaceAll("/", "-"));
    }
  }

  tell("a step of the drawing is reached by the keyboard");
  await page.goto(server.base + "/templates/item-to-social");
  await page.locator(".tpl-graph a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/#step-item$/);

  assert.deepEqual(complaints, [], "the console must stay clean");
  console.log("Templates are done.");
} catch (err) {
  console.error(`\nFailed while: ${step}\n`);
  for (const [i, p] of context.pages().entries()) await p.screenshot({ path: join(out, `failed-templates-${i}.png`) }).catch(() => {});
  console.error(err);
  process.exitCode = 1;
} finally {
  await context.close();
  await server.stop();
}

async function look(page, name) {
  await still(page);
  await page.screenshot({ path: join(out, `templates-${name}.png`), fullPage: true });
  assert.deepEqual(await axe(page), [], `axe: ${name}`);
  assert.equal(await overflow(page), null, `overflow: ${name}`);
}

process.exit(); // a browser that a failure left open would keep the script alive
