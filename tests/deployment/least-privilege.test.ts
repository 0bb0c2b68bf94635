import assert from "node:assert/strict";
import { policyHash } from "../../retention/policy";
import type { Principal } from "../../simulator";
import type { Role } from "../../simulator/services/iam";
import { ACCOUNT, Account, LONG, PLATFORM, REGION, SHOP } from "./support";

const QUICKSTART = ["quickstart/dev", "examples/quickstart"] as const;
const REMOVES = /\*|Delete|Deregister|Remove|Terminate|Stop|Detach|Update|Untag/;
const revision = (family: string, region = REGION) => `arn:aws:ecs:${region}:${ACCOUNT}:task-definition/${family}:1`;

/** What removes, and what would make somebody remove. */
async function removalsAllowed(account: Account, principal: Principal, family: string): Promise<string[]> {
  const store = { Bucket: account.bucket, Key: account.key("checkout") };
  const calls: [string, object][] = [
    ["ecs:DeregisterTaskDefinition", { taskDefinition: revision(family) }],
    ["ecs:DeleteTaskDefinitions", { taskDefinitions: [revision(family)] }],
    ["s3:DeleteObject", store],
    ["s3:PutObject", { ...store, Body: "{}" }],
  ];
  const allowed: string[] = [];
  for (const [call, input] of calls) {
    const decision = await account.decision(principal, call, input);
    assert.ok(decision, `IAM was not asked about ${call}`);
    if (decision === "allowed") allowed.push(call);
  }
  return allowed;
}

describe("rights to remove", function () {
  this.timeout(60_000);

  describe("of the quickstart", () => {
    let account: Account;
    const removing = () =>
      account.roles.flatMap((role) =>
        account.grants(role).flatMap(({ Action }) => Action.filter((action) => REMOVES.test(action))),
      );

    before(async () => {
      account = await Account.open();
      account.register(["checkout"]);
      await account.deploy(...QUICKSTART);
    });
    after(() => account?.close());

    it("are held by no role in mode report", async () => {
      assert.equal(account.roles.length, 3);
      assert.deepEqual(removing(), []);
      for (const role of account.roles) {
        assert.deepEqual(await removalsAllowed(account, account.as(role), "checkout"), [], role.name);
      }
    });

    it("come with the change to enforce, for one new role alone", async () => {
      const before = account.roles.map(({ name }) => name);
      await account.deploy(...QUICKSTART, { "quickstart:mode": "enforce" });
      assert.deepEqual(removing(), ["ecs:DeregisterTaskDefinition", "ecs:DeleteTaskDefinitions"]);
      const [role, ...others] = account.roles.filter(({ name }) => !before.includes(name));
      assert.ok(role && others.length === 0);
      assert.equal(role.path, `/ecs-retention/${REGION}/`);
      assert.deepEqual(await removalsAllowed(account, account.as(role), "checkout"), removing());
    });

    it("go with the change back to report", async () => {
      await account.deploy(...QUICKSTART);
      assert.equal(account.roles.length, 3);
      assert.deepEqual(removing(), []);
    });
  });

  describe("of two enforced services", () => {
    let account: Account;
    let checkout: Role;
    let basket: Role;
    let own: Role;

    before(async () => {
      account = await Account.open();
      account.register(["checkout", "checkout-worker", "basket"], { inactive: 3 });
      await account.world.clock.advance(LONG);
      const services = {
        checkout: { family: "checkout", mode: "enforce" },
        basket: { family: "basket", mode: "enforce" },
      };
      await account.deploy(PLATFORM, SHOP, { "shop:services": services });
      checkout = account.role("checkout-");
      basket = account.role("basket-");
      own = account.role("ecs-retention-");
    });
    after(() => account?.close());

    it("let a cleanup role delete revisions of its own family in its own Region and nothing else", async () => {
      const deletes = (role: Role, family: string, region = REGION) =>
        account.decision(
          account.as(role),
          "ecs:DeleteTaskDefinitions",
          { taskDefinitions: [revision(family, region)] },
          region,
        );
      assert.equal(await deletes(checkout, "checkout"), "allowed");
      assert.equal(await deletes(basket, "basket"), "allowed");
      assert.equal(await deletes(basket, "checkout"), "denied");
      assert.equal(await deletes(checkout, "basket"), "denied");
      assert.equal(await deletes(checkout, "checkout-worker"), "denied");
      assert.equal(await deletes(checkout, "checkout", "eu-west-2"), "denied");
      const input = { taskDefinition: revision("checkout", "eu-west-2") };
      assert.equal(
        await account.decision(account.as(checkout), "ecs:DeregisterTaskDefinition", input, "eu-west-2"),
        "denied",
      );
      assert.deepEqual(await removalsAllowed(account, account.as(basket), "checkout"), [
        "ecs:DeregisterTaskDefinition",
      ]);
    });

    it("give the function's own role and the schedule's none", async () => {
      for (const role of [own, account.role("cleanup-scheduler")]) {
        assert.deepEqual(await removalsAllowed(account, account.as(role), "checkout"), [], role.name);
      }
    });

    it("are for the function's role with the external id of the deployed policy alone", async () => {
      const takes = (principal: Principal, ExternalId?: string) =>
        account.decision(principal, "sts:AssumeRole", {
          RoleArn: checkout.arn,
          RoleSessionName: "attempt",
          ExternalId,
        });
      const right = policyHash(account.registration("checkout").policy);
      assert.equal(await takes(account.as(own), right), "allowed");
      assert.equal(await takes(account.as(own), policyHash(account.registration("basket").policy)), "denied");
      assert.equal(await takes(account.as(own)), "denied");
      for (const role of account.roles.filter((role) => role !== own)) {
        assert.equal(await takes(account.as(role), right), "denied", role.name);
      }
      assert.equal(await takes(account.world.admin(ACCOUNT), right), "denied");
      assert.equal(await takes(account.world.admin("999999999999"), right), "denied");
    });
  });
});
