import assert from "node:assert/strict";
import { inspect } from "node:util";
import { DAY, HOUR } from "../../retention/duration";
import type { Report } from "../../retention/types";
import { DeploymentError } from "../../simulator/provider/deploy";
import { Account, JOINED, LONG, outcomesOf, PLATFORM, partOf, SHOP } from "./support";

const THREE = ["checkout", "basket", "search"];
const ENFORCED = { mode: "enforce" };

describe("one function for all services of an account and Region", function () {
  this.timeout(60_000);
  let account: Account;
  let first: Report;

  before(async () => {
    account = await Account.open();
    account.register([...THREE, "invoices", "orders", "blue", "green"], { inactive: 3, active: 12 });
    await account.world.clock.advance(LONG);
    await account.deploy(PLATFORM, "examples/three-services");
    await account.deploy("invoices/prod", "examples/another-stack");
    await account.deploy("orders/prod", SHOP, {
      ...JOINED,
      "shop:services": { orders: { family: "orders", ...ENFORCED } },
    });
    first = await account.pass(HOUR);
  });
  after(() => account?.close());

  it("cleans three services of one program and a fourth that joined from another stack, on its schedule", async () => {
    for (const service of [...THREE, "orders"]) {
      assert.deepEqual(outcomesOf(first, service), { "deregister done": 2, "delete done": 3 }, service);
    }
    await account.pass(9 * DAY);
    for (const family of [...THREE, "orders"]) assert.deepEqual(account.count(family), { ACTIVE: 10 }, family);
  });

  it("only reports on a service that joined in mode report", () => {
    const actions = partOf(first, "invoices").plan?.revisions.map(({ action }) => action);
    assert.equal(actions?.filter((action) => action !== "keep").length, 5);
    assert.deepEqual(account.count("invoices"), { ACTIVE: 12, INACTIVE: 3 });
  });

  it("keeps services of the same name in two stacks apart, and goes on with one when the other is destroyed", async () => {
    for (const family of ["blue", "green"]) {
      const services = { payments: { family, ...ENFORCED } };
      await account.deploy(`payments/${family}`, SHOP, { ...JOINED, "shop:services": services });
    }
    await account.pass(DAY);
    for (const family of ["blue", "green"]) {
      assert.deepEqual(account.count(family), { ACTIVE: 10, INACTIVE: 2 }, family);
    }
    account.destroy("payments/blue");
    const report = await account.pass(9 * DAY);
    assert.deepEqual(account.count("green"), { ACTIVE: 10 });
    assert.deepEqual(account.count("blue"), { ACTIVE: 10, INACTIVE: 2 });
    assert.equal(report.services.filter(({ service }) => service === "payments").length, 1);
  });

  it("refuses a second function, of which nothing is left behind", async () => {
    const before = inspect(account.world.services, { depth: null });
    await assert.rejects(account.deploy("second/prod", SHOP), (error) => {
      assert(error instanceof DeploymentError);
      assert.match(error.message, /EntityAlreadyExists: Role with name ecs-retention-eu-west-1 already exists/);
      return true;
    });
    assert.equal(inspect(account.world.services, { depth: null }), before);
  });

  it("is allowed every call that it makes", () => assert.deepEqual(account.refused, []));
});
