// What the company knows: a person adds a pasted text and a file, reads what is wrong, opens a passage by its address, and
// deletes a source. Then the pages are looked at in every mode, and once without scripts.
//
//   npm ci && node sources.mjs
import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { stage } from "./stage.mjs";

const rules = `## Refunds\n\n${"Money is paid back within five working days. ".repeat(40)}\n\n## Returns\n\nSend **it** back.`;

const { server, tell, noFault, everyMode, play } = await stage({ name: "sources", refusals: [422, 404] });
await play("Sources are done.", async (page) => {
  await paste(page);
  await upload(page);
  await drop(page);
  await openPassage(page);
  await remove(page);
  await everyMode(["/sources", "/sources?new=1", "/sources/1"]);
  await withoutScript();
});

async function paste(page) {
  tell("read what is wrong, and what was typed is still there");
  await page.getByRole("link", { name: "Sources", exact: true }).first().click();
  await page.getByRole("link", { name: "Add source" }).first().click();
  await page.locator("#s-text").fill(rules);
  await page.locator("#s-url").fill("https://example.com/returns");
  await page.getByRole("button", { name: "Add source" }).click();
  await page.getByText("Give exactly one of").waitFor();
  assert.equal(await page.locator("#s-text").inputValue(), rules);
  await noFault(page, "a refused source");

  tell("add a text");
  await page.locator("#s-url").fill("");
  await page.locator("#s-title").fill("Our rules");
  await page.getByRole("button", { name: "Add source" }).click();
  await page.waitForURL(/\/sources\/1$/);
  await page.getByRole("heading", { name: "Refunds" }).waitFor();
  await noFault(page, "a source");
}

async function upload(page) {
  tell("add a file");
  await page.goto(server.base + "/sources?new=1");
  await page.locator("#s-file").setInputFiles({
    name: "opening_hours.md", mimeType: "text/markdown", buffer: Buffer.from("We open at *nine*."),
  });
  await page.getByRole("button", { name: "Add source" }).click();
  await page.waitForURL(/\/sources\/2$/);
  await page.getByRole("heading", { name: "opening hours" }).waitFor();
}

async function drop(page) {
  tell("drop several files, and paste a text and an address, anywhere on the page");
  await page.goto(server.base + "/sources");
  await page.locator("[data-drop]").waitFor(); // its script is there
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["Parcels go out at *noon*."], "parcels.md", { type: "text/markdown" }));
    data.items.add(new File([new Uint8Array([77, 90, 0, 1])], "program.bin"));
    document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  const rows = page.locator("[data-drop] li");
  await rows.nth(0).getByRole("link", { name: "parcels" }).waitFor();
  await rows.nth(1).getByText("is of a kind that is not read").waitFor();
  const paste = (text) => page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await paste("Lunch is at one.");
  await rows.nth(2).getByText("Added").waitFor();
  await paste("http://127.0.0.1:9/secret");
  await rows.nth(3).locator(".err").waitFor();
  await noFault(page, "sources that were dropped");
}

async function openPassage(page) {
  tell("open a passage by its address");
  await page.goto(server.base + "/sources/1");
  const id = await page.locator("main section").last().getAttribute("id");
  await page.goto(`${server.base}/sources/1#${id}`);
  await page.locator(`#${id}:target`).getByRole("heading", { name: "Returns" }).waitFor();
}

async function remove(page) {
  tell("delete one");
  await page.goto(server.base + "/sources/2");
  await page.getByText("Delete", { exact: true }).click();
  await page.getByRole("button", { name: "Delete source" }).click();
  await page.waitForURL(/\/sources$/);
  assert.equal(await page.getByRole("link", { name: "opening hours" }).count(), 0);
}

async function withoutScript() {
  tell("add and find one without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/sources?new=1");
  await page.locator("#s-text").fill("The kettle is in the kitchen.");
  await page.getByRole("button", { name: "Add source" }).click();
  await page.waitForURL(/\/sources\/5$/);
  await page.goto(server.base + "/sources?q=kettle");
  await page.getByRole("link", { name: "The kettle is in the kitchen." }).waitFor();
  await ctx.close();
}
