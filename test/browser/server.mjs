// A fresh server of the built binary, in a directory of its own.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

async function freePort() {
  const s = net.createServer();
  await new Promise((done) => s.listen(0, "127.0.0.1", done));
  const { port } = s.address();
  await new Promise((done) => s.close(done));
  return port;
}

// until waits for ok, and throws when the server ends or 30 seconds pass.
async function until(ok, node) {
  const deadline = Date.now() + 30000;
  while (!await ok()) {
    if (Date.now() > deadline || node.child.exitCode !== null) throw new Error(`the server did not start:\n${node.out}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

// startServer builds the binary, unless VELLOCITY_BIN names one, and returns the
// address, what the server printed, a stop, and a down and an up for a restart.
export async function startServer(env = {}, flags = []) {
  const dir = mkdtempSync(join(tmpdir(), "vellocity-walk-"));
  let bin = process.env.VELLOCITY_BIN;
  if (!bin) {
    bin = join(dir, "vellocity");
    execFileSync("go", ["build", "-o", bin, "./cmd/vellocity"], { cwd: root, stdio: "inherit" });
  }
  const data = join(dir, "data"), listen = `127.0.0.1:${await freePort()}`, base = `http://${listen}`;
  const node = { child: null, out: "" };
  const start = () => {
    node.child = spawn(bin, ["serve", "--data", data, "--listen", listen, "--rate-limits", "off", ...flags],
      { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [node.child.stdout, node.child.stderr]) stream.on("data", (b) => { node.out += b; });
  };
  const down = async () => {
    const gone = new Promise((done) => node.child.once("exit", done));
    node.child.kill("SIGTERM");
    await gone;
  };
  start();
  await until(() => /in\?t=/.test(node.out) && /Key /.test(node.out), node);
  return {
    base, down,
    link: node.out.match(/http\S+\/in\?t=\S+/)[0],
    key: node.out.match(/vell_pk_\w+/)[0],
    newLink: () => execFileSync(bin, ["sign-in-link", "--data", data]).toString().match(/http\S+/)[0],
    output: () => node.out,
    async up() {
      start();
      await until(() => fetch(base + "/in").then(() => true, () => false), node);
    },
    async stop() {
      await down();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
