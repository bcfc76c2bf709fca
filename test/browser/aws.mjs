// Connecting AWS: a person copies the policies, tests a role that does not trust the server yet, connects it, sees the
// first sync end without loading the page, syncs again after a change at AWS, lets AWS check a listing and sends it,
// resolves a deal that was changed in both places, reads what is wrong when the role is taken away, and disconnects.
// Then the pages are looked at in every mode, connected and not, and once without scripts.
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
  await send(page);
  const deal = await differ(page);
  await everyMode([
    deal, "/listings/lst_1",
    ["/settings/aws", { as: "connected" }], ["/settings/aws?disconnect=1", { as: "disconnect" }], "/listings", "/deals",
    ["/settings/aws", { as: "refused", first: (p) => refuse(p) }],
  ]);
  await resolve(page, deal);
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

async function send(page) {
  tell("let AWS check a listing, read its fault at the field, and send it once it is fixed");
  await page.goto(server.base + "/listings/lst_1");
  await page.getByText("Nothing differs from AWS.").waitFor();
  await page.getByLabel(/^Short description/).fill("");
  await page.getByRole("button", { name: "Save listing" }).click();
  await page.getByText("Differs from AWS: short description.").waitFor();
  await page.getByRole("button", { name: "Check with AWS" }).click();
  await page.getByText("AWS found problems").waitFor(); // nobody has loaded the page
  await page.reload();
  await page.locator(".field", { has: page.getByLabel(/^Short description/) }).locator(".err").waitFor();
  await noFault(page, "a listing in which AWS found a fault");
  await page.getByLabel(/^Short description/).fill("One inbox for all who ask.");
  await page.getByRole("button", { name: "Save listing" }).click();
  await page.locator("summary", { hasText: "Send to AWS…" }).click();
  await page.getByText("Buyers will see these on AWS Marketplace").waitFor();
  await noFault(page, "what will be sent");
  await page.getByRole("button", { name: "Send to AWS", exact: true }).click();
  await page.getByText("Sent to AWS").waitFor();
  await page.getByText("Nothing differs from AWS.").waitFor();
}

// deal is an opportunity of Partner Central.
function deal(nextSteps) {
  return { Id: "O1", OpportunityType: "Net New Business", LifeCycle: { Stage: "Qualified", ReviewStatus: "Approved", NextSteps: nextSteps },
    Project: { Title: "Shared inbox for 40 agents" }, Customer: { Account: { CompanyName: "Norwick GmbH" } } };
}

// differ imports a deal, changes it in both places, and returns its page.
async function differ(page) {
  tell("import a deal from Partner Central, and change it here and there");
  await double.order({ opportunity: deal("Call") });
  await page.goto(server.base + "/settings/aws");
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByText("0 new listings, 0 changed, 0 conflicts").waitFor();
  await page.locator(".aws-facts").getByText("Synced.").waitFor();
  await page.goto(server.base + "/deals");
  await page.getByRole("link", { name: "Shared inbox for 40 agents" }).click();
  await page.waitForURL(/\/deals\/opp_1/);
  await double.order({ opportunity: deal("Send the offer") });
  await page.getByLabel("Next step").fill("Show the product");
  await page.getByRole("button", { name: "Save deal" }).click();
  await page.waitForURL(/\/deals\/opp_1/);
  const both = page.getByText("These fields were changed in both places");
  for (const until = Date.now() + 20000; !(await both.count()) && Date.now() < until;) await page.reload();
  await both.waitFor();
  await noFault(page, "a deal in conflict");
  return "/deals/opp_1";
}

async function resolve(page, path) {
  tell("take what AWS has");
  await page.goto(server.base + path);
  await page.getByRole("button", { name: "Take what AWS has" }).click();
  await page.getByText("The conflict was resolved.").waitFor();
  assert.equal(await page.getByLabel("Next step").inputValue(), "Send the offer");
  assert.equal(await page.locator(".deal-conflict").count(), 0);
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
