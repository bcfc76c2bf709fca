// Triggers: a person makes a schedule and an event trigger, sees what each would do, fires
// one, switches one off, and reads the history; and makes a board rule, which moves what is
// written next. Then each page is looked at in every mode, and a trigger is made without scripts.
//
//   npm ci && node triggers.mjs
import assert from "node:assert/strict";
import { inFirefox, launch, until } from "./browser.mjs";
import { stage } from "./stage.mjs";

const { server, tell, noFault, everyMode, play } = await stage({ name: "triggers", refusals: [409, 412, 422] });
await play("Triggers are done.", async (page) => {
  await schedule(page);
  await event(page);
  await fire(page);
  await rule(page);
  if (!inFirefox) { // once is enough
    await everyMode(["/triggers", "/triggers/new", "/triggers/new?template=newsletter", "/triggers/1", "/triggers/2?delete=1", "/rules", "/rules/new", "/rules/1?delete=1"]);
    await withoutScript();
  }
});

async function begin(page) {
  await page.goto(server.base + "/triggers");
  await page.getByRole("link", { name: "New trigger" }).first().click();
  await page.locator("#template").selectOption("newsletter");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.locator("#trigger-form").waitFor();
}

async function schedule(page) {
  tell("make a schedule");
  await begin(page);
  assert.ok(await page.locator("#f-t-event").isHidden(), "only the schedule's part is shown");
  await page.locator("#f-t-repeat").selectOption("weekdays");
  await page.locator("#f-t-time").fill("07:05");
  await page.locator("#preview", { hasText: "At 07:05, Monday to Friday" }).waitFor();
  await page.locator("#preview", { hasText: "5 7 * * 1-5" }).waitFor();
  assert.equal(await page.locator("#preview time").count(), 5);
  tell("read what is wrong at its place");
  await page.locator("#f-t-timezone").fill("Mars/Olympus");
  await page.locator("#save").click();
  await page.locator("#errors").waitFor();
  assert.match(await page.locator("#f-t-timezone-error").textContent(), /Europe\/Berlin/);
  await noFault(page, "a refused trigger");
  await page.locator("#f-t-timezone").fill("Europe/Berlin");
  await page.locator("#f-t-name").fill("Morning newsletter");
  await page.locator("#f-topic").fill("Shared inboxes");
  await fillRequired(page);
  await page.locator("#save").click();
  await page.waitForURL(/\/triggers\/\d+$/);
}

async function fillRequired(page) {
  for (const field of await page.locator("#trigger-form textarea[required]").all()) {
    if (!await field.inputValue()) await field.fill("Start with one mailbox and move the rest once the team trusts it.");
  }
}

async function event(page) {
  tell("make an event trigger, and see which events would have fired it");
  for (const n of [1, 2]) {
    const res = await fetch(`${server.base}/api/v1/content-workflow/events`, {
      method: "POST", headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "crm.deal_won", payload: { amount: n * 100, company: "Acme" } }),
    });
    assert.equal(res.status, 200);
  }
  await begin(page);
  await page.locator("#f-t-type").selectOption("event");
  await page.locator("#f-t-event").fill("crm.deal_won");
  await page.locator("#preview", { hasText: "Fields of the event" }).waitFor();
  await page.getByLabel("Field, row 1").fill("amount");
  await page.getByLabel("Comparison, row 1").selectOption("at_least");
  await page.getByLabel("Value, row 1").fill("150");
  await page.locator("#preview", { hasText: "Does not fire" }).waitFor();
  assert.equal(await page.locator("#preview li", { hasText: "ire" }).count(), 2);
  await noFault(page, "a filter in rows");
  tell("the filter as a text, and as rows again");
  await page.getByRole("button", { name: "Edit as text" }).click();
  await page.locator("textarea#f-t-filter").waitFor();
  assert.equal(await page.locator("#f-t-filter").inputValue(), "event.amount >= 150");
  await page.getByRole("button", { name: "Edit as rows" }).click();
  assert.equal(await page.getByLabel("Value, row 1").inputValue(), "150");
  tell("more rows, and the first empty one has the focus");
  await page.getByRole("button", { name: "More rows" }).click();
  await page.getByLabel("Field, row 6").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "t-row-2");
  tell("another template brings its inputs, and what was typed stays");
  await page.locator("#f-topic").fill("Kept");
  await page.locator("#f-t-template").selectOption("item-to-social");
  await page.locator("#f-content_id").waitFor();
  await page.locator("#f-t-template").selectOption("newsletter");
  await page.locator("#f-content_id").waitFor({ state: "detached" });
  assert.equal(await page.locator("#f-topic").inputValue(), "Kept");
  await page.locator("#f-t-name").fill("Deals");
  await page.locator("#f-topic").fill("{{ event.company }} has bought");
  await fillRequired(page);
  await page.locator("#save").click();
  await page.waitForURL(/\/triggers\/\d+$/);
  assert.equal(await page.locator("#f-topic").inputValue(), "{{ event.company }} has bought");
}

