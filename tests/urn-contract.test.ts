import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CleanupFunction,
  ExecutionRole,
  RepositoryRetention,
  RetentionStore,
  ServiceRetention,
  TaskRole,
} from "../index";
import { recordDeployment } from "./components/support/record-deployment";

const containers = { app: { image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1" } };
const statements = [{ actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-west-1:111122223333:orders"] }];

/** Each component as `example`, with every optional child. */
const examples: Record<string, () => unknown> = {
  CleanupFunction: () => new CleanupFunction("example", { paused: true }),
  ExecutionRole: () => new ExecutionRole("example", { containers }),
  "ExecutionRole with managed policies": () => new ExecutionRole("example", { containers, policyCount: 2 }),
  RepositoryRetention: () => new RepositoryRetention("example", { repositoryName: "shop/example" }),
  RetentionStore: () => new RetentionStore("example"),
  ServiceRetention: () =>
    new ServiceRetention("example", {
      family: "example",
      mode: "enforce",
      executionRole: { containers },
      images: { repositories: { app: { repositoryName: "shop/example", lifecyclePolicy: {} } } },
    }),
  TaskRole: () => new TaskRole("example", { enableExecuteCommand: true, statements }),
};

/**
 * A child whose type, name or parent changes is deleted and made anew in every stack. Change urn-contract.json only
 * together with an alias, or for a major version.
 */
describe("the URNs that stacks depend on", () => {
  const contract = JSON.parse(readFileSync(join(__dirname, "urn-contract.json"), "utf8"));

  it("are listed for every component", () => {
    assert.deepEqual(Object.keys(contract), Object.keys(examples));
  });

  for (const [component, program] of Object.entries(examples)) {
    it(`stay for ${component} what the contract says`, async () => {
      const all = await recordDeployment(program);
      const nameOf = (urn: string) => urn.split("::").at(-1);
      assert.deepEqual(
        all.map(({ type, name, parent }) => `${nameOf(parent) || "-"} > ${type} ${name}`).sort(),
        contract[component],
      );
      // The provider's own aliases name types alone.
      const ours = all.flatMap(({ aliases }) => aliases).filter((alias) => JSON.parse(alias).spec?.name);
      assert.deepEqual(ours, []);
    });
  }
});
