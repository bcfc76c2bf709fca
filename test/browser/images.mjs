// Images: a person generates a placeholder, sees what is wrong with a form, generates with a model from a picture that is
// pasted, watches it arrive, cancels another one, writes an alt text and deletes an image. Then the pages are looked at in
// every mode, and once without scripts.
//
//   npm ci && node images.mjs
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { launch, until } from "./browser.mjs";
import { out, stage } from "./stage.mjs";

// A red picture of one pixel, and a provider that sends it once it is let go.
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const file = join(out, "pixel.png");
writeFileSync(file, Buffer.from(png, "base64"));
let letGo = () => {}, asked = 0;
const provider = createServer((req, res) => {
  asked++;
  req.resume();
  letGo = () => res.end(JSON.stringify({ image: png, finish_reason: "SUCCESS", seed: 7 }));
}).listen(0, "127.0.0.1");
await once(provider, "listening");

const { server, tell, noFault, everyMode, play, open } = await stage({
  name: "images", refusals: [422],
  env: { STABILITY_API_KEY: "test", VELLOCITY_STABILITY_BASE_URL: `http://127.0.0.1:${provider.address().port}` },
});
await play("Images are done.", async (page) => {
  await placeholder(page);
  await fromPicture(page);
  await cancel(page);
  await one(page);
  const item = await inItem(page);
  await everyMode(["/images", "/images?engine=stablediffusion", "/images/1", `${item}?view=images`, `${item}?view=edit`, item]);
  await withoutScript();
});
provider.close();
provider.closeAllConnections();

