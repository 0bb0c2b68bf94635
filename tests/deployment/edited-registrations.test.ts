import assert from "node:assert/strict";
import { DAY } from "../../retention/duration";
import type { Registration, Report } from "../../retention/types";
import { Account, LONG, outcomesOf, PLATFORM, partOf, SHOP } from "./support";

const SERVICES = {
  checkout: { family: "checkout", mode: "enforce" },
  basket: { family: "basket", mode: "enforce", taskDefinitions: { keepFor: "1d", unusedFor: "1d" } },
  search: { family: "search" },
};

type Edit = (registration: Registration, basket: Registration) => object;

/** What somebody who may write to the store could try. */
const EDITS: Record<string, { service: "checkout" | "search"; edit: Edit }> = {
  "that keeps fewer revisions": {
    service: "checkout",
    edit: ({ policy, ...rest }) => ({
      ...rest,
      policy: { ...policy, taskDefinitions: { ...policy.taskDefinitions, keepRevisions: 1 } },
    }),
  },
  "of another family": {
    service: "checkout",
    edit: ({ policy, ...rest }) => ({ ...rest, policy: { ...policy, family: "payments" } }),
  },
  "with another service's role": {
    service: "checkout",
    edit: (registration, { cleanupRoleArn }) => ({ ...registration, cleanupRoleArn }),
  },
  "that enforces what was deployed to report, with another service's role": {
    service: "search",
    edit: ({ policy, ...rest }, { cleanupRoleArn }) => ({
      ...rest,
      policy: { ...policy, mode: "enforce" },
      cleanupRoleArn,
    }),
  },
};

describe("a registration that was edited by hand", function () {
  this.timeout(60_000);
  let account: Account;

  before(async () => {
    account = await Account.open();
    account.register(["checkout", "basket", "search", "payments"], { inactive: 3 });
    await account.world.clock.advance(LONG);
    await account.deploy(PLATFORM, SHOP, { "shop:services": SERVICES });
  });
  after(() => account?.close());

  /** Tomorrow's run, in which basket always has something to remove. */
  async function next(): Promise<Report> {
    account.register(["basket"], { active: 2 });
    return account.pass(DAY);
  }

  /** The first run that would remove of a service: one about another family than before begins its ledger anew. */
  async function nextThatTries(service: string): Promise<Report> {
    for (let day = 0; day <= 32; day++) {
      const report = await next();
      if (partOf(report, service).outcomes.length > 0) return report;
    }
    throw new Error(`no run tried to remove anything of ${service}`);
  }

  for (const [what, { service, edit }] of Object.entries(EDITS)) {
    it(`${what} is refused by IAM and removes nothing, and other services go on`, async () => {
      const deployed = account.registration(service);
      const untouched = () => [service, "payments"].map((family) => account.count(family));
      const before = untouched();
      const refused = account.refused.length;
      account.edit(service, edit(deployed, account.registration("basket")));
      const report = await nextThatTries(service);

      const { cleanupRoleArn: role } = account.registration(service);
      assert.deepEqual(account.refused.slice(refused), [`sts:AssumeRole ${role}`]);
      assert.deepEqual(untouched(), before);
      // A note in the first run that is refused, a problem in the second one.
      const { problems, notes, outcomes } = partOf(report, service);
      const said = [...notes, ...problems.map(({ fix }) => fix)];
      assert.ok(said.some((text) => text.startsWith("policy and role differ: being deployed, or edited")));
      assert.ok(outcomes.every(({ postponedBy }) => postponedBy === "refused"));
      assert.ok((outcomesOf(report, "basket")["deregister done"] ?? 0) > 0);
      account.edit(service, deployed);
    });
  }

  it("is worked with again once it is as it was deployed", async () => {
    const report = await nextThatTries("checkout");
    assert.deepEqual(partOf(report, "checkout").problems, []);
    assert.equal(account.count("checkout").ACTIVE, 10);
  });
});
