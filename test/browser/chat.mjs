// Conversations: a person asks, saves the answer, asks about what was saved and opens what the answer cites, edits the
// question and goes back, has it answered again, watches a long answer grow and stops it, and finds the conversation.
// Then the pages are looked at in every mode, and once without scripts.
//
//   npm ci && node chat.mjs
import assert from "node:assert/strict";
import { launch, until } from "./browser.mjs";
import { stage } from "./stage.mjs";

const { server, tell, noFault, everyMode, play } = await stage({ name: "chat", pause: 12 });
await play("Chats are done.", async (page) => {
  await ask(page);
  await cite(page);
  await branch(page);
  await stop(page);
  await find(page);
  await everyMode(["/chat", "/chat/1"]);
  await withoutScript();
});

async function answered(page) {
  await page.locator(".chat-ask").waitFor({ timeout: 60000 });
}

async function ask(page) {
  tell("ask");
  await page.getByRole("link", { name: "Chat", exact: true }).first().click();
  await page.getByLabel("Your question").fill("How do we keep a shared inbox calm?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.waitForURL(/\/chat\/\d+/);
  await answered(page);
  assert.equal(await page.getByText("[S1]").count(), 0, "a mark without a source is shown");
  await noFault(page, "an answer");

  tell("save it as an item");
  const chat = page.url();
  await page.getByRole("button", { name: "Save as item" }).click();
  await page.waitForURL(/\/content\/\d+/);
  await page.goto(chat);
}

async function cite(page) {
  tell("open what an answer cites");
  await page.getByLabel("Your question").fill("Who gives every message an owner?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await answered(page);
  await page.getByRole("link", { name: "Source 1" }).click();
  await page.locator(".cites li:target blockquote").getByText("give every message an owner").waitFor();
  await noFault(page, "an answer with sources");
}

async function branch(page) {
  tell("edit the question, and go back");
  const second = page.locator(".turn.mine").nth(1);
  await second.locator("summary").click();
  await second.getByLabel("Edited question").fill("Who answers a message?");
  await second.getByRole("button", { name: "Ask this instead" }).click();
  await answered(page);
  await second.getByText("2/2").waitFor();
  await noFault(page, "two branches");
  await second.getByRole("button", { name: "Previous branch" }).click();
  await second.getByText("Who gives every message an owner?").first().waitFor();
  await second.getByText("1/2").waitFor();
}

async function stop(page) {
  tell("have it answered again");
  await page.getByRole("button", { name: "Answer again" }).last().click();
  await answered(page);

  tell("watch a long answer grow, and stop it");
  await page.getByLabel("Your question").fill("Tell me at length");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  const stream = page.locator("#stream");
  await until(async () => (await stream.textContent())?.includes("Begin"), "the answer begins");
  const before = (await stream.textContent()).length;
  await until(async () => (await stream.textContent()).length > before, "the answer grows");
  await noFault(page, "an answer that grows");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("It was stopped before its end.").waitFor();
}

async function find(page) {
  tell("find it by its title");
  await page.getByLabel("Search your conversations").fill("calm");
  await page.getByLabel("Search your conversations").press("Enter");
  await page.getByRole("link", { name: "A calm inbox" }).waitFor();
}

async function withoutScript() {
  tell("ask without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/chat");
  await page.getByLabel("Your question").fill("Who answers a message?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.waitForURL(/\/chat\/\d+/);
  await page.getByRole("button", { name: "Save as item" }).waitFor({ timeout: 60000 }); // the page loads itself again
  await ctx.close();
}
