import type { Scope } from "../../simulator";
import type { Service } from "../../simulator/services/ecs-clusters";

/** Something in the simulated world that needs a revision at this moment. */
export interface Need {
  source: string;
  by: string;
  family: string;
  /** Absent: the newest ACTIVE one, whichever that is. */
  revision?: number;
}

/** A definition that computes what it runs. */
export interface Riddle {
  by: string;
  /** What the families that it could mean begin with. */
  prefix: string;
}

/** What is needed, read from the state of the simulated services themselves: no API, no page, no reader in between. */
export function needsOf(scope: Scope): { needs: Need[]; riddles: Riddle[] } {
  const needs: Need[] = [];
  const riddles: Riddle[] = [];
  const { ecsServices, events, scheduler, pipes, states, codedeploy } = scope.world.services;
  const need = (source: string, by: string, target: string | undefined) => {
    const [, family, revision] = /^(?:arn:.*:task-definition\/)?([\w-]+)(?::(\d+))?$/.exec(target ?? "") ?? [];
    if (family) needs.push({ source, by, family, ...(revision && { revision: Number(revision) }) });
  };
  for (const cluster of ecsServices.at(scope).clusters.values()) {
    for (const task of cluster.tasks.values()) {
      if (task.lastStatus !== "STOPPED") need("tasks", task.arn, task.taskDefinition);
    }
    for (const service of cluster.services.values()) {
      if (service.status === "INACTIVE") continue;
      for (const target of inService(service)) need("services", service.arn, target);
    }
  }
  for (const bus of events.at(scope).values()) {
    for (const rule of bus.rules.values()) {
      for (const { EcsParameters: ecs } of rule.targets.values()) need("rules", rule.arn, ecs?.TaskDefinitionArn);
    }
  }
  for (const { arn, target } of scheduler.at(scope).schedules.values()) {
    need("schedules", arn, target.ecs?.TaskDefinitionArn);
    if (/:aws-sdk:ecs:runTask$/.test(target.arn))
      need("schedules", arn, JSON.parse(target.input ?? "{}").TaskDefinition);
  }
  for (const pipe of pipes.at(scope).values()) {
    need("pipes", pipe.Arn ?? "", pipe.TargetParameters?.EcsTaskParameters?.TaskDefinitionArn);
  }
  for (const machine of states.at(scope).values()) {
    for (const { definition } of [machine, ...machine.versions.values()]) {
      for (const [, key, value = ""] of definition.matchAll(/"(TaskDefinition(?:\.\$)?)":"((?:[^"\\]|\\.)*)"/g)) {
        const [, prefix] = /^States\.Format\('([\w-]*)/.exec(value) ?? /^{% '([\w-]*)/.exec(value) ?? ["", ""];
        if (key === "TaskDefinition" && !value.startsWith("{%")) need("state-machines", machine.arn, value);
        else riddles.push({ by: machine.arn, prefix: prefix ?? "" });
      }
    }
  }
  for (const application of codedeploy.at(scope).applications.values()) {
    for (const [name, { targetRevision }] of application.groups) {
      const content = targetRevision?.appSpecContent?.content ?? "";
      need("codedeploy", `${application.name}/${name}`, /"TaskDefinition":"([^"]*)"/.exec(content)?.[1]);
    }
  }
  return { needs, riddles };
}

/** Of one service: what runs or is to run, what its open deployment comes from and goes to, and what a rollback returns to. */
function inService(service: Service): string[] {
  const open = service.serviceDeployments.filter(({ finishedAt }) => finishedAt === undefined);
  const revisions = open.flatMap(({ source, target, rollback }) => [...source, target, rollback?.revision]);
  return [
    service.taskDefinition,
    ...[...service.deployments, ...service.taskSets].map(({ taskDefinition }) => taskDefinition),
    ...service.revisions.filter(({ arn }) => revisions.includes(arn)).map(({ taskDefinition }) => taskDefinition),
    ...service.completed.slice(-1).map(({ taskDefinition }) => taskDefinition),
  ];
}
