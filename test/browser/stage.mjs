// The stage of a script: a fresh server, a browser, a line for each step, and
// what every page is checked for. A script brings what people do.
import assert from "node:assert/strict";
import { join } from "node:path";
import { launch, noFault, watch } from "./browser.mjs";
import { look, out } from "./looks.mjs";
import { startProvider } from "./provider.mjs";
import { startServer } from "./server.mjs";

export { out };

// stage starts a server and a browser. name is the script's; refusals are the statuses that
// it asks for, such as [422]; pause is how many milliseconds a model takes for each piece of
// a text, and without it there is no model. env are further variables of the server.
export async function stage({ name, refusals = [], pause, env = {} }) {
  const complaints = [];
  let step = "start";
  const provider = pause ? await startProvider(pause) : null;
  const model = provider ? { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: provider.url, VELLOCITY_OPENAI_MODEL: "test-model" } : {};
  const server = await startServer({ ...model, ...env }, ["--no-demo"]);
  const context = await launch();
  const expected = (said) => refusals.some((status) => said.includes(`status of ${status}`)) ||
    /htmx:error: (Failed to fetch|NetworkError|The operation was aborted)/.test(said); // a page that is left ends what it fetches
  const tell = (what) => { step = what; console.log(`· ${what}`); };

  async function open(ctx) {
    const page = await ctx.newPage();
    watch(page, complaints, expected);
    page.setDefaultTimeout(20000);
    return page;
  }

  // everyMode looks at pages in every way that people see them: see [look].
  const everyMode = (pages) => look(pages, { server, open, tell, note: (what) => { step = what; }, name: `${name}-` });

  // play signs in, runs what people do, and ends the script. done is said at its end.
  async function play(done, acts) {
    try {
      const page = await open(context);
      await page.goto(server.link);
      await acts(page);
      assert.deepEqual(complaints, [], "the console must stay clean");
      console.log(done);
    } catch (err) {
      console.error(`\nFailed while: ${step}\n`);
      for (const [i, p] of context.pages().entries()) await p.screenshot({ path: join(out, `failed-${name}-${i}.png`) }).catch(() => {});
      console.error(err);
      process.exitCode = 1;
    } finally {
      await context.close();
      await server.stop();
      provider?.stop();
    }
    process.exit(); // a browser that a failure left open would keep the script alive
  }

  return { server, context, tell, open, noFault, everyMode, play };
}
