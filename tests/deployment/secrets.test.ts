import assert from "node:assert/strict";
import { inspect } from "node:util";
import { HOUR } from "../../retention/duration";
import { STORE } from "../../retention/store-layout";
import { stackOf } from "../../simulator/provider/deploy";
import { logEvents } from "../../simulator/services/logs";
import type { ObjectVersion } from "../../simulator/services/s3";
import { Account, APP, LONG, outcomesOf, partOf, SHOP } from "./support";

const MARKER = "hunter2-planted-in-environment";
const SECRET = new RegExp(MARKER);
/** No secret, and nobody's business either. */
const VALUE = /blue-feature-is-on/;
const app = {
  ...APP,
  secrets: [{ name: "KEY", valueFrom: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/key" }],
  environment: [
    { name: "TOKEN", value: MARKER },
    { name: "FEATURES", value: VALUE.source },
  ],
};
const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

describe("a plain secret in a container's environment", function () {
  this.timeout(60_000);
  let account: Account;
  const quickstart = { "quickstart:containerDefinitions": [app], "quickstart:mode": "enforce" };
  const resources = () =>
    ["quickstart/dev", "joined/dev"].flatMap((name) => {
      const [project = "", stack = ""] = name.split("/");
      return stackOf(account.world, { organization: "acme", project, stack }).resources;
    });

  before(async () => {
    account = await Account.open();
    account.register(["checkout"], { inactive: 3, containerDefinitions: [app] });
    await account.world.clock.advance(LONG);
    await account.deploy("quickstart/dev", "examples/quickstart", quickstart);
    await account.deploy("joined/dev", SHOP, {
      "shop:platform": "acme/quickstart/dev",
      "shop:services": { basket: { family: "basket", executionRole: { containers: { app } } } },
    });
    const report = await account.pass(HOUR);
    assert.deepEqual(outcomesOf(report, "checkout"), { "deregister done": 3, "delete done": 3 });
    assert.deepEqual(partOf(report, "basket").problems, []);
    assert.deepEqual(account.refused, []);
  });
  after(() => account?.close());

  it("was there to be found: in the task definition, which the function described", () => {
    const definition = resources().find(({ type }) => type === TASK_DEFINITION);
    assert.match(inspect(definition, { depth: null }), SECRET);
    assert.ok(account.calls.some(({ operation }) => operation === "DescribeTaskDefinition"));
  });

  it("is in no input and no output of any other resource", () => {
    const others = resources().filter(({ type }) => type !== TASK_DEFINITION);
    assert.equal(others.filter(({ type }) => type === "ecs-retention:index:ExecutionRole").length, 2);
    for (const { urn, ...each } of others) assert.doesNotMatch(inspect(each, { depth: null }), SECRET, urn);
  });

  it("is in no line of any log group", () => {
    const { groups } = account.world.services.logs.at(account.scope);
    const lines = [...groups.keys()].flatMap((group) => logEvents(account.scope, group)).map(({ message }) => message);
    assert.ok(lines.some((line) => line.includes("run ended")));
    for (const line of lines) for (const value of [SECRET, VALUE]) assert.doesNotMatch(line, value);
  });

  it("is in no object of the store, no policy, no queue and no function", () => {
    const objects =
      account.world.services.s3.buckets.get(account.bucket)?.objects ?? new Map<string, ObjectVersion[]>();
    for (const prefix of Object.values(STORE).filter((prefix) => prefix !== STORE.control)) {
      assert.ok(
        [...objects.keys()].some((key) => key.startsWith(prefix)),
        prefix,
      );
    }
    for (const [key, versions] of objects) {
      for (const { body } of versions) {
        assert.doesNotMatch(String(body), SECRET, key);
        assert.equal(VALUE.test(String(body)), key.startsWith(STORE.archive), key);
      }
    }
    const { iam, sqs, lambda, scheduler } = account.world.services;
    assert.doesNotMatch(inspect({ iam, sqs, lambda, scheduler }, { depth: null }), SECRET);
  });
});
