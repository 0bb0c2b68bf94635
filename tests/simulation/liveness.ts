import { listRevisions, type TaskDefinition, tagTaskDefinition } from "../../simulator/services/ecs-definitions";
import { deleteStateMachine } from "../../simulator/services/states";
import { type Account, registrationKey } from "./account";
import {
  type Claim,
  claims,
  claimsAt,
  isSuffixed,
  objectsBelow,
  overlap,
  readOnce,
  span,
  type WrittenPolicy,
} from "./claims";
import { named, type Observer, type Violation } from "./observer";
import { DAY } from "./tolerances";

/** What is to be waited for. */
export interface Patience {
  /** After so many days nothing may be left. */
  days: number;
  isOver(): boolean;
  /** What is there still though nothing keeps it. */
  left(): Violation[];
}

/** Ends what would keep things for ever or for nobody knows how long, and says by when the rest must be gone. */
export function expectGone(account: Account, observer: Observer): Patience {
  const { scope } = account;
  account.denied.clear();
  account.remove("control/STOP");
  for (const name of account.world.services.states.at(scope).keys()) deleteStateMachine(scope, name);
  for (const { arn, definition } of listRevisions(scope)) {
    if (definition.tags?.length) tagTaskDefinition(scope, arn, { "ecs-retention:keep-until": "2026-01-01" });
  }
  for (const [key, versions] of objectsBelow(observer.bucket, "policies/")) {
    const name = key.slice(registrationKey("").length - 5, -5);
    const good = versions.findLast((each) => !each.deleteMarker && readOnce(key, each).policy);
    const policy = good && readOnce(key, good).policy;
    if (!policy || name.endsWith("-twin")) account.remove(key);
    // Whoever deploys again repairs what was broken, removed or edited by hand.
    else account.deploy(name, { ...policy, limits: { maxRemovals: Math.max(10, policy.limits.maxRemovals) } });
  }
  const gone = objectsBelow(observer.bucket, "policies/").filter(([, versions]) => versions.at(-1)?.deleteMarker);
  account.settings.acknowledgedGaps = [...gone.map(([key]) => `vanished-${key}`), "implausible-references"].map(
    (id) => ({
      id,
      reason: "the history has come to rest",
      until: "2027-12-31",
    }),
  );
  observer.afterEvent();

  const policies = claimsAt(observer.bucket, observer.now).flatMap(({ policy }) => policy ?? []);
  const waits = policies.map(({ taskDefinitions: { keepFor, unusedFor, deleteAfter }, limits }) => {
    // Twice as long: a run that comes a minute earlier than the day before finds the limit still used up.
    const limited = (2 * 2 * observer.revisions().length) / limits.maxRemovals;
    return Math.max(1, span(keepFor) / DAY, span(unusedFor) / DAY) + span(deleteAfter) / DAY + limited;
  });
  // A deployment may still bake for three days, and each of the waits may begin a day late.
  const days = Math.ceil(Math.max(0, ...waits)) + 8;
  const leftOver = () => policies.flatMap((policy) => unkept(policy, observer));
  return {
    days,
    isOver: () => leftOver().length === 0,
    left: () =>
      leftOver().map(({ found, policy }) => ({
        rule: "liveness",
        at: observer.now,
        text: `${named(found)} is still ${found.status} after ${days} days: ${JSON.stringify(policy)}`,
      })),
  };
}

/** What a policy does not keep, by a model of its own that is as simple as it can be. */
function unkept(policy: WrittenPolicy, observer: Observer): { found: TaskDefinition; policy: WrittenPolicy }[] {
  const { family, familyMatch, mode, taskDefinitions, ignoredSources } = policy;
  if (mode === "report") return [];
  const claim: Claim = { key: "", policy };
  const twins = claimsAt(observer.bucket, observer.now).filter((each) => overlap(each, claim));
  if (twins.length > 1) return [];
  const line = observer
    .revisions()
    .filter((each) => (familyMatch === "exact" ? each.family === family : isSuffixed(family, each.family)))
    .sort((one, other) => other.registeredAt - one.registeredAt || other.revision - one.revision);
  const ignored = new Set(ignoredSources.map(({ source }) => source));
  const needed = [...observer.needed.values()].filter(({ source }) => !ignored.has(source));
  const inUse = new Set([...needed.map(({ revision }) => revision), ...lastAttempted(observer)]);
  if (mode === "retire" && [...inUse].some((revision) => claims(claim, revision.split(":")[0] ?? ""))) return [];
  const keep = mode === "retire" ? 0 : Math.max(1, taskDefinitions.keepRevisions);
  const newest = new Set(line.filter(({ status }) => status === "ACTIVE").slice(0, keep));
  const left = line.filter(
    (each) =>
      each.status !== "DELETE_IN_PROGRESS" &&
      !inUse.has(named(each)) &&
      !newest.has(each) &&
      !taskDefinitions.pinned.includes(named(each)),
  );
  // Which of its successes the ledger saw is not known here, only how many it may keep.
  const successful = left.filter((each) => mode !== "retire" && observer.completed.has(named(each)));
  const excused = new Set(successful.slice(0, taskDefinitions.keepSuccessful));
  return left.filter((each) => !excused.has(each)).map((found) => ({ found, policy }));
}

/** CodeDeploy's last attempts, failed ones too: whether one of them will be tried again nobody can tell. */
function lastAttempted({ scope }: Observer): string[] {
  const { applications, deployments } = scope.world.services.codedeploy.at(scope);
  const groups = [...applications.values()].flatMap((each) => [...each.groups.values()]);
  return groups.flatMap(({ lastAttemptedDeployment: last }) => {
    const { revision } = deployments.get(last?.deploymentId ?? "") ?? {};
    return /task-definition\/([\w-]+:\d+)/.exec(revision?.appSpecContent?.content ?? "")?.[1] ?? [];
  });
}
