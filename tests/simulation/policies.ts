import type { Random } from "../../simulator/random";

/** A line of revisions that one policy may be about. */
export interface Line {
  family: string;
  familyMatch: "exact" | "hash-suffix";
}

/** Settings as somebody might choose them; short durations, so that a history lives through them several times. */
export function randomPolicy({ family, familyMatch }: Line, revisions: number[], random: Random): object {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const pins = familyMatch === "exact" && revisions.length > 0 && random.next() < 0.2 ? [pick(revisions)] : [];
  const ignored = random.next() < 0.1 ? [pick(["rules", "pipes", "schedules", "state-machines", "codedeploy"])] : [];
  return {
    version: 1,
    service: `${family}-service`,
    family,
    familyMatch,
    mode: pick(["enforce", "enforce", "enforce", "enforce", "enforce", "enforce", "report", "retire"]),
    taskDefinitions: {
      keepRevisions: pick([1, 2, 3, 6]),
      keepSuccessful: pick([0, 1, 3]),
      keepFor: pick(["0h", "12h", "2d", "5d"]),
      unusedFor: pick(["0h", "0h", "1d", "3d", "6d"]),
      deleteAfter: pick(["1h", "1h", "1d", "3d"]),
      pinned: pins.map((revision) => `${family}:${revision}`),
      plaintextSecrets: pick(["report", "remove-when-unreferenced"]),
    },
    ignoredSources: ignored.map((source) => ({ source, reason: "the history says so" })),
    limits: { maxRemovals: pick([1, 3, 10, 500]) },
  };
}
