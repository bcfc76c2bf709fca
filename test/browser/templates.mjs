// Templates: a person asks for one, plans it, runs it and sees the result. Then the whole way:
// a brand voice and a text that is checked against it, a template of three steps that is
// built in the form, its plan, its execution, and a reviewer without an account who approves
// the result. The pages are looked at on a wide screen, in the dark, on a phone, and without
// scripts.
//
//   npm ci && node templates.mjs
import assert from "node:assert/strict";
import { join } from "node:path";
import { launch, still, until } from "./browser.mjs";
import { out, stage } from "./stage.mjs";

const { server, context, tell, open, noFault, play } = await stage({ name: "templates", refusals: [409, 412, 422] });
await play("Templates are done.", async (page) => {
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

  await voice(page);
  await build(page);
  await runIt(page);
  await trigger(page);
  await conflict(page);
  await withoutScript();

  for (const [name, options] of [["dark", { colorScheme: "dark" }], ["phone", { viewport: { width: 360, height: 740 } }]]) {
    tell(`look at it: ${name}`);
    if (options.viewport) await page.setViewportSize(options.viewport);
    await page.emulateMedia({ colorScheme: options.colorScheme ?? "light" });
    for (const path of ["/templates", "/templates/item-to-social", "/new-template", "/templates/write-and-review/edit", "/templates/write-and-review/edit?delete=1"]) {
      await page.goto(server.base + path);
      await look(page, name + path.replaceAll(/\W/g, "-"));
    }
  }

  tell("a step of the drawing is reached by the keyboard");
  await page.goto(server.base + "/templates/item-to-social");
  await page.locator(".tpl-graph a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/#step-item$/);
});

async function voice(page) {
  tell("make a brand voice, and check a text against it");
  await page.goto(server.base + "/brand-voices/new");
  await page.getByLabel("Name").fill("Plain voice");
  await page.getByLabel("Banned terms").fill("leverage");
  await page.getByRole("button", { name: "Create brand voice" }).click();
  await page.getByRole("link", { name: "Try a text" }).click();
  await page.waitForURL(/\/check\?brand_voice_id=\d+$/);
  await page.locator("#f-text").fill("We leverage one inbox for the whole team. Every request has an owner, and nobody asks twice.");
  await page.locator("mark.find", { hasText: "leverage" }).waitFor();
}

// build builds a template of three steps.
async function build(page) {
  tell("build a template of three steps in the form");
  await page.goto(server.base + "/templates");
  await page.getByRole("link", { name: "New template" }).click();
  await page.getByLabel("Name").first().fill("Write and review");
  await page.getByLabel("Description").fill("Writes a post, checks it, and asks a person.");
  await page.locator("#f-in-0-name").fill("topic");
  await page.locator("#in-0 [name=in-0-required]").check();
  await page.locator("#input-add").click();
  await page.locator("#f-in-1-name").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "f-in-1-name", "a new row takes the focus");
  await page.keyboard.type("length");
  await page.locator("#f-in-1-kind").selectOption("choice");
  await page.locator("#f-in-1-choices").fill("short\nlong");
  await page.locator("#f-st-0-capability").selectOption("generate-blog-post");
  await page.locator("#f-st-0-set-topic").waitFor();
  await page.locator("#f-st-0-key").fill("post");
  tell("insert a name where the person last typed");
  await page.locator("#f-st-0-set-topic").focus();
  await page.getByRole("button", { name: "{{ inputs.topic }}" }).click();
  assert.equal(await page.locator("#f-st-0-set-topic").inputValue(), "{{ inputs.topic }}");
  await page.locator("#st-0-settings summary").click();
  await page.locator("#f-st-0-set-word_count").fill("{{ inputs.length == \"long\" ? 1200 : 400 }}");
  for (const [i, key, capability] of [[1, "check", "analyze-seo"], [2, "review", "review-content"]]) {
    await page.locator("#step-add").click();
    await page.locator(`#f-st-${i}-capability`).waitFor();
    await page.locator(`#f-st-${i}-capability`).selectOption(capability);
    await page.locator(`#f-st-${i}-set-content_id`).waitFor();
    await page.locator(`#f-st-${i}-key`).fill(key);
    await page.locator(`#f-st-${i}-set-content_id`).focus();
    await page.getByRole("button", { name: "{{ steps.post.items[0].id }}" }).click();
    assert.ok(await page.locator(`[name=st-${i}-after][value="0"]`).isChecked(), "a step waits for what it refers to");
  }
  await page.locator("#f-st-2-set-ask_person").fill("true");
  await page.locator("#f-st-2-when").fill("steps.chek.output.score < 101");
  tell("what is wrong is said beside the form, and at its place once it is sent");
  await page.locator("#side .tf-faults", { hasText: "chek" }).waitFor();
  await page.locator("#save").click();
  await page.locator("#errors").waitFor();
  assert.match(await page.locator("#f-st-2-when-error").textContent(), /check/);
  assert.equal(await page.locator("#f-st-0-set-topic").inputValue(), "{{ inputs.topic }}", "nothing that was typed is lost");
  await look(page, "refused-form");
  await page.locator("#f-st-2-when").fill("");
  await page.locator("#f-st-2-when").focus();
  await page.getByRole("button", { name: "{{ steps.check.output.score }}" }).click();
  assert.equal(await page.locator("#f-st-2-when").inputValue(), "steps.check.output.score", "a condition has no braces");
  await page.locator("#f-st-2-when").press("End");
  await page.keyboard.type(" < 101");
  await page.locator("#side", { hasText: "Nothing is wrong." }).waitFor();
  assert.equal(await page.locator("#side path").count(), 3, "the graph follows the form");

  tell("move a step by the keyboard, and back");
  await page.locator("#st-2-up").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "st-1-up" && document.querySelector("#f-st-1-key")?.value === "review");
  await page.locator("#st-1-down").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "st-2-up");
  tell("leave the page, and restore what was typed");
  page.once("dialog", (d) => d.accept());
  await page.goto(server.base + "/board");
  await page.goto(server.base + "/new-template");
  await page.getByRole("button", { name: "Restore" }).click();
  await page.locator("#f-st-2-key").waitFor({ state: "attached" });
  assert.equal(await page.locator("#f-st-2-set-ask_person").inputValue(), "true");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator("#checked", { hasText: "Nothing is wrong." }).waitFor();
  await look(page, "form");
  await page.locator("#save").click();
  await page.waitForURL(/\/templates\/write-and-review$/);
}

