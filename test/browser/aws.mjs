// Connecting AWS: a person copies the policies, tests a role that does not trust the server yet, connects it, sees the
// first sync end without loading the page, syncs again after a change at AWS, reads what is wrong when the role is taken
// away, and disconnects. Then the page is looked at in every mode, connected and not, and once without scripts.
//
//   npm ci && node aws.mjs
import assert from "node:assert/strict";
import { startDouble } from "./double.mjs";
import { launch } from "./browser.mjs";
import { stage } from "./stage.mjs";

const double = await startDouble();
const { server, tell, open, noFault, everyMode, play } = await stage({ name: "aws", refusals: [422], env: double.env });
await play("AWS is done.", async (page) => {
  await double.order({ product: { ID: "prod-1", Type: "SaaSProduct", Title: "Acme Shared Inbox", Short: "One inbox.", Long: "It sorts what customers ask." } });
  const id = await copyPolicies(page);
  await everyMode(["/settings/aws"]);
  await connect(page, id);
  await follow(page);
  await everyMode([
    ["/settings/aws", { as: "connected" }], ["/settings/aws?disconnect=1", { as: "disconnect" }], "/listings", "/deals",
    ["/settings/aws", { as: "refused", first: (p) => refuse(p) }],
  ]);
  await plain();
  await disconnect(page);
  await double.stop();
});

async function copyPolicies(page) {
  tell("find the page by its keys and copy what the role needs");
  await page.keyboard.press("g");
  await page.keyboard.press("x");
  await page.waitForURL(/\/settings\/aws$/);
  const policy = JSON.parse(await page.getByRole("group", { name: "Trust policy" }).textContent());
  const id = await page.getByRole("group", { name: "External id" }).textContent();
  assert.equal(policy.Statement[0].Condition.StringEquals["sts:ExternalId"], id);
  assert.deepEqual(JSON.parse(await page.getByRole("group", { name: "Permissions policy" }).textContent()).Statement[0].Action,
    ["aws-marketplace:ListEntities", "aws-marketplace:DescribeEntity"]);
  for (const what of ["external id", "trust policy", "permissions policy"]) {
    await page.getByRole("button", { name: `Copy the ${what}` }).click();
    await page.locator("#say").filter({ hasText: /Copied|Selected/ }).waitFor({ state: "attached" });
  }
  return id;
}

async function connect(page, id) {
  tell("test a role that does not trust this server yet, then one that does, and connect it");
  await page.goto(server.base + "/settings/aws");
  await page.getByLabel("ARN of the role").fill(double.role);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await page.locator("#role-error").filter({ hasText: "Check the trust policy" }).waitFor();
  assert.equal(await page.getByLabel("ARN of the role").inputValue(), double.role);
  await noFault(page, "a role that is refused");
  await double.order({ trust: id });
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await page.getByText("Nothing is stored yet").waitFor();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByText("1 new listing, 0 changed, 0 conflicts").waitFor(); // nobody has loaded the page
  await noFault(page, "connected");
}

async function follow(page) {
  tell("sync after a change at AWS, without loading the page");
  await double.order({ product: { ID: "prod-1", Type: "SaaSProduct", Title: "Acme Inbox for Teams", Short: "One inbox.", Long: "It sorts what customers ask." } });
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByText("0 new listings, 1 changed, 0 conflicts").waitFor();
  await page.goto(server.base + "/listings");
  await page.getByText("Acme Inbox for Teams").waitFor();
  await page.getByRole("link", { name: /^AWS synced/ }).click();
  await page.waitForURL(/\/settings\/aws$/);
}

async function refuse(page) {
  await page.getByText("Connect another role").click();
  await page.getByLabel("ARN of the role").fill("vellocity");
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await page.locator("#role-error").waitFor();
}

async function plain() {
  tell("test again and sync without scripts");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await open(ctx);
  await page.goto(server.newLink());
  await page.goto(server.base + "/settings/aws");
  await page.getByRole("button", { name: "Test again" }).click();
  await page.getByText("The role works.").waitFor();
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByText("A sync has started.").waitFor();
  await ctx.close();
}

async function disconnect(page) {
  tell("see what is wrong once the role is taken away, and disconnect");
  await double.order({ trust: "another" });
  await page.goto(server.base + "/settings/aws");
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.locator("#sync-error").filter({ hasText: "AWS says" }).waitFor();
  await noFault(page, "a sync that failed");
  await page.getByRole("link", { name: "Disconnect…" }).click();
  await page.getByText("Listings, their versions, items and deals stay here").waitFor();
  await page.getByRole("button", { name: "Disconnect AWS" }).click();
  await page.getByText("AWS was disconnected").waitFor();
  await page.getByRole("heading", { name: "Create a role" }).waitFor();
}
