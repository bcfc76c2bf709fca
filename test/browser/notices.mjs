// Somebody asks to be notified, goes on elsewhere, sees the bell count without a reload,
// opens the notification, and has nothing unread any more.
import assert from "node:assert/strict";

export async function notices({ server, open, launch, tell, noFault }) {
  tell("ask to be notified, and look at the board meanwhile");
  const ctx = await launch();
  const page = await open(ctx);
  await page.goto(server.newLink());
  await page.goto(server.base + "/board");
  const bell = page.locator(".side [data-count=unread]");
  const count = async () => ((await bell.isVisible()) ? Number((await bell.textContent()).match(/\d+/)[0]) : 0);
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  const before = await count();
  const form = await open(ctx);
  await form.goto(server.base + "/capabilities/generate-blog-post");
  await form.getByLabel("Topic").fill("Who answers on Saturday");
  await form.getByLabel("Notify me when it is complete").check();
  assert.match(await form.locator("#call").textContent(), /generate-blog-post/);
  await form.getByRole("button", { name: "Run", exact: true }).click();
  await form.waitForURL(/\/executions\/\d+/);
  const run = new URL(form.url()).pathname;
  await page.bringToFront();
  await page.waitForFunction((n) => {
    const b = document.querySelector(".side [data-count=unread]");
    return !b.hidden && Number(b.firstChild.textContent) === n;
  }, before + 1);
  assert.match(page.url(), /\/board$/, "the bell counts without a reload");

  tell("open the notification from the bell");
  await page.locator(".side a", { hasText: "Notifications" }).click();
  await page.waitForURL(/\/notifications$/);
  await noFault(page, "/notifications with one unread");
  await page.getByRole("button", { name: "“Who answers on Saturday” is complete" }).first().click();
  await page.waitForURL((url) => url.pathname === run);
  await page.waitForFunction((n) => {
    const b = document.querySelector(".side [data-count=unread]");
    return n === 0 ? b.hidden : Number(b.firstChild.textContent) === n;
  }, before);

  tell("choose how to be notified");
  await page.goto(server.base + "/notifications");
  await page.getByLabel("E-mail: An execution of mine failed").selectOption("immediate");
  await page.getByLabel("E-mail address").fill("nobody");
  await page.getByLabel("E-mail address").evaluate((e) => { e.form.noValidate = true; });
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByRole("alert").filter({ hasText: "must be an e-mail address" }).waitFor();
  await noFault(page, "/notifications with a wrong address");
  assert.equal(await page.getByLabel("E-mail: An execution of mine failed").inputValue(), "immediate", "what was chosen stays");
  await page.getByLabel("E-mail address").fill("ada@example.com");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.locator("[data-flash]", { hasText: "Settings saved." }).waitFor();
  assert.equal(await page.getByLabel("E-mail: An execution of mine failed").inputValue(), "immediate");

  tell("read the inbox on a phone, and without a script");
  const phone = await launch({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, javaScriptEnabled: false });
  const small = await phone.newPage();
  await small.goto(server.newLink());
  await small.locator(".tabbar a", { hasText: "Inbox" }).click();
  await small.getByRole("heading", { name: "Notifications" }).waitFor();
  await small.getByRole("button", { name: "“Who answers on Saturday” is complete" }).first().click();
  assert.equal(new URL(small.url()).pathname, run);
  await phone.close();
  await ctx.close();
}