// runIt plans the template, runs it, and has a reviewer without an account approve the result.
async function runIt(page) {
  tell("plan it and run it");
  await page.getByLabel("Topic").fill("Shared inboxes");
  await page.getByText("Long", { exact: true }).click();
  await page.getByRole("button", { name: "Plan" }).click();
  await page.getByRole("heading", { name: "Plan" }).waitFor();
  assert.equal(await page.locator("#plan li").count(), 3);
  await page.getByRole("button", { name: "Run" }).click();
  await page.waitForURL(/\/executions\/\d+/);
  const execution = page.url();
  await page.getByText("Waiting").first().waitFor();
  tell("a reviewer without an account approves the result");
  const item = await page.locator("a[href^='/content/']").first().getAttribute("href");
  await page.goto(server.base + item.replace(/[?#].*/, ""));
  await page.locator(".new-link summary").click();
  await page.getByRole("button", { name: "Create review link" }).click();
  const address = await page.locator("#review-link").inputValue();
  const ctx = await launch();
  const guest = await open(ctx);
  await guest.goto(address);
  await guest.locator("#decision input[name=name]").fill("Jane Doe");
  await guest.getByRole("button", { name: "Approve" }).click();
  await guest.waitForURL(/#decision$/);
  assert.match(await guest.locator("#decision").textContent(), /Jane Doe approved version 1/);
  assert.deepEqual(await ctx.cookies(), []);
  await ctx.close();
  await page.goto(execution);
  await page.getByText("Completed").first().waitFor();
}

// trigger starts the template on an event, by the builder.
async function trigger(page) {
  tell("an event starts it: the builder's filter, and the history");
  await page.goto(server.base + "/triggers/new?template=write-and-review");
  await page.locator("#f-t-name").fill("Deals");
  await page.locator("#f-t-type").selectOption("event");
  await page.locator("#f-t-event").fill("crm.deal_won");
  await page.getByLabel("Field, row 1").fill("amount");
  await page.getByLabel("Comparison, row 1").selectOption("at_least");
  await page.getByLabel("Value, row 1").fill("150");
  await page.locator("#f-topic").fill("{{ event.company }} has bought");
  await page.locator("#save").click();
  await page.waitForURL(/\/triggers\/\d+$/);
  for (const amount of [100, 200]) {
    const res = await fetch(`${server.base}/api/v1/content-workflow/events`, {
      method: "POST", headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "crm.deal_won", payload: { amount, company: "Acme" } }),
    });
    assert.equal(res.status, 200);
  }
  await until(async () => {
    await page.reload();
    return await page.locator(".trigger-history tbody tr", { hasText: "Fired" }).count() === 1 &&
      await page.locator(".trigger-history tbody tr", { hasText: "Filtered" }).count() === 1;
  }, "one event fires it, and the other does not");
  await look(page, "trigger");
}

async function conflict(page) {
  tell("someone else saves first: theirs is shown, and what was typed stays");
  const edit = server.base + "/templates/write-and-review/edit";
  const other = await open(page.context());
  await page.goto(edit);
  await other.goto(edit);
  await other.locator("#f-name").fill("Write, check and review");
  await other.locator("#save").click();
  await other.waitForURL(/\/templates\/write-and-review$/);
  await other.close();
  await page.bringToFront();
  await page.locator("#f-description").fill("Mine.");
  await page.locator("#save").click();
  await page.locator(".theirs", { hasText: "Write, check and review" }).waitFor();
  assert.equal(await page.locator("#f-description").inputValue(), "Mine.");
  await look(page, "conflict");
  await page.locator("#save").click();
  await page.waitForURL(/\/templates\/write-and-review$/);
}

async function withoutScript() {
  tell("build a template without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/new-template");
  await page.locator("#f-name").fill("Plain HTML");
  await page.locator("[name='do'][value='input-remove:0']").click();
  await page.locator("#f-st-0-capability").selectOption("generate-blog-post");
  await page.getByRole("button", { name: "Show its settings" }).click();
  await page.locator("#f-st-0-set-topic").fill("Inboxes");
  await page.getByRole("button", { name: "Update graph" }).click();
  await page.locator("#side svg text", { hasText: "Generate blog post" }).waitFor();
  await page.locator("#f-name").press("Enter"); // saves, and removes nothing
  await page.waitForURL(/\/templates\/plain-html$/);
  await page.goto(server.base + "/templates/plain-html/edit?delete=1");
  await page.getByRole("button", { name: "Delete template" }).click();
  await page.waitForURL(/\/templates$/);
  await ctx.close();
}

async function look(page, name) {
  await still(page);
  await page.screenshot({ path: join(out, `templates-${name}.png`), fullPage: true });
  await noFault(page, name);
}
