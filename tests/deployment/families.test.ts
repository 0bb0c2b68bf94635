import assert from "node:assert/strict";
import { HOUR } from "../../retention/duration";
import type { Report } from "../../retention/types";
import { Account, LONG, outcomesOf, PLATFORM, partOf, SHOP } from "./support";

const NEIGHBOURS = ["check", "checkout-worker", "checkout2", "checkout_", "Checkout"];
const enforced = (family: string) => ({ family, mode: "enforce" });

describe("families", function () {
  this.timeout(60_000);
  let account: Account;
  let report: Report;

  before(async () => {
    account = await Account.open();
    account.register(["checkout", "shared", ...NEIGHBOURS], { inactive: 3 });
    await account.world.clock.advance(LONG);
    const services = { checkout: enforced("checkout"), web: enforced("shared"), api: enforced("shared") };
    await account.deploy(PLATFORM, SHOP, { "shop:services": services });
    report = await account.pass(HOUR);
  });
  after(() => account?.close());

  it("that two policies claim are an error of both, and keep all their revisions", () => {
    for (const [service, other] of [
      ["web", "api"],
      ["api", "web"],
    ] as const) {
      const { problems, outcomes, plan } = partOf(report, service);
      assert.deepEqual(
        problems.map(({ path, given }) => [path, given]),
        [["family", `"shared", also claimed by ${account.key(other)}`]],
      );
      assert.deepEqual([outcomes, plan], [[], undefined]);
    }
    assert.deepEqual(account.count("shared"), { ACTIVE: 12, INACTIVE: 3 });
  });

  it("whose names only resemble a claimed one keep all their revisions", () => {
    assert.deepEqual(outcomesOf(report, "checkout"), { "deregister done": 2, "delete done": 3 });
    for (const family of NEIGHBOURS) assert.deepEqual(account.count(family), { ACTIVE: 12, INACTIVE: 3 }, family);
  });

  it("need no call that is refused", () => assert.deepEqual(account.refused, []));
});
