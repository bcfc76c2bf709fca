// What answers in AWS's place, for a server that is started with its env: package awstest, in a program of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

// startDouble returns the environment, the role that a workspace may connect by, an order that changes what AWS has, and
// a stop.
export async function startDouble() {
  const double = spawn("go", ["run", "./test/aws/double"], { cwd: resolve(import.meta.dirname, "../.."), stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(double, "exit");
  const lines = createInterface({ input: double.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the double of AWS ended");
    return JSON.parse(value);
  };
  const { role, env } = await next();
  return {
    role,
    env: Object.fromEntries(env.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])),
    async order(what) {
      double.stdin.write(JSON.stringify(what) + "\n");
      await next();
    },
    async stop() {
      double.stdin.end();
      await ended;
    },
  };
}
