import { AwsError } from "../../simulator";
import type { Random } from "../../simulator/random";
import {
  deregisterTaskDefinition,
  listRevisions,
  type TaskDefinition,
  tagTaskDefinition,
} from "../../simulator/services/ecs-definitions";
import {
  continueDeployment,
  createService,
  deleteService,
  promote,
  rollBack,
  runTask,
  type Service,
  startTaskSet,
  stopTask,
  updateService,
} from "../../simulator/services/ecs-services";
import { type Account, CLUSTERS } from "./account";

/** Something that somebody does in the account; tells what, or nothing where there is nothing to do it to. */
export type Happening = (account: Account, random: Random) => string | undefined;

const HOUR = 3_600_000;

export function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[random.below(items.length)];
}

export const nameOf = ({ family, revision }: { family: string; revision: number }) => `${family}:${revision}`;

function services({ scope, world }: Account): Service[] {
  const clusters = [...world.services.ecsServices.at(scope).clusters.values()];
  return clusters.flatMap((each) => [...each.services.values()]).filter(({ status }) => status === "ACTIVE");
}

/** What AWS still lets people run: ACTIVE ones, and for some minutes those that were deregistered. */
export function runnable({ scope, world }: Account): TaskDefinition[] {
  const since = world.clock.now() - world.inactiveLag;
  return listRevisions(scope).filter(
    ({ status, deregisteredAt = 0 }) => status === "ACTIVE" || (status === "INACTIVE" && deregisteredAt > since),
  );
}

const familyOf = (arn: string) => arn.split("/").at(-1)?.split(":")[0] ?? "";

function deploy(account: Account, service: Service, found: TaskDefinition, random: Random, fails = false): string {
  const { scope } = account;
  if (service.controller === "ECS") {
    const bake = random.next() < 0.5 ? random.below(72 * HOUR) : 0;
    updateService(scope, { cluster: service.cluster, service: service.name, taskDefinition: found.arn, bake, fails });
  } else startTaskSet(scope, service, found.arn);
  return `${service.name} (${service.controller}, ${service.strategy}) deploys ${nameOf(found)}${fails ? ", which fails" : ""}`;
}

/** A new hash, as a changed name gives it, where the family has one. */
function nextFamily(family: string, random: Random): string {
  return /-[0-9a-f]{8}$/.test(family) && random.next() < 0.4 ? `${family.slice(0, -8)}${random.text(8)}` : family;
}

