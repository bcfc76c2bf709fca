// Webhooks: a person creates one, copies its secret, sends a test that fails, reads the log, redelivers, rotates the secret
// and deletes the webhook. Then the pages are looked at in every mode.
//
//   npm ci && node webhooks.mjs
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { stage } from "./stage.mjs";

let status = 503;
const receiver = createServer((_, response) => response.writeHead(status).end("no such <b>shop</b>")).listen(0, "127.0.0.1");
const address = () => `http://127.0.0.1:${receiver.address().port}/a/rather/long/path/that/has/no/place/to/break`;

const { server, tell, noFault, everyMode, play } = await stage({ name: "webhooks", env: { VELLOCITY_CHANNEL_NETWORKS: "127.0.0.0/8" }, refusals: [422] });
try {
  await play("Webhooks are done.", async (page) => {
    await create(page);
    await test(page);
    await everyMode(["/settings/webhooks", "/settings/webhooks?new=1", "/settings/webhooks/1", "/settings/webhooks/1/deliveries/1"]);
    await rotate(page);
    await remove(page);
  });
} finally {
  receiver.close();
}

async function create(page) {
  tell("create a webhook");
  await page.getByRole("link", { name: "Webhooks", exact: true }).first().click();
  await page.getByRole("link", { name: "New webhook" }).first().click();
  await page.getByLabel("Address").fill("http://10.0.0.1/hook");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await page.getByText("The events field is required").first().waitFor();
  await noFault(page, "a refused webhook");
  await page.getByLabel("Address").fill(address());
  await page.getByRole("checkbox", { name: /content\.published/ }).check();
  await page.getByRole("checkbox", { name: /credits\.low/ }).check();
  await page.getByRole("button", { name: "Create webhook" }).click();
  assert.equal((await page.locator("#secret").inputValue()).length, 64);
  await page.getByRole("button", { name: "Copy" }).waitFor();
  await noFault(page, "the secret");
  await page.getByRole("link", { name: "I’ve saved it" }).click();
  await page.getByText("Nothing has been sent yet").waitFor();
}

async function test(page) {
  tell("send a test that fails, and redeliver it");
  await page.getByRole("button", { name: "Send test" }).click();
  await page.waitForURL(/\/deliveries\/1$/);
  await retry(page, "It answered 503 Service Unavailable");
  await page.getByText("no such <b>shop</b>").waitFor();
  status = 204;
  await page.getByRole("button", { name: "Redeliver" }).click();
  await retry(page, "Delivered");
}

// retry looks again until the page shows a text.
async function retry(page, text) {
  for (let n = 0; n < 100 && await page.getByText(text).count() === 0; n++) {
    await page.waitForTimeout(100);
    await page.reload();
  }
  await page.getByText(text).first().waitFor();
}

async function rotate(page) {
  tell("rotate the secret");
  await page.goto(server.base + "/settings/webhooks/1");
  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByText("old secret’s signature").waitFor();
  await noFault(page, "a rotated secret");
}

async function remove(page) {
  tell("delete the webhook");
  await page.goto(server.base + "/settings/webhooks/1");
  await page.getByRole("link", { name: "Delete…" }).click();
  await page.getByRole("button", { name: "Delete webhook" }).click();
  await page.getByText("No webhooks yet").waitFor();
}
