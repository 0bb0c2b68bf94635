import { type Case, forgottenAt, hours, ignores, isExposed, noticed, type SafetyRule } from "./case";
import { type Claim, claims, isSuffixed, objectsBelow, overlap, readOnce, span } from "./claims";
import { named, type Observer } from "./observer";
import { DAY, HOUR } from "./tolerances";

/** Of the removal's policy: newest first, those that removal and others left ACTIVE, and those that others took just now. */
function newerActive({ removal, seen, policy }: Case): number {
  const { family, revision, registeredAt } = removal.found;
  const recently = seen.now - seen.tolerances.reference;
  return seen.revisions().filter((each) => {
    const isNewer =
      policy.familyMatch === "exact"
        ? each.family === family && each.revision > revision
        : isSuffixed(policy.family, each.family) &&
          (each.registeredAt > registeredAt || (each.registeredAt === registeredAt && each.family !== family));
    const active = each.status === "ACTIVE" || (seen.deregisteredByOthers.get(named(each)) ?? 0) >= recently;
    return isNewer && active;
  }).length;
}

const deregistersIn = ({ removal, policy }: Case, modes: string[]) =>
  removal.action === "deregister" && modes.includes(policy.mode);

/** The first run since which every run could keep the ledger of a registration; what happened before, it need not know. */
function ledgerBegins({ keptSince, now }: Observer, mine: Claim): number {
  const kept = keptSince.get(mine.key);
  return kept && overlap(kept.claim, mine) ? kept.since : now;
}

/** What a policy keeps is kept, also for some time by the policy of a registration that vanished. */
export const KEEP_RULES: SafetyRule[] = [
  {
    id: "newest-active",
    broken: (given) =>
      deregistersIn(given, ["enforce"]) && newerActive(given) < 1 && "it was the newest ACTIVE revision",
  },
  {
    id: "among-newest",
    broken: (given) => {
      const { keepRevisions } = given.policy.taskDefinitions;
      if (given.exposed || !deregistersIn(given, ["enforce"])) return;
      const newer = newerActive(given);
      return newer < keepRevisions && `only ${newer} newer ACTIVE ones, keepRevisions is ${keepRevisions}`;
    },
  },
  {
    id: "pinned",
    broken: ({ removal, policy }) => policy.taskDefinitions.pinned.includes(removal.revision) && "it is pinned",
  },
  {
    id: "within-24h",
    broken: ({ removal, seen }) => {
      const age = seen.now - removal.found.registeredAt;
      return age < DAY - seen.tolerances.clock && `registered ${hours(age)} ago`;
    },
  },
  {
    id: "too-young",
    broken: ({ removal, seen, policy, exposed }) => {
      const age = seen.now - removal.found.registeredAt;
      const { keepFor } = policy.taskDefinitions;
      return (
        !exposed && age < span(keepFor) - seen.tolerances.clock && `registered ${hours(age)} ago, keepFor ${keepFor}`
      );
    },
  },
  {
    id: "recently-used",
    broken: ({ removal, seen, policy, exposed, mine }) => {
      const { unusedFor } = policy.taskDefinitions;
      const wanted = Math.max(DAY, exposed ? 0 : span(unusedFor));
      for (const [source, at] of seen.seenUsed.get(`${mine.key} ${removal.revision}`) ?? []) {
        const ago = seen.now - at;
        if (!ignores(policy, source) && ago < wanted - seen.tolerances.clock) {
          return `seen used by ${source} ${hours(ago)} ago, unusedFor ${unusedFor}`;
        }
      }
    },
  },
  {
    id: "unknown-use",
    broken: ({ seen, policy, exposed, mine }) => {
      const { unusedFor } = policy.taskDefinitions;
      const known = seen.now - ledgerBegins(seen, mine);
      const wanted = Math.max(DAY, exposed ? 0 : span(unusedFor)) - seen.tolerances.clock;
      return known < wanted && `its use is known for ${hours(known)} only, unusedFor ${unusedFor}`;
    },
  },
  {
    id: "among-successful",
    broken: ({ removal, seen, policy, exposed, mine }) => {
      const { keepSuccessful } = policy.taskDefinitions;
      if (exposed || policy.mode === "retire" || keepSuccessful < 1) return;
      // A rollback counts for the product where it saw one end: what must be kept is among the last in either count.
      const [completedAt, succeededAt] = [seen.completed, seen.succeeded].map((dates) => {
        const own = [...dates].filter(([revision]) => claims(mine, revision.split(":")[0] ?? ""));
        const last = own.sort(([, one], [, other]) => other - one).slice(0, keepSuccessful);
        return last.find(([revision]) => revision === removal.revision)?.[1];
      });
      const saw = seen.seenCompleted.get(`${mine.key} ${removal.revision}`) ?? 0;
      const from = Math.max(
        ...[completedAt ?? Infinity, succeededAt ?? Infinity, forgottenAt(seen, mine.key), ledgerBegins(seen, mine)],
      );
      const kept = saw >= from;
      return kept && `among the last ${keepSuccessful} that a deployment completed on`;
    },
  },
  {
    id: "delete-after",
    broken: ({ removal, seen, policy }) => {
      if (removal.action !== "delete") return;
      const { deleteAfter } = policy.taskDefinitions;
      const inactive = seen.now - (removal.found.deregisteredAt ?? seen.now);
      const wanted = Math.max(HOUR, span(deleteAfter)) - seen.tolerances.clock;
      return inactive < wanted && `INACTIVE for ${hours(inactive)}, deleteAfter ${deleteAfter}`;
    },
  },
  {
    id: "vanished",
    broken: (given) => {
      const { removal, seen, all, exposed } = given;
      if (exposed) return;
      const acknowledged = seen.runs.get(removal.runId)?.acknowledged ?? [];
      for (const [key, versions] of objectsBelow(seen.bucket, "policies/")) {
        const marker = versions.at(-1);
        const last = versions.findLast((each) => !each.deleteMarker && readOnce(key, each).policy);
        const policy = last && readOnce(key, last).policy;
        if (!marker?.deleteMarker || !policy || all.some((each) => each.key === key)) continue;
        const before = { ...given, policy, mine: { key, policy }, exposed: isExposed(removal, policy) };
        const over = marker.at + 30 * DAY < seen.now || acknowledged.includes(`vanished-${key}`);
        if (over || !claims(before.mine, removal.found.family) || !noticed(seen, last.at, marker.at)) continue;
        const rule = KEEP_RULES.find(
          ({ id, broken }) => ["among-newest", "pinned", "too-young"].includes(id) && broken(before),
        );
        if (rule) return `${key}, which vanished, still keeps it by ${rule.id}`;
      }
    },
  },
];