async function placeholder(page) {
  tell("read what is wrong at its place");
  await page.getByRole("link", { name: "Images", exact: true }).first().click();
  await page.getByRole("heading", { name: "No images yet" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Stable Diffusion" }).getAttribute("aria-current"), "true", "what is connected comes first");
  await page.getByRole("link", { name: "OpenAI" }).click();
  await page.getByText("a placeholder is drawn").waitFor();
  await page.getByRole("button", { name: "Generate" }).click();
  await page.locator("#errors").waitFor();
  await noFault(page, "a refused form");

  tell("generate placeholders");
  await page.getByLabel("What should the image show?").fill("A lighthouse at night");
  await page.getByLabel("Size").selectOption("256x256");
  await page.getByLabel("Number of images").fill("2");
  await page.getByRole("button", { name: "Generate" }).click();
  await until(async () => await page.locator(".im-grid li").count() === 2, "two images are there");
  await page.getByText("Placeholder", { exact: true }).first().waitFor();
  await noFault(page, "two placeholders");
}

async function fromPicture(page) {
  tell("paste a picture to begin with");
  await page.getByRole("link", { name: "Stable Diffusion" }).click();
  await page.getByLabel("What should the image show?").fill("The same, in red");
  await page.getByLabel("Type").selectOption("image-to-image");
  await page.getByLabel("Width and height").fill("256x256");
  await page.evaluate((text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "pixel.png", { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, png);
  await page.locator(".im-preview img").waitFor();
  await noFault(page, "a picture was pasted");
  await page.getByRole("button", { name: "Generate" }).click();
  await page.locator("#under-way").waitFor();
  await until(() => asked === 1, "the provider is asked");
  await page.waitForFunction(() => document.getElementById("live-dot").dataset.state === "live");
  await noFault(page, "an image on its way");

  tell("see it arrive without a reload");
  letGo();
  await until(async () => await page.locator(".im-grid li").count() === 3, "the image is there");
  assert.equal(await page.locator("#under-way").count(), 0);
  await page.getByText("No alt text").waitFor();
}

async function cancel(page) {
  tell("cancel a generation");
  await page.getByLabel("What should the image show?").fill("A boat");
  await page.getByRole("button", { name: "Generate" }).click();
  await page.locator("#under-way").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("[data-flash]", { hasText: "Cancelled. 0 credits were charged." }).waitFor();
  assert.equal(await page.locator("#under-way").count(), 0);
}

async function one(page) {
  tell("write an alt text, and delete an image");
  await page.goto(server.base + "/images/1");
  await page.getByLabel("Alt text").fill("A lighthouse whose light is on");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("[data-flash]", { hasText: "The alt text was saved." }).waitFor();
  await page.getByAltText("A lighthouse whose light is on").waitFor();
  await noFault(page, "an image with its alt text");
  await page.goto(server.base + "/images/2");
  await page.getByText("Delete this image").click();
  await page.getByRole("button", { name: "Delete the image" }).click();
  await page.locator("[data-flash]", { hasText: "The image was deleted." }).waitFor();
  assert.equal(await page.locator("#image-2").count(), 0);
}

async function inItem(page) {
  tell("add an image to an item, and publish it");
  await page.goto(server.base + "/contents/new");
  await page.locator("#n-title").fill("The lighthouse");
  await page.locator("#body").fill("It is dark.");
  await page.locator("#create").click();
  await page.waitForURL(/\/content\/\d+$/);
  const item = new URL(page.url()).pathname;
  await page.goto(server.base + "/images/1");
  await page.locator("#use-form select[name=role]").selectOption("cover");
  await page.getByRole("button", { name: "Add to the item" }).click();
  await page.locator("[data-flash]", { hasText: "The image was added to this item." }).waitFor();
  await noFault(page, "an item with a cover");

  tell("paste a picture of one's own");
  await page.evaluate((text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "pixel.png", { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, png);
  await page.locator(".picture-preview img").waitFor();
  await page.getByRole("button", { name: "Upload" }).click();
  await page.locator("[data-flash]", { hasText: "The image was added." }).waitFor();
  await page.getByText("1 image has no alt text").waitFor();
  await noFault(page, "an image without an alt text");
  await page.locator("#status").getByRole("button", { name: "Published" }).click();
  await page.locator("[data-flash]", { hasText: "has no alt text" }).waitFor();

  tell("write its alt text, and put it into the text");
  await page.goto(`${server.base}${item}?view=images`);
  await page.locator(".item-images li").nth(1).getByLabel("Alt text").fill("A red point");
  await page.locator(".item-images li").nth(1).getByRole("button", { name: /^Save/ }).click();
  await page.locator("[data-flash]", { hasText: "The images were saved." }).waitFor();
  await page.goto(`${server.base}${item}?view=edit`);
  await page.locator("#body").focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\n\n");
  await page.getByRole("button", { name: /A red point/ }).click();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("#preview").getByAltText("A red point").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL((u) => !u.search.includes("edit"));
  await page.goto(server.base + item);
  await page.locator(".cover img").waitFor();
  await page.locator("article").getByAltText("A red point").waitFor();
  await page.locator("#status").getByRole("button", { name: "Published" }).click();
  await page.getByText("View in feed").first().waitFor({ state: "attached" });
  const feed = await page.locator("a", { hasText: "View in feed" }).first().getAttribute("href");
  const reader = await open(await launch());
  await reader.goto(new URL(feed, server.base).href);
  for (const alt of ["A lighthouse whose light is on", "A red point"]) {
    await until(() => reader.getByAltText(alt).evaluate((img) => img.complete && img.naturalWidth > 0), `readers see ${alt}`);
  }
  await reader.context().close();
  return item;
}

async function withoutScript() {
  tell("generate without a script");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await open(ctx);
  await page.goto(server.newLink());
  await page.goto(server.base + "/images?engine=stablediffusion");
  await page.getByLabel("What should the image show?").fill("A boat");
  await page.getByLabel("Type").selectOption("upscale");
  await page.getByLabel("Picture to begin with").setInputFiles(file);
  await page.getByRole("button", { name: "Generate" }).click();
  await page.locator("#under-way").waitFor();
  await until(() => asked >= 3, "the provider is asked");
  letGo();
  await page.locator("#image-4").waitFor(); // the page loads itself again
  await ctx.close();
}