/** Refused where AWS refuses: then nothing happened. */
export function attempt(happening: Happening): Happening {
  return (account, random) => {
    try {
      return happening(account, random);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  };
}

function deployNew(fails: boolean): Happening {
  return (account, random) => {
    const service = pick(random, services(account));
    if (!service) return undefined;
    const family = nextFamily(familyOf(service.taskDefinition), random);
    return deploy(account, service, account.register(family, random.next() < 0.1), random, fails);
  };
}

export const ECS_EVENTS = {
  deploy: deployNew(false),
  "deploy-failing": deployNew(true),
  register: (account, random) => {
    const found = pick(random, listRevisions(account.scope));
    return found && `${nameOf(account.register(nextFamily(found.family, random)))} is registered`;
  },
  "register-with-secret": (account, random) => {
    const found = pick(random, listRevisions(account.scope));
    return found && `${nameOf(account.register(found.family, true))} is registered with a secret`;
  },
  "deploy-older": (account, random) => {
    const service = pick(random, services(account));
    const family = familyOf(service?.taskDefinition ?? "");
    const found = pick(
      random,
      runnable(account).filter((each) => each.family === family),
    );
    return service && found && deploy(account, service, found, random);
  },
  "roll-back": (account, random) => {
    const open = services(account).filter(({ serviceDeployments: [last] }) => last && last.finishedAt === undefined);
    const service = pick(random, open);
    if (!service) return undefined;
    rollBack(account.scope, { cluster: service.cluster, service: service.name });
    return `${service.name} rolls back to ${service.taskDefinition.split("/")[1]}`;
  },
  "switch-over": (account, random) => {
    const service = pick(random, services(account));
    if (!service) return undefined;
    if (service.controller === "ECS") {
      continueDeployment(account.scope, { cluster: service.cluster, service: service.name });
    } else {
      const next = service.taskSets.at(-1);
      if (!next || next.status === "PRIMARY") return undefined;
      promote(account.scope, service, next);
    }
    return `${service.name} switches over to ${service.taskDefinition.split("/")[1]}`;
  },
  "scale-to-zero": (account, random) => scale(account, random, 0),
  "scale-up": (account, random) => scale(account, random, 1 + random.below(3)),
  "create-service": (account, random) => {
    const found = pick(random, runnable(account));
    if (!found) return undefined;
    const name = `${found.family}-${random.text(3)}`;
    const input = { cluster: pick(random, CLUSTERS), service: name, desiredCount: random.below(3) };
    const strategy = random.next() < 0.5 ? "BLUE_GREEN" : "ROLLING";
    createService(account.scope, { ...input, taskDefinition: found.arn, strategy, circuitBreaker: true });
    return `service ${name} is created with ${nameOf(found)}`;
  },
  "delete-service": (account, random) => {
    const service = pick(random, services(account));
    if (!service) return undefined;
    deleteService(account.scope, { cluster: service.cluster, service: service.name });
    return `service ${service.name} is deleted`;
  },
  "run-task": (account, random) => {
    const found = pick(random, runnable(account));
    if (!found) return undefined;
    const byFamily = random.next() < 0.2;
    const taskDefinition = byFamily ? found.family : found.arn;
    const task = runTask(account.scope, { cluster: pick(random, CLUSTERS), taskDefinition, startedBy: "somebody" });
    return `a task of ${task.taskDefinition.split("/")[1]} is started${byFamily ? " by its family" : ""}`;
  },
  "stop-task": (account, random) => {
    const clusters = [...account.world.services.ecsServices.at(account.scope).clusters.values()];
    const tasks = clusters.flatMap((each) => [...each.tasks.values()]).filter((each) => each.startedBy === "somebody");
    const task = pick(
      random,
      tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING"),
    );
    if (!task) return undefined;
    stopTask(account.scope, task);
    return `a task of ${task.taskDefinition.split("/")[1]} is stopped`;
  },
  "deregister-by-hand": (account, random) => {
    const found = pick(
      random,
      listRevisions(account.scope).filter(({ status }) => status === "ACTIVE"),
    );
    if (!found) return undefined;
    deregisterTaskDefinition(account.scope, found.arn);
    return `${nameOf(found)} is deregistered by somebody`;
  },
  hold: (account, random) => {
    const found = pick(random, listRevisions(account.scope));
    if (!found) return undefined;
    const days = pick(random, [1, 5, 30]) ?? 1;
    const until = new Date(account.world.clock.now() + days * 24 * HOUR).toISOString();
    const value = random.next() < 0.2 ? "for a while" : until;
    tagTaskDefinition(account.scope, found.arn, { "ecs-retention:keep-until": value });
    return `${nameOf(found)} is held until ${value}`;
  },
  "end-hold": (account, random) => {
    const held = listRevisions(account.scope).filter(({ definition }) => definition.tags?.length);
    const found = pick(random, held);
    if (!found) return undefined;
    tagTaskDefinition(account.scope, found.arn, { "ecs-retention:keep-until": "2026-01-01" });
    return `${nameOf(found)} is held no more`;
  },
} satisfies Record<string, Happening>;

function scale(account: Account, random: Random, desiredCount: number): string | undefined {
  const service = pick(random, services(account));
  if (!service) return undefined;
  updateService(account.scope, { cluster: service.cluster, service: service.name, desiredCount });
  return `${service.name} is scaled to ${desiredCount}`;
}
