// Every page as people see it: on a wide screen, light and dark and in a window of 320
// pixels, and on a phone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inFirefox, launch, noFault, still } from "./browser.mjs";

export const out = join(import.meta.dirname, "out");
mkdirSync(out, { recursive: true });

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const wide = { width: 1440, height: 900 }, narrow = { width: 320, height: 700 };

// A dark page differs from a light one in its colours alone.
const colours = ["color-contrast", "link-in-text-block"];

// look looks at pages. A page is its path, or its path with what to do there first and what
// its picture is called: [path, { first, as }]. The names of the pictures begin with name.
// note hears which page comes, and onPhone gets the phone's page at the end. Firefox only
// lays out what is read in Chromium.
export async function look(pages, { server, open, tell, note, name, onPhone = () => {} }) {
  const all = pages.map((p) => [p].flat());
  const visit = async (page, path, first) => {
    note(`look at ${path}`);
    await page.goto(server.base + path);
    await first?.(page);
    await still(page);
  };
  const shoot = (page, mode, path) => page.screenshot({ path: join(out, `${name}${mode}${path.replace(/\W+/g, "_")}.png`), fullPage: true });

  tell("look at every page: light, dark, narrow");
  let ctx = await launch({ viewport: wide });
  let page = await open(ctx);
  await page.goto(server.newLink());
  for (const [path, { first, as = path } = {}] of all) {
    await visit(page, path, first);
    if (!inFirefox) {
      await shoot(page, "light", as);
      await noFault(page, `${path}, light`);
      await page.emulateMedia({ colorScheme: "dark" });
      await still(page);
      await shoot(page, "dark", as);
      await noFault(page, `${path}, dark`, colours);
      await page.emulateMedia({ colorScheme: "light" });
    }
    await page.setViewportSize(narrow);
    await still(page);
    await fits(page, `${path}, narrow`, narrow);
    await page.setViewportSize(wide);
  }
  await ctx.close();

  tell("look at every page: phone");
  ctx = await launch(phone);
  page = await open(ctx);
  await page.goto(server.newLink());
  for (const [path, { first, as = path } = {}] of all) {
    await visit(page, path, first);
    await fits(page, `${path}, phone`, phone.viewport);
    if (inFirefox) continue;
    await shoot(page, "phone", as);
    await noFault(page, `${path}, phone`);
  }
  await onPhone(ctx, page);
  await ctx.close();
}

// fits fails where a page is wider than its window, or has made the window wider.
async function fits(page, where, window) {
  await noFault(page, where, null);
  assert.equal(await page.evaluate(() => innerWidth), window.width, `the layout keeps the window's width: ${where}`);
}
