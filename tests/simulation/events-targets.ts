import { arn } from "../../simulator/operation";
import { createApplication, createDeployment, createDeploymentGroup } from "../../simulator/services/codedeploy";
import { createEventBus, putRule, putTargets, removeRule } from "../../simulator/services/events";
import { createPipe, deletePipe } from "../../simulator/services/pipes";
import { deleteSchedule, putSchedule } from "../../simulator/services/scheduler";
import {
  createStateMachine,
  deleteStateMachine,
  publishVersion,
  updateStateMachine,
} from "../../simulator/services/states";
import { ACCOUNT, type Account, CLUSTERS } from "./account";
import { type Happening, nameOf, pick, runnable } from "./events-ecs";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/events`;

/** Makes something that runs a task definition later on: by name, how. */
const MAKERS: Record<string, (account: Account, name: string, target: string, family: string) => void> = {
  "a rule": ({ scope }, name, target) => {
    putRule(scope, name);
    putTargets(scope, name, [
      { Id: "1", Arn: clusterArn(scope), RoleArn: ROLE, EcsParameters: { TaskDefinitionArn: target } },
    ]);
  },
  "a rule of another bus": ({ scope }, name, target) => {
    const buses = scope.world.services.events.at(scope);
    if (!buses.has("orders")) createEventBus(scope, "orders");
    putRule(scope, name, "orders");
    const [, cluster = ""] = CLUSTERS;
    const Arn = arn(scope, "ecs", `cluster/${cluster}`);
    putTargets(scope, name, [{ Id: "1", Arn, RoleArn: ROLE, EcsParameters: { TaskDefinitionArn: target } }], "orders");
  },
  "a schedule": ({ scope }, name, target) => {
    const ecs = { TaskDefinitionArn: target };
    schedule(scope, name, { arn: clusterArn(scope), roleArn: ROLE, ecs });
  },
  "a universal schedule": ({ scope }, name, target) => {
    const input = JSON.stringify({ Cluster: CLUSTERS[0], TaskDefinition: target });
    schedule(scope, name, { arn: "arn:aws:scheduler:::aws-sdk:ecs:runTask", roleArn: ROLE, input });
  },
  "a pipe": ({ scope }, name, target) => {
    const TargetParameters = { EcsTaskParameters: { TaskDefinitionArn: target } };
    createPipe(scope, { Name: name, Target: clusterArn(scope), TargetParameters });
  },
  "a state machine": ({ scope }, name, target) => {
    createStateMachine(scope, name, asl({ TaskDefinition: target, Cluster: CLUSTERS[0] }));
  },
  "an older version of a state machine": ({ scope }, name, target) => {
    createStateMachine(scope, name, asl({ TaskDefinition: target, Cluster: CLUSTERS[0] }));
    publishVersion(scope, name);
    updateStateMachine(scope, name, JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } }));
  },
  "a state machine that computes": ({ scope }, name, _target, family) => {
    createStateMachine(scope, name, asl({ "TaskDefinition.$": `States.Format('${family.slice(0, 3)}{}', $.which)` }));
  },
};

type Scope = Account["scope"];

const clusterArn = (scope: Scope) => arn(scope, "ecs", `cluster/${CLUSTERS[0]}`);

function schedule(scope: Scope, name: string, target: Parameters<typeof putSchedule>[1]["target"]): void {
  putSchedule(scope, { name, group: "default", expression: "rate(1 day)", state: "ENABLED", target });
}

function asl(Parameters: Record<string, string | undefined>): string {
  const Run = { Type: "Task", Resource: "arn:aws:states:::ecs:runTask.sync", Parameters, End: true };
  return JSON.stringify({ StartAt: "Run", States: { Run } });
}

export const TARGET_EVENTS = {
  "put-target": (account, random) => {
    const found = pick(random, runnable(account));
    // One that computes blocks whole families: seldom, and not for long.
    const kinds = Object.keys(MAKERS).filter((kind) => !kind.endsWith("computes") || random.next() < 0.3);
    const kind = pick(random, kinds);
    if (!found || !kind) return undefined;
    const byFamily = random.next() < 0.25;
    const name = `t${random.text(6)}`;
    MAKERS[kind]?.(account, name, byFamily ? found.family : found.arn, found.family);
    return `${kind} ${name} runs ${byFamily ? found.family : nameOf(found)}`;
  },
  "remove-target": (account, random) => {
    const { scope } = account;
    const { events, scheduler, pipes, states } = account.world.services;
    const all: [what: string, remove: () => void][] = [
      ...[...events.at(scope).values()].flatMap((bus) =>
        [...bus.rules.keys()].map((name): [string, () => void] => [name, () => removeRule(scope, name, bus.name)]),
      ),
      ...[...scheduler.at(scope).schedules.values()].map(({ group, name }): [string, () => void] => [
        name,
        () => deleteSchedule(scope, group, name),
      ]),
      ...[...pipes.at(scope).keys()].map((name): [string, () => void] => [name, () => deletePipe(scope, name)]),
      ...[...states.at(scope).keys()].map((name): [string, () => void] => [
        name,
        () => deleteStateMachine(scope, name),
      ]),
    ];
    const [name, remove] = pick(random, all) ?? [];
    remove?.();
    return name && `what ran it as ${name} is removed`;
  },
  "codedeploy-deployment": (account, random) => {
    const found = pick(random, runnable(account));
    if (!found) return undefined;
    const { applications } = account.world.services.codedeploy.at(account.scope);
    const group = pick(random, ["blue", "green"]) ?? "";
    if (!applications.has("shop")) createApplication(account.scope, "shop");
    if (!applications.get("shop")?.groups.has(group)) createDeploymentGroup(account.scope, "shop", group);
    const Properties = { TaskDefinition: found.arn, LoadBalancerInfo: { ContainerName: "app", ContainerPort: 80 } };
    const Resources = [{ TargetService: { Type: "AWS::ECS::Service", Properties } }];
    const ended = random.next() < 0.8 ? "Succeeded" : "Failed";
    createDeployment(account.scope, "shop", group, JSON.stringify({ version: 0, Resources }), ended);
    return `CodeDeploy's deployment of ${nameOf(found)} to ${group}: ${ended}`;
  },
} satisfies Record<string, Happening>;