async function fire(page) {
  tell("fire it by hand, switch it off, and read the history");
  await page.getByRole("button", { name: "Fire now" }).click();
  await page.waitForURL(/\/executions\/\d+$/);
  await page.locator(".bar", { hasText: "Acme has bought" }).waitFor();
  await page.goto(server.base + "/triggers");
  await page.getByRole("button", { name: "Switch off Deals" }).click();
  await page.getByRole("button", { name: "Switch on Deals" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Deals" }).click();
  await page.locator(".trigger-history", { hasText: "It was fired by hand." }).waitFor();
}

// write has an execution write a text, and returns its page.
async function write() {
  const call = (path, options = {}) => fetch(server.base + "/api/v1/content-workflow" + path, {
    ...options, headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json", prefer: "wait=30" },
  }).then((r) => r.json());
  const { data } = await call("/capabilities/generate-blog-post/execute", {
    method: "POST", body: JSON.stringify({ settings: { topic: "Shared inboxes", key_points: ["One owner for each mail"] } }),
  });
  await until(async () => (await call(`/executions/${data.id}`)).data.attributes.status === "completed", "the text is written");
  const assets = await call(`/executions/${data.id}/assets`);
  return `/content/${assets.data.content_items[0].id}`;
}

async function rule(page) {
  tell("make a rule of rows, and see what it would have moved");
  await write();
  await page.goto(server.base + "/board");
  await page.locator("header.bar").getByRole("link", { name: "Rules" }).click();
  await page.getByRole("link", { name: "New rule" }).first().click();
  assert.equal(await page.locator("textarea#f-when").count(), 0, "only the rows are shown");
  await page.getByLabel("Field, row 1").selectOption("word_count");
  await page.getByLabel("Value, row 1").fill("90000");
  await page.locator("#preview", { hasText: /Stays.*word_count is \d+, not at least 90000/s }).waitFor();
  await page.getByLabel("Value, row 1").fill("1");
  await page.locator("#preview", { hasText: "Moves" }).waitFor();
  tell("read what is wrong with a row at its place");
  await page.getByLabel("Value, row 1").fill("many");
  await page.locator("#f-name").fill("Short enough");
  await page.locator("#save").click();
  await page.locator("#row-1-error").waitFor();
  await noFault(page, "a refused rule");
  await page.getByLabel("Value, row 1").fill("1");
  await page.locator("#preview #condition", { hasText: "word_count >= 1" }).waitFor();
  tell("go on with it as text");
  await page.getByRole("button", { name: "Edit as text" }).click();
  await page.locator("textarea#f-when").waitFor();
  assert.match(await page.locator("#f-when").inputValue(), /^word_count >= 1/);
  tell("and as rows of the present text");
  await page.locator("#f-when").fill("word_count > 2 or title contains 'tea'");
  await page.getByRole("button", { name: "Edit as rows" }).click();
  await page.getByLabel("Field, row 2").waitFor();
  assert.equal(await page.getByLabel("Comparison, row 1").inputValue(), "more_than");
  assert.equal(await page.getByLabel("Value, row 2").inputValue(), "tea");
  assert.equal(await page.locator("[name=join]").inputValue(), "any");
  await noFault(page, "a rule in rows");
  await page.getByRole("button", { name: "Edit as text" }).click();
  await page.locator("#f-when").fill('word_count >= 1 and not (title contains "tea")');
  await page.locator("#preview", { hasText: "Moves" }).waitFor();
  await noFault(page, "a rule as text");
  await page.locator("#save").click();
  await page.waitForURL(/\/rules$/);
  tell("the next text is moved, and its history says why");
  await page.goto(server.base + await write() + "?view=history");
  await page.locator(".history", { hasText: /Short enough moved version 1 from Generated to Ready: word_count is/ }).waitFor();
}

async function withoutScript() {
  tell("make a rule and a trigger without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/rules/new");
  await page.getByLabel("Comparison, row 1").selectOption("more_than");
  await page.getByRole("button", { name: "Edit as text" }).click();
  assert.equal(await page.locator("textarea#f-when").inputValue(), "scores.seo > 80 and findings.warning == 0");
  await page.getByRole("button", { name: "Edit as rows" }).click();
  await page.getByLabel("Field, row 3").selectOption("word_count");
  await page.getByLabel("Value, row 3").fill("300");
  await page.locator("#f-name").fill("Plain rows");
  await page.locator("#f-name").press("Enter");
  await page.waitForURL(/\/rules$/);
  await page.getByText("scores.seo > 80 and findings.warning == 0 and word_count == 300").waitFor();
  await begin(page);
  await page.locator("#f-t-repeat").selectOption("daily");
  await page.getByRole("button", { name: "Try it" }).click();
  await page.locator("#preview", { hasText: "At 09:00, every day" }).waitFor();
  await page.locator("#f-t-name").fill("Plain HTML");
  await page.locator("#f-topic").fill("Shared inboxes");
  await fillRequired(page);
  await page.locator("#save").click();
  await page.waitForURL(/\/triggers\/\d+$/);
  await ctx.close();
}
