import assert from "node:assert/strict";
import type { Service, Task } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../simulator";
import {
  createCluster,
  createService,
  deleteCluster,
  runTask,
  serviceOf,
  startTaskSet,
  stopTask,
  updateService,
} from "../../../simulator/services/ecs-services";
import {
  ACCOUNT,
  answering,
  callsOf,
  connectAdmin,
  failing,
  gapsOf,
  HOUR,
  MINUTE,
  newWorld,
  REGION,
  register,
  scopeOf,
} from "../../cleanup/support";
import { itemGapsOf, read, references, shop, targetsOf } from "./support";

describe("readReferences", () => {
  it("finds every deployment of a service, at any count and in every cluster", async () => {
    const world = await shop();
    createCluster(scopeOf(world), "other");
    createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:1" });
    updateService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:2" });
    createService(scopeOf(world), { cluster: "other", service: "b", taskDefinition: "checkout:3", desiredCount: 0 });
    assert.deepEqual(await references(world), [
      "service-deployments checkout:1",
      "service-deployments checkout:2",
      "service-deployments checkout:3",
      "services checkout:1",
      "services checkout:2",
      "services checkout:3",
      "tasks checkout:1",
      "tasks checkout:2",
    ]);
  });

  it("finds every task set, and the tasks of each", async () => {
    const world = await shop();
    const ref = { cluster: "shop", service: "blue" };
    createService(scopeOf(world), { ...ref, taskDefinition: "checkout:4", controller: "CODE_DEPLOY" });
    startTaskSet(scopeOf(world), serviceOf(scopeOf(world), ref), "checkout:5");
    const found = await references(world);
    assert.deepEqual(found, ["services checkout:4", "services checkout:5", "tasks checkout:4", "tasks checkout:5"]);
  });

  it("counts a task that was told to stop until it has stopped", async () => {
    const world = await shop();
    const stopping = runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:1" });
    const stopped = runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:2" });
    stopTask(scopeOf(world), stopped);
    await world.clock.advance(MINUTE);
    stopTask(scopeOf(world), stopping);
    assert.deepEqual(await references(world), ["tasks checkout:1"]);
  });

  it("passes over tasks of daemons, whose task definitions are of another kind", async () => {
    const world = await shop();
    runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:1" });
    const taskDefinitionArn = `arn:aws:ecs:${REGION}:${ACCOUNT}:daemon-task-definition/agent:3`;
    const connect = answering(connectAdmin(world), "DescribeTasks", (output) => ({
      ...output,
      tasks: (output.tasks as Task[]).map((task) => ({ ...task, taskDefinitionArn })),
    }));
    assert.deepEqual(await references(world, connect), []);
  });

  it("reads ARNs of every partition", async () => {
    for (const partition of ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"]) {
      const world = await shop();
      runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:3" });
      const connect = answering(connectAdmin(world), "DescribeTasks", (output) => ({
        ...output,
        tasks: (output.tasks as Task[]).map((task) => ({
          ...task,
          taskDefinitionArn: task.taskDefinitionArn?.replace("arn:aws:", `arn:${partition}:`),
        })),
      }));
      assert.deepEqual(await references(world, connect), ["tasks checkout:3"], partition);
    }
  });

  it("makes calls that grow with services plus tasks, whatever the pages", async () => {
    const world = newWorld(0);
    await register(world, "checkout", 1);
    for (const cluster of ["one", "two"]) {
      createCluster(scopeOf(world), cluster);
      for (let index = 0; index < 25; index++) {
        const input = { cluster, service: `s${index}`, taskDefinition: "checkout:1", desiredCount: 5 };
        createService(scopeOf(world), input);
      }
    }
    await references(world);
    const made = (operation: string) => callsOf(world, operation).length;
    // 25 services and 125 tasks in each of two clusters.
    assert.equal(made("ListClusters"), 1);
    assert.equal(made("ListServices"), 2 * 1);
    assert.equal(made("DescribeServices"), 2 * 3);
    assert.equal(made("ListTasks"), 2 * (2 + 1));
    assert.equal(made("DescribeTasks"), 2 * 2);
  });

  describe("successes", () => {
    const ofService = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/shop/a`;

    it("are the primary deployment once it has completed, at the time when it did", async () => {
      const world = await shop();
      createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:1" });
      const at = world.clock.now() + 5 * MINUTE;
      assert.deepEqual((await read(world)).successes, []);
      await world.clock.advance(HOUR);
      updateService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:2" });
      const ofServices = async () => (await read(world)).successes.filter((each) => each.revision === 2);
      assert.deepEqual(await ofServices(), []);
      await world.clock.advance(HOUR);
      const [success] = await ofServices();
      assert.deepEqual(success, { family: "checkout", revision: 2, at: at + HOUR, by: ofService });
    });

    it("are the primary task set while it is steady", async () => {
      const world = await shop();
      const ref = { cluster: "shop", service: "a" };
      createService(scopeOf(world), { ...ref, taskDefinition: "checkout:4", controller: "CODE_DEPLOY" });
      startTaskSet(scopeOf(world), serviceOf(scopeOf(world), ref), "checkout:5");
      const at = world.clock.now();
      const told = async (stabilityStatus: string) => {
        const connect = answering(connectAdmin(world), "DescribeServices", (output) => ({
          ...output,
          services: (output.services as Service[]).map((service) => ({
            ...service,
            taskSets: service.taskSets?.map((each) => ({ ...each, stabilityStatus, stabilityStatusAt: new Date(at) })),
          })),
        }));
        return (await read(world, { connect })).successes;
      };
      assert.deepEqual(await told("STABILIZING"), []);
      assert.deepEqual(await told("STEADY_STATE"), [{ family: "checkout", revision: 4, at, by: ofService }]);
    });
  });

  describe("where something cannot be read", () => {
    for (const operation of ["ListClusters", "ListServices", "DescribeServices", "ListTasks", "DescribeTasks"]) {
      it(`makes a denied ${operation} a gap of the account that names the action, after one call`, async () => {
        const world = await shop();
        createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:1" });
        failing(world, operation, { before: new AwsError("AccessDeniedException", "no") });
        const { gaps } = await read(world);
        assert.equal(gaps.length, 1);
        assert.deepEqual([gaps[0]?.scope.kind, gaps[0]?.cause], ["account", "denied"]);
        assert.match(gaps[0]?.remedy ?? "", new RegExp(`ecs:${operation}`));
        assert.equal(callsOf(world, operation).length, 1);
      });
    }

    it("takes a cluster that vanishes between the calls for a gap of the account", async () => {
      const world = await shop();
      createCluster(scopeOf(world), "passing");
      const connect = answering(connectAdmin(world), "ListClusters", (output, nth) => {
        if (nth === 1) deleteCluster(scopeOf(world), "passing");
        return output;
      });
      assert.deepEqual(gapsOf(await read(world, { connect })), [
        "services failed account: ecs:ListServices: ClusterNotFoundException",
        "tasks failed account: ecs:ListTasks: ClusterNotFoundException",
      ]);
    });

    it("does not mind services and tasks that vanish between list and description", async () => {
      const world = await shop();
      const task = runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:1" });
      runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:2" });
      createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:3", desiredCount: 0 });
      const { tasks, services } = world.services.ecsServices.at(scopeOf(world)).clusters.get("shop") ?? {};
      let connect = answering(connectAdmin(world), "ListTasks", (output) => {
        tasks?.delete(task.id);
        return output;
      });
      connect = answering(connect, "ListServices", (output) => {
        services?.delete("a");
        return output;
      });
      assert.deepEqual(await references(world, connect), ["tasks checkout:2"]);
    });

    const described = [
      { operation: "DescribeServices", items: "services", arn: "serviceArn" },
      { operation: "DescribeTasks", items: "tasks", arn: "taskArn" },
    ] as const;
    for (const { operation, items, arn } of described) {
      it(`reads each of the failures of ${operation}: MISSING is none, every other reason is a gap`, async () => {
        const world = await shop();
        createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:1" });
        const failures = (reason?: string) => (output: Record<string, unknown>) => {
          const [first, ...rest] = output[items] as (Service & Task)[];
          return { ...output, [items]: rest, failures: [{ arn: first?.[arn], reason }] };
        };
        const source = items;
        const told = async (reason?: string) =>
          gapsOf(await read(world, { connect: answering(connectAdmin(world), operation, failures(reason)) }));
        assert.deepEqual(await told("MISSING"), []);
        const [gap, ...others] = await told("SERVICE_THROTTLED");
        assert.deepEqual(others, []);
        assert.match(gap ?? "", new RegExp(`^${source} failed account: ecs:${operation}: arn:.* SERVICE_THROTTLED$`));
        assert.match((await told(undefined))[0] ?? "", /no reason/);
      });

      it(`misses what ${operation} neither describes nor reports as failed`, async () => {
        const world = await shop();
        createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:1" });
        const connect = answering(connectAdmin(world), operation, (output) => ({ ...output, [items]: [] }));
        const [gap] = gapsOf(await read(world, { connect }));
        assert.match(
          gap ?? "",
          new RegExp(`^${items} failed account: ecs:${operation}: arn:.* is missing in the answer$`),
        );
      });
    }

    const odd = { "": /names ""/, "checkout:x": /names "checkout:x", which is no task definition/ };
    for (const [taskDefinition, detail] of Object.entries(odd)) {
      it(`takes a deployment or a task set of "${taskDefinition}" for a gap of every family`, async () => {
        const world = await shop();
        createService(scopeOf(world), { cluster: "shop", service: "a", taskDefinition: "checkout:1", desiredCount: 0 });
        for (const part of ["deployments", "taskSets"]) {
          const connect = answering(connectAdmin(world), "DescribeServices", (output) => ({
            ...output,
            services: (output.services as Service[]).map((service) => ({
              ...service,
              [part]: [{ id: "odd", taskDefinition }],
            })),
          }));
          const { gaps } = await read(world, { connect });
          const service = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/shop/a`;
          assert.deepEqual(itemGapsOf({ gaps }), [
            `services failed *: ${part === "deployments" ? `${service}#odd` : service}`,
          ]);
          assert.match(gaps[0]?.detail ?? "", detail);
        }
      });
    }

    it("takes a revision of another account or Region for a gap of the families that begin like its own", async () => {
      const world = await shop();
      runTask(scopeOf(world), { cluster: "shop", taskDefinition: "checkout:1" });
      for (const [from, to] of [
        [ACCOUNT, "999999999999"],
        [REGION, "eu-north-1"],
      ] as const) {
        const connect = answering(connectAdmin(world), "DescribeTasks", (output) => ({
          ...output,
          tasks: (output.tasks as Task[]).map((task) => ({
            ...task,
            taskDefinitionArn: task.taskDefinitionArn?.replace(from, to),
          })),
        }));
        const found = await read(world, { connect });
        assert.deepEqual(targetsOf(found), []);
        assert.match(itemGapsOf(found).join(), /^tasks failed checkout\*: arn:aws:ecs:.*:task\/shop\//);
      }
    });

    it("cuts off a list whose nextToken repeats", async () => {
      const world = await shop();
      createCluster(scopeOf(world), "other");
      const connect = answering(connectAdmin(world), "ListClusters", (output) => ({ ...output, nextToken: "again" }));
      const { gaps } = await read(world, { connect });
      assert.deepEqual(gapsOf({ gaps }), [
        "clusters truncated account: ecs:ListClusters: the list repeats its nextToken",
      ]);
      assert.equal(callsOf(world, "ListClusters").length, 2);
    });

    it("asks again while it is throttled, and gives up with a gap once the time is over", async () => {
      const world = await shop();
      failing(world, "ListTasks", { before: new AwsError("ThrottlingException", "Rate exceeded") }, (nth) => nth < 4);
      assert.deepEqual((await read(world)).gaps, []);
      assert.equal(callsOf(world, "ListTasks").length, 3 + 2);

      failing(world, "ListTasks", { before: new AwsError("ThrottlingException", "Rate exceeded") });
      const startedAt = world.clock.now();
      const { gaps } = await read(world, { within: 30_000 });
      assert.deepEqual(gapsOf({ gaps }), ["tasks throttled account: ecs:ListTasks: ThrottlingException"]);
      assert.ok(world.clock.now() - startedAt <= 30_000, "the deadline bounds the waits");
      assert.ok(world.clock.now() - startedAt > MINUTE / 6, "it tried for a while");
    });
  });
});
