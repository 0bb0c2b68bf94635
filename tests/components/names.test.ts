import assert from "node:assert/strict";
import { CleanupFunction, ExecutionRole, RetentionStore, ServiceRetention, TaskRole } from "../../index";
import { attemptDeployment, recordDeployment } from "./support/record-deployment";

/** Characters that AWS takes for names that Pulumi generates: https://www.pulumi.com/docs/iac/concepts/resources/names/ */
const LIMITS: Record<string, number> = {
  "aws:s3/bucket:Bucket": 63,
  "aws:iam/role:Role": 64,
  "aws:lambda/function:Function": 64,
  "aws:scheduler/schedule:Schedule": 64,
  "aws:scheduler/scheduleGroup:ScheduleGroup": 64,
  "aws:sqs/queue:Queue": 80,
};
const containers = { app: { image: "nginx" } };

const components: Record<string, { longest: number; make(name: string): unknown }> = {
  CleanupFunction: { longest: 42, make: (name) => new CleanupFunction(name) },
  RetentionStore: { longest: 48, make: (name) => new RetentionStore(name) },
  ExecutionRole: { longest: 51, make: (name) => new ExecutionRole(name, { containers }) },
  TaskRole: { longest: 51, make: (name) => new TaskRole(name) },
  "ServiceRetention with a function of its own": {
    longest: 34,
    make: (name) => new ServiceRetention(name, { family: "checkout" }),
  },
};

describe("the name of a component", () => {
  for (const [component, { longest, make }] of Object.entries(components)) {
    it(`leaves room for the physical names of the children of a ${component} up to ${longest} characters`, async () => {
      const all = await recordDeployment(() => make("n".repeat(longest)));
      assert.ok(all.some(({ type }) => type in LIMITS));
      for (const { type, name, inputs } of all) {
        const limit = LIMITS[type];
        if (limit && !inputs.name) assert.ok(name.length + "-1a2b3c4".length <= limit, `${type} ${name}`);
      }
    });

    it(`is refused beyond, before a ${component.split(" ")[0]} makes anything of AWS's`, async () => {
      const { result, errors } = await attemptDeployment(() => make("n".repeat(longest + 1)), { preview: true });
      assert.match(String(errors[0]), /name: got \d+ characters, expected at most \d+ characters, .*; shorten it/);
      assert.deepEqual(
        result.filter(({ type }) => type.startsWith("aws:")),
        [],
      );
    });
  }
});
