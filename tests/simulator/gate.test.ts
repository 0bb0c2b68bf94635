import assert from "node:assert/strict";
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { AwsError, type Fault, KilledError, SimulatorError, World } from "../../simulator";
import { OPERATIONS } from "../../simulator/services";
import { connectTo } from "../../simulator/wire/middleware";

const ACCOUNT = "111111111111";
const REGION = "eu-central-1";

describe("the gate", () => {
  let world: World;
  let ecs: ECSClient;
  const containerDefinitions = [{ name: "app", image: "nginx:1.27" }];
  const register = (family: string) => ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
  const deregister = (taskDefinition: string) => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  const listed = async () => (await ecs.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns?.length;
  /** Calls until one is throttled. */
  const burst = async (call: (n: number) => Promise<unknown>) => {
    for (let n = 0; n < 200; n += 1) {
      try {
        await call(n);
      } catch (error) {
        assert.equal((error as AwsError).name, "ThrottlingException");
        assert.equal((error as AwsError).$metadata.httpStatusCode, 400);
        return n;
      }
    }
    return 200;
  };
  const faultAt = (operation: string, fault: Fault) => {
    world.gate.faults = (call) => (call.operation === operation ? fault : undefined);
  };

  beforeEach(() => {
    world = new World();
    ecs = connectTo(world, world.admin(ACCOUNT), REGION).ecs();
  });

  it("throttles at AWS's bucket sizes: register and deregister share 20 and 1 a second", async () => {
    assert.equal(await burst((n) => (n % 2 === 0 ? register("a") : deregister(`a:${(n + 1) / 2}`))), 20);
    await world.clock.advance(1000);
    assert.equal(await burst(() => register("a")), 1);
    await world.clock.advance(3_600_000);
    assert.equal(await burst(() => register("a")), 20);
  });

  it("throttles deletions at 5 and 1 a second, reads at 50 and 20 a second", async () => {
    const remove = () => ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ["a:1"] }));
    const describeOne = () => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "a:1" }));
    await register("a");
    assert.equal(await burst(remove), 5);
    assert.equal(await burst(describeOne), 50);
    await world.clock.advance(1000);
    assert.equal(await burst(remove), 1);
    assert.equal(await burst(describeOne), 20);
  });

  it("keeps a bucket for each account and Region", async () => {
    assert.equal(await burst(() => register("a")), 20);
    const other = connectTo(world, world.admin(ACCOUNT), "us-east-1").ecs();
    await other.send(new RegisterTaskDefinitionCommand({ family: "a", containerDefinitions }));
  });

  it("answers an operation outside its table with NotImplemented, 501 and its name", async () => {
    const call = {
      principal: world.admin(ACCOUNT),
      region: REGION,
      service: "ecs",
      operation: "UpdateCluster",
      input: {},
    };
    await assert.rejects(world.gate.call(call), (error: AwsError) => {
      assert.deepEqual([error.name, error.statusCode], ["NotImplemented", 501]);
      assert.match(error.message, /ecs:UpdateCluster/);
      return true;
    });
  });

  it("records who asked for what, when, what IAM said and what came of it", async () => {
    await world.clock.advance(1000);
    await assert.rejects(deregister("a:1"));
    const [{ at, principal, operation, action, resources, decision, error } = {}] = world.gate.calls;
    assert.deepEqual(
      { at, principal, operation, action, resources, decision, error },
      {
        at: world.clock.now(),
        principal: `arn:aws:iam::${ACCOUNT}:user/admin`,
        operation: "DeregisterTaskDefinition",
        action: "ecs:DeregisterTaskDefinition",
        resources: ["*"],
        decision: "allowed",
        error: "ClientException",
      },
    );
  });

  it("applies a fault before or after the behaviour", async () => {
    const broken = new AwsError("ServerException", "Service Unavailable", 500);
    faultAt("RegisterTaskDefinition", { before: broken });
    await assert.rejects(register("a"), broken);
    assert.equal(await listed(), 0);
    faultAt("RegisterTaskDefinition", { after: broken });
    await assert.rejects(register("a"), broken);
    assert.equal(await listed(), 1);
  });

  for (const [when, done] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    it(`kills a process ${when} a call takes effect: it neither hears an answer nor makes another call`, async () => {
      faultAt("RegisterTaskDefinition", { [when]: "kill" });
      let wentOn = false;
      const run = world.clock.actor(async () => {
        await register("a").catch(() => undefined);
        wentOn = true;
        await deregister("a:1");
      });
      await assert.rejects(run, KilledError);
      await world.clock.advance(60_000);
      assert.equal(wentOn, false);
      assert.deepEqual(
        world.gate.calls.map((call) => call.operation),
        ["RegisterTaskDefinition"],
      );
      world.gate.faults = undefined;
      assert.equal(await listed(), done);
    });
  }

  it("tells a killed caller that is no actor, so that a door can cut its connection", async () => {
    faultAt("RegisterTaskDefinition", { before: "kill" });
    await assert.rejects(register("a"), KilledError);
  });

  it("interleaves callers by its seed, and the same way for the same seed", async () => {
    const order = async (seed: number) => {
      const each = new World({ seed });
      const client = connectTo(each, each.admin(ACCOUNT), REGION).ecs();
      const caller = async (family: string) => {
        for (let n = 0; n < 6; n += 1) {
          await client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
        }
      };
      await Promise.all(["a", "b", "c"].map((family) => each.clock.actor(() => caller(family))));
      return each.gate.calls.map((call) => call.resources[0]?.at(-3)).join("");
    };
    const orders = await Promise.all([1, 1, 2, 3].map(order));
    assert.equal(orders[0], orders[1]);
    assert.equal(new Set(orders).size, 3);
    assert.notEqual(orders[0], "a".repeat(6) + "b".repeat(6) + "c".repeat(6));
  });

  it("repeats an earlier answer where a fault says so, for ten minutes and only to the same read", async () => {
    world.gate.remembers = true;
    await register("a");
    assert.equal(await listed(), 1);
    await register("a");
    faultAt("ListTaskDefinitions", { stale: true });
    await world.clock.advance(10 * 60_000);
    assert.equal(await listed(), 1);
    assert.equal(world.gate.calls.at(-1)?.stale, true);
    const other = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: "a" }));
    assert.equal(other.taskDefinitionArns?.length, 2);
    const elsewhere = connectTo(world, world.admin(ACCOUNT), "us-east-1").ecs();
    assert.deepEqual((await elsewhere.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns, []);
    await world.clock.advance(1);
    assert.equal(await listed(), 2);
    faultAt("RegisterTaskDefinition", { stale: true });
    assert.notEqual((await register("a")).taskDefinition?.revision, (await register("a")).taskDefinition?.revision);
  });

  it("keeps the last calls only, where a long simulation wants that, and still counts all for faults", async () => {
    world.gate.keep = 2;
    const counted: number[] = [];
    world.gate.faults = (_call, n) => void counted.push(n);
    for (const family of ["a", "b", "c", "d", "e"]) await register(family);
    assert.deepEqual(
      world.gate.calls.slice(-2).map((call) => call.resources[0]?.split("/").at(-1)),
      ["d:1", "e:1"],
    );
    assert.ok(world.gate.calls.length <= 4);
    assert.deepEqual(counted, [1, 2, 3, 4, 5]);
  });

  it("does not let time move while a call is on its way", async () => {
    const before = world.clock.now();
    const asleep = world.clock.sleep(60_000);
    await ecs.send(new ListClustersCommand({}));
    assert.equal(world.gate.calls[0]?.at, before);
    await asleep;
  });

  describe("where IAM refuses the question itself", () => {
    const honest = OPERATIONS.ecs?.DeregisterTaskDefinition;
    beforeEach(() => {
      const resources = () => [`arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/a:1`];
      Object.assign(OPERATIONS.ecs ?? {}, { DeregisterTaskDefinition: { ...honest, resources } });
    });
    afterEach(() => void Object.assign(OPERATIONS.ecs ?? {}, { DeregisterTaskDefinition: honest }));

    it("says so as the simulator's own error, and answers nothing after it", async () => {
      await register("a");
      const loud = (error: Error) => error instanceof SimulatorError && /must\.use\.wildcard/.test(error.message);
      await assert.rejects(deregister("a:1"), loud);
      assert.equal(world.gate.calls.at(-1)?.decision, undefined);
      await assert.rejects(listed(), loud);
    });
  });

  it("answers a call in well under a millisecond once IAM's decision is remembered", async () => {
    await listed();
    const started = performance.now();
    for (let n = 0; n < 1000; n += 1) {
      await ecs
        .send(new ListClustersCommand({}))
        .catch((error: AwsError) => assert.equal(error.name, "ThrottlingException"));
    }
    assert.ok((performance.now() - started) / 1000 < 0.5, `${performance.now() - started} us a call`);
  });
});
