import { forgottenAt, ignores, type SafetyRule } from "./case";
import { bodyOf, claims, current, objectsBelow } from "./claims";
import type { Observer } from "./observer";
import { DAY } from "./tolerances";

/** The sources whose lists an operation reads: without it nobody knows what is in use anywhere. */
const SOURCE_OF: Record<string, string> = {
  ListTaskDefinitions: "revisions",
  ListClusters: "services",
  ListServices: "services",
  ListTasks: "tasks",
  ListEventBuses: "rules",
  ListRuleNamesByTarget: "rules",
  ListPipes: "pipes",
  ListSchedules: "schedules",
  ListStateMachines: "state-machines",
  ListApplications: "codedeploy",
};

interface Intent {
  action: string;
  subjects: string[];
}

function intentsOf(text: string | undefined, by: string): Intent[] {
  const { runId, intents = [] } = parsed(text);
  return runId === by ? intents : [];
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a run wrote, or somebody who damaged it.
function parsed(text: string | undefined): any {
  try {
    return JSON.parse(text ?? "") ?? {};
  } catch {
    return {};
  }
}

/** When what a killed run left to be counted was last damaged: its lease or its journal. */
function batchesForgottenAt({ meddled }: Observer): number {
  const damaged = [...meddled].filter(([key]) => /^(lease|journal)\//.test(key));
  return Math.max(0, ...damaged.map(([, at]) => at));
}

/** However much may go: not too much at once, not what is held, not while stopped, and never without a trace. */
export const RUN_RULES: SafetyRule[] = [
  {
    id: "limit",
    broken: ({ removal, seen, policy, mine }) => {
      const since = Math.max(
        seen.now - DAY + seen.tolerances.day,
        forgottenAt(seen, mine.key),
        batchesForgottenAt(seen),
      );
      const same = seen.removals.filter(
        (each) => each.at > since && each.role === removal.role && claims(mine, each.found.family),
      );
      const { maxRemovals } = policy.limits;
      return same.length + 1 > maxRemovals && `${same.length + 1} removals in a day, maxRemovals is ${maxRemovals}`;
    },
  },
  {
    id: "held",
    broken: ({ removal, seen }) => {
      const since = seen.held.get(removal.revision);
      const until = removal.found.definition.tags?.find(({ key }) => key === "ecs-retention:keep-until")?.value ?? "";
      // By a clock that is ahead it may have ended.
      if (Date.parse(until) < seen.now + seen.tolerances.clock) return;
      return since !== undefined && since <= seen.now - seen.tolerances.tag && "its tag holds it";
    },
  },
  {
    id: "stopped",
    broken: ({ seen }) => {
      const before = seen.now - seen.tolerances.batch;
      const stops = objectsBelow(seen.bucket, "control/").filter(([, versions]) => {
        const found = current(versions);
        return found && found.at <= before;
      });
      return stops.length > 0 && `${stops[0]?.[0]} stands`;
    },
  },
  {
    id: "journal",
    broken: ({ removal, seen }) => {
      const keys = objectsBelow(seen.bucket, "journal/").filter(([key]) => key.includes(removal.runId));
      // Any version: somebody may have damaged it since.
      const intents = keys.flatMap(([, versions]) =>
        versions.flatMap((each) => intentsOf(bodyOf(each), removal.runId)),
      );
      const intended = intents.some(
        ({ action, subjects }) => action === removal.action && subjects.includes(removal.found.arn),
      );
      return !intended && "the journal has no intent of it";
    },
  },
  {
    id: "archive",
    broken: ({ removal: { action, found }, seen }) => {
      if (action !== "delete") return;
      const place = `archive/${seen.scope.account}-${seen.scope.region}/${found.family}/${found.revision}.`;
      const kept = objectsBelow(seen.bucket, place).map(([, versions]) => bodyOf(current(versions)));
      return !kept.some((body) => body && JSON.parse(body).family === found.family) && "it is not in the archive";
    },
  },
  {
    id: "lease",
    broken: ({ removal, seen }) => {
      const key = `lease/${seen.scope.account}-${seen.scope.region}.json`;
      if ((seen.meddled.get(key) ?? 0) >= seen.now - seen.tolerances.batch) return;
      const { runId, expiresAt } = parsed(bodyOf(current(seen.bucket.objects.get(key))));
      if (runId !== removal.runId) return `the lease is ${runId}'s`;
      return expiresAt < seen.now - seen.tolerances.clock && "its lease has expired";
    },
  },
  {
    id: "gap",
    broken: ({ removal, seen, policy }) => {
      const startedAt = seen.runs.get(removal.runId)?.startedAt ?? 0;
      for (const [operation, since] of seen.denied) {
        const source = SOURCE_OF[operation];
        if (source && since < startedAt && !ignores(policy, source)) return `${operation} is denied`;
      }
    },
  },
];
