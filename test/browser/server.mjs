// A fresh server of the built binary, in a directory of its own. Package
// test/product starts it, as it does for every other test from outside.
import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "../..");

// startServer returns the address, a sign-in link, the first key, what the server
// printed, a stop, and a down and an up for a restart. VELLOCITY_BINARY names a
// binary to drive instead of building one.
export async function startServer(env = {}, args = []) {
  const order = { env: Object.entries(env).map(([name, value]) => `${name}=${value}`), args, sample: !args.includes("--no-demo") };
  order.args = args.filter((a) => a !== "--no-demo");
  const starter = spawn("go", ["run", "./test/product/console", JSON.stringify(order)], { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  starter.stderr.on("data", (b) => { out += b; });
  const ended = once(starter, "exit");
  const lines = createInterface({ input: starter.stdout })[Symbol.asyncIterator]();
  const handle = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the server did not start:\n${out}`);
    return JSON.parse(value);
  };
  const request = async (what) => {
    starter.stdin.write(what + "\n");
    await handle();
  };
  const { base, link, key, program, dir } = await handle();
  return {
    base, link, key,
    newLink: () => execFileSync(program, ["sign-in-link", "--data", dir]).toString().match(/http\S+/)[0],
    output: () => out,
    down: () => request("stop"),
    up: () => request("start"),
    async stop() {
      starter.stdin.end();
      await ended;
    },
  };
}
