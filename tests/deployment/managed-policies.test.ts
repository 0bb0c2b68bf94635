import assert from "node:assert/strict";
import { rolePolicies } from "../../simulator/services/iam";
import { ACCOUNT, Account, APP, PLATFORM, SHOP } from "./support";

const secrets = Array.from({ length: 120 }, (_, index) => ({
  name: `S${index}`,
  valueFrom: `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:shop/${index}-AbCdEf`,
}));

describe("an execution role in managed policies", function () {
  this.timeout(60_000);
  let account: Account;
  before(async () => {
    account = await Account.open();
  });
  after(() => account?.close());

  async function deployed(policyCount?: number, count = secrets.length) {
    const containers = { app: { ...APP, secrets: secrets.slice(0, count) } };
    const checkout = { family: "checkout", executionRole: { containers, policyCount } };
    const { steps } = await account.deploy(PLATFORM, SHOP, { "shop:services": { checkout } });
    return steps
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
      .filter((step) => step.includes("-execution-") && !step.startsWith("same "));
  }
  const readable = () =>
    account
      .grants(account.role("checkout-execution-role"))
      .filter(({ Action }) => Action.includes("secretsmanager:GetSecretValue"))
      .flatMap(({ Resource }) => Resource);
  const policies = () => rolePolicies(account.scope, account.role("checkout-execution-role")).identity.length;

  it("is allowed the same by any number of them, and none is left behind when the number changes", async () => {
    for (const count of [3, 2, 4]) {
      await deployed(count);
      assert.equal(policies(), count);
      assert.equal(account.world.services.iam.of(ACCOUNT).policies.size, count);
      assert.deepEqual(readable().sort(), secrets.map(({ valueFrom }) => valueFrom).sort());
    }
  });

  it("keeps the policies that stay, by their names", async () => {
    await deployed(4);
    assert.deepEqual((await deployed(3)).filter((step) => !step.startsWith("update ")).sort(), [
      "delete checkout-execution-attachment-4",
      "delete checkout-execution-policy-4",
    ]);
  });

  it("does not change all of them for one more secret", async () => {
    await deployed(4, secrets.length - 1);
    const steps = await deployed(4);
    assert.ok(steps.length > 0 && steps.length < 4, steps.join());
    for (const step of steps) assert.match(step, /^update checkout-execution-policy-\d$/);
  });

  it("goes back to one inline policy where fewer secrets fit into it", async () => {
    await deployed(undefined, 20);
    assert.equal(policies(), 1);
    assert.equal(account.world.services.iam.of(ACCOUNT).policies.size, 0);
    assert.equal(readable().length, 20);
  });
});
