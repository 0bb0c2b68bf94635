import assert from "node:assert/strict";
import type { Principal } from "../../simulator";
import { ACCOUNT, Account, REGION } from "./support";

const QUICKSTART = ["quickstart/dev", "examples/quickstart"] as const;
const REMOVES = /\*|Delete|Deregister|Remove|Terminate|Stop|Detach|Update|Untag/;
const revision = (family: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:1`;

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

describe("rights to remove of the quickstart", function () {
  this.timeout(60_000);

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
    // AWS has no narrower grant for it; what else tells families apart is proved in tests/proof.
    assert.deepEqual(await removalsAllowed(account, account.as(role), "basket"), ["ecs:DeregisterTaskDefinition"]);
    for (const other of account.roles.filter((each) => each !== role)) {
      assert.deepEqual(await removalsAllowed(account, account.as(other), "checkout"), [], other.name);
    }
  });

  it("go with the change back to report", async () => {
    await account.deploy(...QUICKSTART);
    assert.equal(account.roles.length, 3);
    assert.deepEqual(removing(), []);
  });
});
