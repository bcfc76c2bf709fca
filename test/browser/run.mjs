// Runs every script, three at a time, each with a server and a browser of its own, and
// prints what a script said when it ends. If one of them fails, what it said is printed
// again at the end.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// The longest come first, so that nothing long is left alone at the end.
const scripts = ["walk", "walk in Firefox", "board", "board in Firefox", "triggers", "voices", "check", "write", "images", "chat", "items", "templates", "sources", "webhooks", "partners", "aws", "calendar"];
const lanes = 3; // one script leaves a third of two processors idle

const dir = mkdtempSync(join(tmpdir(), "vellocity-browser-"));
const env = { ...process.env };
if (!env.VELLOCITY_BINARY) {
  env.VELLOCITY_BINARY = join(dir, "vellocity");
  execFileSync("go", ["build", "-o", env.VELLOCITY_BINARY, "./cmd/vellocity"], { cwd: resolve(import.meta.dirname, "../.."), stdio: "inherit" });
}

async function run(name) {
  const [script, firefox] = name.split(" in ");
  const began = Date.now();
  const node = spawn(process.execPath, [`${script}.mjs`], {
    cwd: import.meta.dirname,
    env: firefox ? { ...env, VELLOCITY_BROWSER: "firefox" } : env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [node.stdout, node.stderr]) stream.on("data", (text) => { said += text; });
  const [status] = await once(node, "close");
  const report = `--- ${name}: ${status === 0 ? "passed" : "FAILED"} after ${Math.round((Date.now() - began) / 1000)} s\n${said}`;
  console.log(report);
  if (status !== 0) failed.push(report);
}

const failed = [];
await Promise.all(Array.from({ length: lanes }, async () => {
  while (scripts.length) await run(scripts.shift());
}));
rmSync(dir, { recursive: true, force: true });
if (failed.length) {
  console.error(`Failed:\n\n${failed.join("\n")}`);
  process.exit(1);
}
