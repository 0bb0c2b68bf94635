import assert from "node:assert/strict";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { ACCOUNT, Pulumi, REGION, type Stack } from "./pulumi";
import { changes, inOrder, ok } from "./run";

describe("a service whose execution role is derived, by the real engine", () => {
  let pulumi: Pulumi;
  let stack: Stack;

  beforeEach(async () => {
    pulumi = await Pulumi.start();
    stack = await pulumi.stack("tests/engine/programs/role-of-service", "test");
  });
  afterEach(() => pulumi.close());

  const grants = async () =>
    JSON.stringify((await stack.resources()).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs);

  for (const [policyCount, policies] of [
    [undefined, ["checkout-policy"]],
    ["2", ["checkout-policy-1", "checkout-policy-2", "checkout-attachment-1", "checkout-attachment-2"]],
  ] as const) {
    it(`has its task definition wait for ${policies.join(", ")}, not only for the role, and go before them`, async () => {
      await stack.configure(policyCount ? { policyCount } : {});
      const made = inOrder(await ok(stack.up())).map((change) => change.replace("create ", ""));
      for (const policy of policies) {
        assert.ok(made.includes(policy) && made.indexOf(policy) < made.indexOf("checkout"), made.join());
      }
      const definition = (await stack.resources()).find(({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition");
      const waits = definition?.dependencies?.map((urn) => urn.split("::").at(-1)) ?? [];
      const attached = policies.filter((name) => name === "checkout-policy" || name.includes("attachment"));
      for (const name of attached) assert.ok(waits.includes(name), waits.join());
      const gone = inOrder(await ok(stack.destroy()));
      for (const name of attached) {
        assert.ok(gone.indexOf("delete checkout") < gone.indexOf(`delete ${name}`), gone.join());
      }
    });
  }

  it("registers no task definition where a policy could not be attached", async () => {
    await stack.configure({ policyCount: "11" });
    const { status, errors } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(errors, /PoliciesPerRole: 10/);
    assert.ok([...pulumi.world.services.iam.of(ACCOUNT).roles.keys()].some((name) => name.startsWith("checkout-role")));
    assert.deepEqual(listRevisions(pulumi.world.scope(ACCOUNT, REGION)), []);
  });

  it("keeps its task definition while the number of policies changes, and leaves none behind", async () => {
    await ok(stack.up());
    const before = await grants();
    assert.match(before, /app: secrets\[2\]\.valueFrom/);
    for (const [policyCount, expected] of [
      [
        "2",
        ["checkout-attachment-1", "checkout-attachment-2", "checkout-policy-1", "checkout-policy-2"]
          .map((name) => `create ${name}`)
          .concat("delete checkout-policy"),
      ],
      ["1", ["delete checkout-attachment-2", "delete checkout-policy-2", "update checkout-policy-1"]],
    ] as const) {
      await stack.configure({ policyCount });
      assert.deepEqual(changes(await ok(stack.preview())), expected);
      assert.deepEqual(changes(await ok(stack.up())), expected);
      assert.equal(await grants(), before);
      assert.equal(pulumi.world.services.iam.of(ACCOUNT).policies.size, Number(policyCount));
      assert.deepEqual(changes(await ok(stack.up())), []);
    }
  });
});
