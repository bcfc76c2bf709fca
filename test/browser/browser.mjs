// Starting a browser, and what every page is checked for. VELLOCITY_BROWSER=firefox
// starts Firefox instead of Chromium.
import { chromium, firefox } from "playwright-core";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";

const axeText = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const inFirefox = process.env.VELLOCITY_BROWSER === "firefox";

// Chromium without a window of its own needs a third less of the processors.
const shell = "/usr/bin/chromium-headless-shell";
const chromiumPath = process.env.CHROMIUM ?? (existsSync(shell) ? shell : "/usr/bin/chromium");

// launch starts a browser. more are further arguments of Chromium's command line.
export async function launch({ more = [], ...options } = {}) {
  options = { viewport: { width: 1440, height: 900 }, ...options };
  if (inFirefox) return launchFirefox(options);
  const dir = mkdtempSync(join(tmpdir(), "vellocity-browser-"));
  const context = await chromium.launchPersistentContext(dir, {
    executablePath: chromiumPath,
    headless: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
    ...options,
  });
  context.on("close", () => setTimeout(() => {
    try { rmSync(dir, { recursive: true, force: true, maxRetries: 5 }); } catch { /* the browser still writes; the system clears its temporary files */ }
  }, 500));
  return context;
}

// launchFirefox drives the Firefox of the machine over WebDriver BiDi. The browser ends
// with its context.
async function launchFirefox(options) {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
  });
  const context = await browser.newContext({ colorScheme: null, reducedMotion: null, forcedColors: null, contrast: null, ...options });
  const close = context.close.bind(context);
  context.close = async () => { await close(); await browser.close(); };
  return context;
}

// watch collects what a page complains about in its console.
export function watch(page, complaints, allowed = () => false) {
  page.on("console", (m) => {
    if (["error", "warning"].includes(m.type()) && !allowed(m.text())) complaints.push(`${page.url()}: ${m.text()}`);
  });
  page.on("pageerror", (e) => complaints.push(`${page.url()}: ${e.message}`));
}

// until waits for a condition of this program, for as long as a loaded machine may need.
export async function until(holds, what, ms = 20000) {
  for (const end = Date.now() + ms; !(await holds()); await new Promise((done) => setTimeout(done, 20))) {
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
  }
}

// still waits until a page has painted what it shows: its fonts are there, and nothing
// moves, scrolls or fades any more.
export async function still(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const places = () => JSON.stringify([scrollX, scrollY, ...[...document.querySelectorAll(".board, .cards")].map((e) => [e.scrollLeft, e.scrollTop])]);
    await document.fonts.ready;
    if (document.hidden) return; // a tab in the background paints nothing
    for (let same = 0, was = ""; same < 3; ) {
      const ends = (a) => a.effect.getTiming().iterations !== Infinity && a.effect.target?.checkVisibility(); // what is folded away never ends
      await Promise.all(document.getAnimations().filter(ends).map((a) => a.finished.catch(() => {})));
      await frame();
      const now = places();
      same = now === was ? same + 1 : 0;
      was = now;
    }
  });
}

// axe returns the violations of the page as it stands, one line each: those of some rules,
// or of all. What is still fading in is given its time: its colours are not yet its own.
export async function axe(page, rules = []) {
  await still(page);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeText);
  const runOnly = rules.length ? rules : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await page.evaluate((runOnly) => axe.run(document, { resultTypes: ["violations"], runOnly }), runOnly);
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} (${n.failureSummary.split("\n")[1]?.trim()})`));
}

// overflow returns by how many pixels the page is wider than its window, and what sticks out.
export async function overflow(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return null;
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5);
    return `${wide} px: ${out.map((e) => `${e.tagName}.${e.className}`).join(", ")}`;
  });
}

// noFault fails where axe finds something on a page, by some rules or by all of them (rules
// null: it is not asked), or where the page is wider than its window.
export async function noFault(page, where, rules = []) {
  if (rules) assert.deepEqual(await axe(page, rules), [], `axe: ${where}`);
  assert.equal(await overflow(page), null, `overflow: ${where}`);
}
