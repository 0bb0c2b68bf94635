import assert from "node:assert/strict";
import { memoryStore } from "../../aws/memory-store";
import { createApplication, createDeployment, createDeploymentGroup } from "../../simulator/services/codedeploy";
import { listRevisions, registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createCluster, createService, runTask, updateService } from "../../simulator/services/ecs-services";
import { createEventBus, putRule, putTargets } from "../../simulator/services/events";
import { createPipe } from "../../simulator/services/pipes";
import { putSchedule } from "../../simulator/services/scheduler";
import { createStateMachine, publishVersion, updateStateMachine } from "../../simulator/services/states";
import { ACCOUNT, arnOf, DAY, gapsOf, HOUR, newWorld, REGION, registered, runIn, scopeOf } from "./support";

const REVISIONS = 30;
/** As near as tools that know no use can say it: these, and what is in use. */
const NEWEST = [28, 29, 30];

const world = newWorld(0);
const scope = scopeOf(world);
const clusterArn = (name: string) => `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${name}`;
const role = `arn:aws:iam::${ACCOUNT}:role/runs-tasks`;
const runsTask = (parameters: object) =>
  JSON.stringify({
    StartAt: "Run",
    States: { Run: { Type: "Task", Resource: "arn:aws:states:::ecs:runTask.sync", Parameters: parameters, End: true } },
  });

interface Trap {
  family: string;
  /** What is in use although it looks unused. */
  what: string;
  /** Revisions that must stay besides the newest. */
  stays: number[];
  set(family: string): void | Promise<void>;
}

const TRAPS: Trap[] = [
  {
    family: "zero",
    what: "the revision of a service at desired count 0",
    stays: [5],
    set: (family) => void createService(scope, { service: family, taskDefinition: `${family}:5`, desiredCount: 0 }),
  },
  {
    family: "in-flight",
    what: "the revision of the deployment that a second one is replacing",
    stays: [5],
    async set(family) {
      createService(scope, { service: family, taskDefinition: `${family}:5`, strategy: "BLUE_GREEN" });
      await world.clock.advance(HOUR);
      updateService(scope, { service: family, taskDefinition: `${family}:30`, bake: 13 * DAY });
    },
  },
  {
    family: "rollback",
    what: "the revision that the last successful deployment of a service ran, while the next one fails",
    stays: [5],
    async set(family) {
      createService(scope, { service: family, taskDefinition: `${family}:5`, desiredCount: 0 });
      await world.clock.advance(HOUR);
      updateService(scope, { service: family, taskDefinition: `${family}:30`, desiredCount: 2, fails: true });
    },
  },
  {
    family: "rule",
    what: "the targets of EventBridge rules, on the default bus and on another one",
    stays: [5, 6],
    set(family) {
      createEventBus(scope, "orders");
      for (const [bus, revision] of [[undefined, 5] as const, ["orders", 6] as const]) {
        putRule(scope, family, bus);
        const EcsParameters = { TaskDefinitionArn: arnOf(`${family}:${revision}`) };
        putTargets(scope, family, [{ Id: "run", Arn: clusterArn("default"), RoleArn: role, EcsParameters }], bus);
      }
    },
  },
  {
    family: "schedule",
    what: "the targets of EventBridge Scheduler, templated and universal ones",
    stays: [5, 6],
    set(family) {
      const common = { group: "default", expression: "rate(30 days)", state: "DISABLED" } as const;
      const ecs = { TaskDefinitionArn: arnOf(`${family}:5`) };
      putSchedule(scope, { ...common, name: "one", target: { arn: clusterArn("default"), roleArn: role, ecs } });
      const input = JSON.stringify({ Cluster: "default", TaskDefinition: `${family}:6` });
      const arn = "arn:aws:scheduler:::aws-sdk:ecs:runTask";
      putSchedule(scope, { ...common, name: "two", target: { arn, roleArn: role, input } });
    },
  },
  {
    family: "state-machine",
    what: "what a state machine runs, and what a published version of it still does",
    stays: [5, 6],
    set(family) {
      createStateMachine(scope, family, runsTask({ TaskDefinition: arnOf(`${family}:5`) }));
      publishVersion(scope, family);
      updateStateMachine(scope, family, runsTask({ TaskDefinition: `${family}:6` }));
    },
  },
  {
    family: "pipe",
    what: "the target of a pipe",
    stays: [5],
    set: (family) =>
      createPipe(scope, {
        Name: family,
        Target: clusterArn("default"),
        TargetParameters: { EcsTaskParameters: { TaskDefinitionArn: arnOf(`${family}:5`) } },
      }),
  },
  {
    family: "codedeploy",
    what: "the revision that CodeDeploy deployed last with success",
    stays: [5],
    set(family) {
      createApplication(scope, family);
      createDeploymentGroup(scope, family, "prod");
      const appSpec = `version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: "${arnOf(`${family}:5`)}"\n`;
      createDeployment(scope, family, "prod", appSpec, "Succeeded");
    },
  },
  {
    family: "by-hand",
    what: "the revision of a task that somebody started in another cluster",
    stays: [5],
    set(family) {
      createCluster(scope, "tools");
      runTask(scope, { cluster: "tools", taskDefinition: `${family}:5` });
    },
  },
  {
    family: "task-set",
    what: "the revision of a task set that runs no task",
    stays: [5],
    set: (family) =>
      void createService(scope, {
        service: family,
        taskDefinition: `${family}:5`,
        desiredCount: 0,
        controller: "EXTERNAL",
      }),
  },
  { family: "sorted", what: "nothing but the newest by number, not by text", stays: [], set() {} },
];

describe("the traps that tools for task definitions fall into", () => {
  before(async () => {
    createCluster(scope, "default");
    for (const { family } of TRAPS) {
      for (let count = 0; count < REVISIONS; count += 1) {
        registerTaskDefinition(scope, { family, containerDefinitions: [{ name: "app", image: "nginx:1.29" }] });
      }
    }
    await world.clock.advance(60 * DAY);
    for (const { family, set } of TRAPS) await set(family);
    const store = memoryStore();
    const services = TRAPS.map(({ family }) => registered(family, { taskDefinitions: { deleteAfter: "1h" } }));
    // Everything counts as used when a ledger begins, so nothing goes in the first day.
    for (let days = 0; days < 4; days += 1) {
      await world.clock.advance(DAY);
      for (let runs = 0; runs < 3; runs += 1) assert.deepEqual(gapsOf(await runIn(world, services, { store })), []);
    }
  });

  for (const { family, what, stays } of TRAPS) {
    it(`${family}: ${what} stays, and all else goes`, () => {
      const left = listRevisions(scope).filter((each) => each.family === family);
      assert.deepEqual(
        left.map(({ revision, status }) => `${revision} ${status}`),
        [...stays, ...NEWEST].map((revision) => `${revision} ACTIVE`),
      );
    });
  }
});
