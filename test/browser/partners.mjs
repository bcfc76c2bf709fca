// Selling with AWS: a person creates a listing, improves its score, has it rewritten, approves the text and applies it;
// moves a deal by mouse and by keys, loses it with a reason; and reads the reports. Then the pages are looked at in every
// mode.
//
//   npm ci && node partners.mjs
import assert from "node:assert/strict";
import { stage } from "./stage.mjs";

const { server, tell, noFault, everyMode, play } = await stage({ name: "partners", refusals: [422, 404] });
await play("Partners are done.", async (page) => {
  await createListing(page);
  await rewrite(page);
  await deals(page);
  await reports(page);
  await everyMode([
    "/listings", "/listings?new=1", "/listings/lst_1", "/deals", "/deals?new=1", "/deals/opp_1", "/analytics",
    "/analytics?report=executions", "/analytics?report=pipeline",
  ]);
});

async function createListing(page) {
  tell("create a listing and improve its score");
  await page.getByRole("link", { name: "Listings", exact: true }).first().click();
  await page.getByRole("link", { name: "New listing" }).first().click();
  await page.locator("#l-title").fill("Acme shared inbox");
  await page.getByRole("button", { name: "Create listing" }).click();
  await page.waitForURL(/\/listings\/lst_1$/);
  const score = async () => Number((await page.locator("#score-h").textContent()).match(/\d+/)[0]);
  const before = await score();
  await page.locator("#l-key").fill("shared inbox\nsupport team");
  await page.locator("#l-high").fill("See at a glance who answers which question\nAnswer in half the time with saved replies");
  await page.getByRole("button", { name: "Save listing" }).click();
  await page.getByText("The listing was saved").waitFor();
  assert.ok(await score() > before, "the score rises");
  await page.getByText("Score by version").first().waitFor();
  await noFault(page, "a listing");
}

async function rewrite(page) {
  tell("rewrite the listing, approve the text and apply it");
  await page.getByRole("link", { name: "Rewrite" }).click();
  await page.waitForURL(/listing-rewrite/);
  assert.equal(await page.locator("#f-listing_id").inputValue(), "lst_1");
  await page.locator("button[value=run], button.primary").last().click();
  await page.waitForURL(/\/executions\/\d+/);
  const [, id] = page.url().match(/executions\/(\d+)/);
  const done = async (status) => {
    const r = await fetch(`${server.base}/api/v1/content-workflow/executions/${id}`, {
      headers: { Authorization: `Bearer ${server.key}`, Prefer: "wait=20" },
    });
    return (await r.json()).data.attributes[status];
  };
  assert.ok(["completed", "waiting", "executing"].includes(await done("status")));
  const assets = await (await fetch(`${server.base}/api/v1/content-workflow/executions/${id}/assets`, {
    headers: { Authorization: `Bearer ${server.key}` },
  })).json();
  const item = assets.data.content_items[0];
  assert.equal(item.attributes.listing_id, "lst_1");
  for (const status of ["review", "ready"]) {
    const moved = await fetch(`${server.base}/api/v1/content-workflow/kanban/${item.id}/status`, {
      method: "POST", body: JSON.stringify({ status }),
      headers: { Authorization: `Bearer ${server.key}`, "Content-Type": "application/json" },
    });
    assert.equal(moved.status, 200, await moved.text());
  }
  await page.goto(server.base + "/listings/lst_1");
  await page.getByRole("button", { name: "Apply" }).first().click();
  await page.getByText("The text was applied").waitFor();
  assert.match(await page.locator("#l-long").inputValue(), /See at a glance who answers which question/);
}

async function deals(page) {
  tell("create a deal, move it by keys and by mouse");
  await page.getByRole("link", { name: "Deals", exact: true }).first().click();
  await page.getByRole("link", { name: "New deal" }).first().click();
  await page.locator("#d-title").fill("Forty agents");
  await page.locator("#d-customer").fill("Norwick GmbH");
  await page.locator("#d-value").fill("12000.50");
  await page.locator("#d-currency").fill("EUR");
  await page.getByRole("button", { name: "Create deal" }).click();
  await page.waitForURL(/\/deals\/opp_1$/);
  await page.goto(server.base + "/deals");
  const card = page.locator("#opp_1"), at = (stage) => page.locator(`[data-stage="${stage}"] #opp_1`);
  await card.getByRole("link").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.getByText("is now Qualified").first().waitFor();
  await at("Qualified").waitFor();
  await page.locator('[data-stage="Qualified"]').getByText("12,000.50 EUR").first().waitFor();
  await card.dragTo(page.locator('[data-stage="Technical Validation"] h2'));
  await page.getByText("is now Technical Validation").first().waitFor();
  await at("Technical Validation").waitFor();

  tell("lose it, which takes a reason");
  await card.getByRole("link").focus();
  await page.keyboard.press("Space");
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.waitForURL(/stage=Closed/);
  await page.getByRole("button", { name: "Move deal" }).click();
  await page.getByText("closed_lost_reason field is required").waitFor();
  await page.locator("#s-lost").selectOption("Price");
  await page.getByRole("button", { name: "Move deal" }).click();
  await page.getByText("from Technical Validation").waitFor();
}

async function reports(page) {
  tell("read the reports, and download one");
  await page.getByRole("link", { name: "Analytics", exact: true }).first().click();
  await page.locator(".chart").first().waitFor();
  await page.getByRole("link", { name: "Pipeline" }).click();
  await page.getByText("Lost in the period").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  assert.match((await saved).suggestedFilename(), /^pipeline-.*\.csv$/);
}
