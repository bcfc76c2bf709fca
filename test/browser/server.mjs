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

// startServer builds the binary, unless VELLOCITY_BIN names one, and returns the
// address, what the server printed, and a stop.
export async function startServer(env = {}, flags = []) {
  const dir = mkdtempSync(join(tmpdir(), "vellocity-walk-"));
  let bin = process.env.VELLOCITY_BIN;
  if (!bin) {
    bin = join(dir, "vellocity");
    execFileSync("go", ["build", "-o", bin, "./cmd/vellocity"], { cwd: root, stdio: "inherit" });
  }
  const data = join(dir, "data"), listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(bin, ["serve", "--data", data, "--listen", listen, "--rate-limits", "off", ...flags],
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (b) => { out += b; });
  child.stderr.on("data", (b) => { out += b; });
  const deadline = Date.now() + 30000;
  while (!/in\?t=/.test(out) || !/Key /.test(out)) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`the server did not start:\n${out}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    base: `http://${listen}`,
    link: out.match(/http\S+\/in\?t=\S+/)[0],
    key: out.match(/vell_pk_\w+/)[0],
    newLink: () => execFileSync(bin, ["sign-in-link", "--data", data]).toString().match(/http\S+/)[0],
    output: () => out,
    async stop() {
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
