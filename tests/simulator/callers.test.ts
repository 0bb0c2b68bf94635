import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  GetApplicationRevisionCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
} from "@aws-sdk/client-codedeploy";
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { DescribePipeCommand, ListPipesCommand, PipesClient } from "@aws-sdk/client-pipes";
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import {
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { type Principal, World } from "../../simulator";
import {
  createApplication,
  createDeployment,
  createDeploymentGroup,
  endDeployment,
} from "../../simulator/services/codedeploy";
import { createEventBus, putRule, putTargets, removeRule } from "../../simulator/services/events";
import { createRole, putRolePolicy } from "../../simulator/services/iam";
import { createPipe, deletePipe } from "../../simulator/services/pipes";
import { putSchedule } from "../../simulator/services/scheduler";
import {
  createStateMachine,
  deleteStateMachine,
  publishVersion,
  updateStateMachine,
} from "../../simulator/services/states";
import { openSession } from "../../simulator/services/sts";
import { serve } from "../../simulator/wire/http";
import { connectTo } from "../../simulator/wire/middleware";

const account = "111111111111";
const region = "eu-central-1";
const cluster = `arn:aws:ecs:${region}:${account}:cluster/shop`;
const prefix = (service: string) => `arn:aws:${service}:${region}:${account}:`;

type Clients = Pick<ReturnType<typeof connectTo>, "events" | "pipes" | "scheduler" | "states" | "codedeploy">;

/** Everything that a paginated list gives, and how many calls it took. */
async function all<T>(list: (token: string | undefined) => Promise<[T[] | undefined, string | undefined]>) {
  const items: T[] = [];
  let calls = 0;
  let token: string | undefined;
  do {
    const [page = [], next] = await list(token);
    items.push(...page);
    calls += 1;
    token = next;
  } while (token);
  return { items, calls };
}

const doors: Record<string, (world: World, principal: Principal) => Promise<{ clients: Clients; close(): unknown }>> = {
  "in process": async (world, principal) => ({ clients: connectTo(world, principal, region), close: () => {} }),
  "over HTTP": async (world, credentials) => {
    const { url: endpoint, close } = await serve(world);
    const settings = { region, endpoint, maxAttempts: 1, credentials };
    const clients = {
      events: () => new EventBridgeClient(settings),
      pipes: () => new PipesClient(settings),
      scheduler: () => new SchedulerClient(settings),
      states: () => new SFNClient(settings),
      codedeploy: () => new CodeDeployClient(settings),
    };
    return { clients, close };
  },
};

for (const [name, open] of Object.entries(doors)) {
  describe(`what else runs task definitions, ${name}`, () => {
    let world: World;
    let clients: Clients;
    let close: () => unknown;
    const scope = () => world.scope(account, region);

    beforeEach(async () => {
      world = new World({ pageSize: 1 });
      ({ clients, close } = await open(world, world.admin(account)));
    });
    afterEach(() => close());

    it("finds the rules of every event bus by their target, and what each target runs", async () => {
      const events = clients.events();
      createEventBus(scope(), "orders");
      const EcsParameters = { TaskDefinitionArn: `${prefix("ecs")}task-definition/job:3`, TaskCount: 1 };
      for (const bus of [undefined, "orders"]) {
        for (const rule of ["b", "a", "other"]) putRule(scope(), rule, bus);
        putTargets(scope(), "a", [{ Id: "1", Arn: cluster, EcsParameters }], bus);
      }
      putTargets(
        scope(),
        "b",
        [
          { Id: "q", Arn: "queue" },
          { Id: "c", Arn: cluster, EcsParameters },
        ],
        "orders",
      );
      const buses = await all(async (NextToken) => {
        const page = await events.send(new ListEventBusesCommand({ NextToken }));
        return [page.EventBuses, page.NextToken];
      });
      assert.deepEqual([buses.items.map((each) => each.Name), buses.calls], [["default", "orders"], 2]);
      const rules = (EventBusName?: string) =>
        all(async (NextToken) => {
          const input = { TargetArn: cluster, EventBusName, NextToken };
          const page = await events.send(new ListRuleNamesByTargetCommand(input));
          return [page.RuleNames, page.NextToken];
        });
      assert.deepEqual((await rules()).items, ["a"]);
      assert.deepEqual(await rules(`${prefix("events")}event-bus/orders`), { items: ["a", "b"], calls: 2 });
      const targets = await all(async (NextToken) => {
        const page = await events.send(new ListTargetsByRuleCommand({ Rule: "b", EventBusName: "orders", NextToken }));
        return [page.Targets, page.NextToken];
      });
      assert.deepEqual(targets.items, [
        { Id: "c", Arn: cluster, EcsParameters },
        { Id: "q", Arn: "queue" },
      ]);
      removeRule(scope(), "a");
      await assert.rejects(events.send(new ListTargetsByRuleCommand({ Rule: "a" })), {
        name: "ResourceNotFoundException",
      });
    });

    it("lists pipes by the beginning of their target, and describes each", async () => {
      const pipes = clients.pipes();
      const EcsTaskParameters = { TaskDefinitionArn: `${prefix("ecs")}task-definition/job`, TaskCount: 2 };
      for (const Name of ["b", "a"])
        createPipe(scope(), { Name, Target: cluster, TargetParameters: { EcsTaskParameters } });
      createPipe(scope(), { Name: "c", Target: `${prefix("lambda")}function:f` });
      const listed = await all(async (NextToken) => {
        const page = await pipes.send(new ListPipesCommand({ TargetPrefix: prefix("ecs"), NextToken }));
        return [page.Pipes, page.NextToken];
      });
      assert.deepEqual(
        [listed.items.map((each) => [each.Name, each.Target]), listed.calls],
        [
          [
            ["a", cluster],
            ["b", cluster],
          ],
          2,
        ],
      );
      const pipe = await pipes.send(new DescribePipeCommand({ Name: "a" }));
      assert.deepEqual(pipe.TargetParameters, { EcsTaskParameters });
      assert.deepEqual(pipe.CreationTime, new Date(world.clock.now()));
      deletePipe(scope(), "a");
      await assert.rejects(pipes.send(new DescribePipeCommand({ Name: "a" })), { name: "NotFoundException" });
    });

    it("lists schedules of all groups and gets each, templated and universal", async () => {
      const scheduler = clients.scheduler();
      const schedule = { group: "default", expression: "rate(1 day)", state: "ENABLED" as const };
      const ecs = { TaskDefinitionArn: `${prefix("ecs")}task-definition/job:3`, TaskCount: 1 };
      putSchedule(scope(), { ...schedule, name: "templated", target: { arn: cluster, roleArn: "r", ecs } });
      const runTask = "arn:aws:scheduler:::aws-sdk:ecs:runTask";
      const input = JSON.stringify({ TaskDefinition: "job:2" });
      putSchedule(scope(), { ...schedule, name: "universal", target: { arn: runTask, roleArn: "r", input } });
      const listed = await all(async (NextToken) => {
        const page = await scheduler.send(new ListSchedulesCommand({ NextToken }));
        return [page.Schedules, page.NextToken];
      });
      assert.deepEqual(
        listed.items.map((each) => [each.Name, each.GroupName, each.Target?.Arn]),
        [
          ["templated", "default", cluster],
          ["universal", "default", runTask],
        ],
      );
      const target = async (Name: string) =>
        (await scheduler.send(new GetScheduleCommand({ Name, GroupName: "default" }))).Target;
      assert.deepEqual((await target("templated"))?.EcsParameters, ecs);
      assert.equal((await target("universal"))?.Input, input);
      await assert.rejects(target("gone"), { name: "ResourceNotFoundException" });
    });

    it("describes a state machine and each published version as it was", async () => {
      const states = clients.states();
      const { arn: stateMachineArn } = createStateMachine(scope(), "orders", '{"v":1}');
      publishVersion(scope(), "orders");
      updateStateMachine(scope(), "orders", '{"v":2}');
      publishVersion(scope(), "orders");
      updateStateMachine(scope(), "orders", '{"v":3}');
      const machines = await all(async (nextToken) => {
        const page = await states.send(new ListStateMachinesCommand({ nextToken }));
        return [page.stateMachines, page.nextToken];
      });
      assert.deepEqual(
        machines.items.map((each) => each.stateMachineArn),
        [stateMachineArn],
      );
      const versions = await all(async (nextToken) => {
        const page = await states.send(new ListStateMachineVersionsCommand({ stateMachineArn, nextToken }));
        return [page.stateMachineVersions, page.nextToken];
      });
      const arns = versions.items.map((each) => each.stateMachineVersionArn ?? "");
      assert.deepEqual(arns, [`${stateMachineArn}:2`, `${stateMachineArn}:1`]);
      const definition = async (each: string) =>
        (await states.send(new DescribeStateMachineCommand({ stateMachineArn: each }))).definition;
      const definitions = await Promise.all([stateMachineArn, ...arns].map(definition));
      assert.deepEqual(definitions, ['{"v":3}', '{"v":2}', '{"v":1}']);
      deleteStateMachine(scope(), "orders");
      await assert.rejects(definition(arns[0] ?? ""), { name: "StateMachineDoesNotExist" });
    });

    it("leads from CodeDeploy's applications to the AppSpec of each group's last successful deployment", async () => {
      const codedeploy = clients.codedeploy();
      createApplication(scope(), "shop");
      createApplication(scope(), "functions", "Lambda");
      createDeploymentGroup(scope(), "shop", "web", [{ clusterName: "shop", serviceName: "web" }]);
      createDeploymentGroup(scope(), "shop", "api");
      const text = createDeployment(scope(), "shop", "web", "version: 0.0", "Succeeded");
      const attempt = createDeployment(scope(), "shop", "web", { bucket: "specs", key: "web.yaml" });
      endDeployment(scope(), attempt, "Failed");
      const names = await all(async (nextToken) => {
        const page = await codedeploy.send(new ListApplicationsCommand({ nextToken }));
        return [page.applications, page.nextToken];
      });
      assert.deepEqual(names.items, ["functions", "shop"]);
      const { applicationsInfo } = await codedeploy.send(
        new BatchGetApplicationsCommand({ applicationNames: names.items }),
      );
      assert.deepEqual(
        applicationsInfo?.map((each) => each.computePlatform),
        ["Lambda", "ECS"],
      );
      const groups = await all(async (nextToken) => {
        const input = { applicationName: "shop", nextToken };
        const page = await codedeploy.send(new ListDeploymentGroupsCommand(input));
        return [page.deploymentGroups, page.nextToken];
      });
      assert.deepEqual(groups.items, ["api", "web"]);
      const described = await codedeploy.send(
        new BatchGetDeploymentGroupsCommand({ applicationName: "shop", deploymentGroupNames: ["web", "gone"] }),
      );
      const [web] = described.deploymentGroupsInfo ?? [];
      assert.match(described.errorMessage ?? "", /gone/);
      assert.deepEqual(web?.ecsServices, [{ clusterName: "shop", serviceName: "web" }]);
      assert.deepEqual(
        [web?.lastSuccessfulDeployment?.deploymentId, web?.lastAttemptedDeployment?.deploymentId],
        [text, attempt],
      );
      const { deploymentsInfo } = await codedeploy.send(
        new BatchGetDeploymentsCommand({ deploymentIds: [text, attempt] }),
      );
      assert.deepEqual(
        deploymentsInfo?.map((each) => [each.status, each.revision?.s3Location?.key]),
        [
          ["Succeeded", undefined],
          ["Failed", "web.yaml"],
        ],
      );
      for (const given of [deploymentsInfo?.[0]?.revision, deploymentsInfo?.[1]?.previousRevision]) {
        assert.equal(given?.appSpecContent?.content, undefined);
        const { revision } = await codedeploy.send(
          new GetApplicationRevisionCommand({ applicationName: "shop", revision: given }),
        );
        assert.equal(revision?.appSpecContent?.content, "version: 0.0");
      }
      const other = { revisionType: "AppSpecContent" as const, appSpecContent: { sha256: "0" } };
      const unknown = new GetApplicationRevisionCommand({ applicationName: "shop", revision: other });
      await assert.rejects(codedeploy.send(unknown), { name: "RevisionDoesNotExistException" });
    });
  });
}

describe("permission to read what else runs task definitions", () => {
  it("is asked for by resource where AWS has one, by * elsewhere", async () => {
    const world = new World();
    const scope = world.scope(account, region);
    const role = createRole(scope, { name: "reader", trust: '{"Statement":[]}' });
    const { arn: stateMachineArn } = createStateMachine(scope, "orders", "{}");
    publishVersion(scope, "orders");
    createEventBus(scope, "orders");
    putRule(scope, "nightly", "orders");
    createPipe(scope, { Name: "p", Target: cluster });
    putSchedule(scope, {
      ...{ name: "s", group: "default", expression: "rate(1 day)", state: "ENABLED" },
      target: { arn: cluster, roleArn: "r" },
    });
    createApplication(scope, "shop");
    createDeploymentGroup(scope, "shop", "web");
    const deployment = createDeployment(scope, "shop", "web", "{}", "Succeeded");
    const sha256 = createHash("sha256").update("{}").digest("hex");
    const calls: [service: string, operation: string, input: object, resource: string][] = [
      ["events", "ListEventBuses", {}, "*"],
      ["events", "ListRuleNamesByTarget", { TargetArn: cluster }, "*"],
      [
        "events",
        "ListTargetsByRule",
        { Rule: "nightly", EventBusName: "orders" },
        `${prefix("events")}rule/orders/nightly`,
      ],
      ["pipes", "ListPipes", {}, "*"],
      ["pipes", "DescribePipe", { Name: "p" }, `${prefix("pipes")}pipe/p`],
      ["scheduler", "ListSchedules", {}, "*"],
      ["scheduler", "GetSchedule", { Name: "s" }, `${prefix("scheduler")}schedule/default/s`],
      ["states", "ListStateMachines", {}, "*"],
      ["states", "ListStateMachineVersions", { stateMachineArn }, stateMachineArn],
      ["states", "DescribeStateMachine", { stateMachineArn: `${stateMachineArn}:1` }, stateMachineArn],
      ["codedeploy", "ListApplications", {}, "*"],
      ["codedeploy", "BatchGetApplications", { applicationNames: ["shop"] }, `${prefix("codedeploy")}application:shop`],
      ["codedeploy", "ListDeploymentGroups", { applicationName: "shop" }, `${prefix("codedeploy")}application:shop`],
      [
        "codedeploy",
        "BatchGetDeploymentGroups",
        { applicationName: "shop", deploymentGroupNames: ["web"] },
        `${prefix("codedeploy")}deploymentgroup:shop/web`,
      ],
      [
        "codedeploy",
        "BatchGetDeployments",
        { deploymentIds: [deployment] },
        `${prefix("codedeploy")}deploymentgroup:shop/web`,
      ],
      [
        "codedeploy",
        "GetApplicationRevision",
        { applicationName: "shop", revision: { appSpecContent: { sha256 } } },
        `${prefix("codedeploy")}application:shop`,
      ],
    ];
    for (const [service, operation, input, Resource] of calls) {
      const ask = async (statement: object) => {
        putRolePolicy(scope, "reader", "p", JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
        const principal = openSession(scope, role, { name: "s" });
        await world.gate.call({ principal, region, service, operation, input });
      };
      const Action = `${service}:${operation}`;
      await ask({ Effect: "Allow", Action, Resource });
      await assert.rejects(ask({ Effect: "Allow", Action: `${service}:Other`, Resource: "*" }), {
        name: "AccessDeniedException",
      });
      if (Resource !== "*") {
        await assert.rejects(ask({ Effect: "Allow", Action, Resource: `${Resource}-other` }), {
          name: "AccessDeniedException",
        });
      }
    }
  });
});
