// Amazon's own clients talk to the double at the address that is given. Prints one JSON object: what they have read, and
// the names of the errors that they have understood.
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import {
  DescribeChangeSetCommand, DescribeEntityCommand, ListEntitiesCommand, MarketplaceCatalogClient, StartChangeSetCommand,
} from "@aws-sdk/client-marketplace-catalog";
import {
  GetOpportunityCommand, ListOpportunitiesCommand, PartnerCentralSellingClient, UpdateOpportunityCommand,
} from "@aws-sdk/client-partnercentral-selling";

const [endpoint, role, externalId] = process.argv.slice(2);
const common = { endpoint, region: "us-east-1", maxAttempts: 1 };
const out = { errors: {} };
const fails = async (name, call) => {
  try {
    await call();
    out.errors[name] = "none";
  } catch (e) {
    out.errors[name] = e.name;
    out[`${name}Fields`] = e.ErrorList?.map((f) => f.FieldName);
  }
};

const sts = new STSClient(common);
out.identity = (await sts.send(new GetCallerIdentityCommand({}))).Account;
const assume = { RoleArn: role, RoleSessionName: "proof", DurationSeconds: 900 };
await fails("noExternalId", () => sts.send(new AssumeRoleCommand(assume)));
const { Credentials: c } = await sts.send(new AssumeRoleCommand({ ...assume, ExternalId: externalId }));
const credentials = { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken };

const catalog = new MarketplaceCatalogClient({ ...common, credentials });
const Catalog = "AWSMarketplace";
const first = await catalog.send(new ListEntitiesCommand({ Catalog, EntityType: "SaaSProduct", MaxResults: 1 }));
const second = await catalog.send(new ListEntitiesCommand({
  Catalog, EntityType: "SaaSProduct", MaxResults: 1, NextToken: first.NextToken,
}));
out.entities = [...first.EntitySummaryList, ...second.EntitySummaryList].map((e) => e.SaaSProductSummary.ProductTitle);
await fails("wrongToken", () => catalog.send(new ListEntitiesCommand({
  Catalog, EntityType: "SaaSProduct", NextToken: "x",
})));
const entity = await catalog.send(new DescribeEntityCommand({ Catalog, EntityId: "prod-1" }));
out.title = JSON.parse(entity.Details).Description.ProductTitle;
out.sameTitle = entity.DetailsDocument.Description.ProductTitle;
await fails("noEntity", () => catalog.send(new DescribeEntityCommand({ Catalog, EntityId: "prod-none" })));

const run = async (intent, details, wait = true) => {
  const { ChangeSetId } = await catalog.send(new StartChangeSetCommand({
    Catalog, Intent: intent,
    ChangeSet: [{
      ChangeType: "UpdateInformation", DetailsDocument: details,
      Entity: { Type: "SaaSProduct@1.0", Identifier: "prod-1" },
    }],
  }));
  for (let n = 0; wait && n < 5; n++) {
    const set = await catalog.send(new DescribeChangeSetCommand({ Catalog, ChangeSetId }));
    if (set.Status === "SUCCEEDED") return "SUCCEEDED";
    if (set.Status === "FAILED") return set.ChangeSet[0].ErrorDetailList[0].ErrorMessage;
  }
};
await fails("applyUnchecked", () => run("APPLY", { ProductTitle: "New" }));
out.tooLong = await run("VALIDATE", { ProductTitle: "x".repeat(73) });
out.validated = await run("VALIDATE", { ProductTitle: "New" });
await run("APPLY", { ProductTitle: "New" }, false);
await fails("locked", () => run("VALIDATE", { ProductTitle: "Newer" }));

const selling = new PartnerCentralSellingClient({ ...common, credentials });
const list = await selling.send(new ListOpportunitiesCommand({ Catalog: "AWS", MaxResults: 5 }));
out.opportunities = list.OpportunitySummaries.map((o) => [o.Id, o.LastModifiedDate instanceof Date]);
const o = await selling.send(new GetOpportunityCommand({ Catalog: "AWS", Identifier: "O1" }));
const update = (LastModifiedDate, LifeCycle) => selling.send(new UpdateOpportunityCommand({
  Catalog: "AWS", Identifier: "O1", LastModifiedDate, LifeCycle, Project: o.Project,
}));
await fails("badStage", () => update(o.LastModifiedDate, { Stage: "Closed Lost" }));
await fails("tooFast", () => update(o.LastModifiedDate, { Stage: "Committed" }));
await new Promise((done) => { setTimeout(done, 1100); });
await update(o.LastModifiedDate, { Stage: "Committed" });
const after = await selling.send(new GetOpportunityCommand({ Catalog: "AWS", Identifier: "O1" }));
out.stage = after.LifeCycle.Stage;
out.customerGone = after.Customer === undefined; // a whole record replaces the one before
await new Promise((done) => { setTimeout(done, 1100); });
await fails("stale", () => update(o.LastModifiedDate, { Stage: "Launched" }));

// What is in a list, in which order, and since when.
const deals = async (more) => (await selling.send(new ListOpportunitiesCommand({ Catalog: "AWS", ...more })))
  .OpportunitySummaries.map((x) => x.Id).join(" ");
const up = { SortBy: "LastModifiedDate", SortOrder: "ASCENDING" };
out.ascending = await deals({ Sort: up });
out.byId = await deals({ Sort: { SortBy: "Identifier", SortOrder: "DESCENDING" } });
out.since = await deals({ Sort: up, LastModifiedDate: { AfterLastModifiedDate: after.LastModifiedDate } });
const page = await selling.send(new ListOpportunitiesCommand({ Catalog: "AWS", MaxResults: 1, Sort: up }));
out.nextPage = await deals({ MaxResults: 1, Sort: up, NextToken: page.NextToken });
await fails("badSort", () => deals({ Sort: { SortBy: "Mood", SortOrder: "ASCENDING" } }));

// What a review lets change, and what no record may say.
const change = async (Identifier, f) => {
  await new Promise((done) => { setTimeout(done, 1100); });
  const { Id, Catalog, CreatedDate, $metadata, ...whole } = await selling.send(
    new GetOpportunityCommand({ Catalog: "AWS", Identifier }));
  f(whole);
  return selling.send(new UpdateOpportunityCommand({ Catalog: "AWS", Identifier, ...whole }));
};
await fails("submitted", () => change("O2", (r) => { r.LifeCycle.NextSteps = "Call"; }));
await fails("actionTitle", () => change("O3", (r) => { r.Project.Title = "Other"; }));
await change("O3", (r) => { r.LifeCycle.TargetCloseDate = "2999-12-31"; });
await fails("enumAndLength", () => change("O3", (r) => {
  r.OpportunityType = "Gift";
  r.Project.CustomerBusinessProblem = "Short";
  r.Project.ExpectedCustomerSpend = [{ Amount: "a lot", CurrencyCode: "USD", Frequency: "Monthly", TargetCompany: "AWS" }];
}));
console.log(JSON.stringify(out));
