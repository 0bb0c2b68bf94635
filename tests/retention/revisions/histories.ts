import fc from "fast-check";
import { DAY, HOUR } from "../../../retention/duration";
import { readPolicy } from "../../../retention/policy";
import { indexInventory } from "../../../retention/revisions/inventory";
import { type Memory, planRevisions } from "../../../retention/revisions/plan";
import type { Gap, Inventory, Ledger, Reference, RetentionPolicy, Revision } from "../../../retention/types";

export const NOW = Date.UTC(2026, 5, 1);
const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
/** The family that is planned, and neighbours whose names begin with it, begin it, or mean something to JavaScript. */
export const FAMILY = "app";
const FAMILIES = [FAMILY, "app-api", "ap", "__proto__", "app-0123abcd", "app-ffffffff"];

export function arnOf(family: string, revision: number): string {
  return `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:${revision}`;
}

/** A family as AWS keeps it: numbers grow with dates of registration, equal dates happen, numbers are missing. */
export function history(family: string = FAMILY, maxLength = 40): fc.Arbitrary<Revision[]> {
  const step = fc.record({
    status: fc.constantFrom<Revision["status"]>("ACTIVE", "ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"),
    numbers: fc.integer({ min: 1, max: 3 }),
    hours: fc.constantFrom(0, 1, 24, 72, 200),
    inactiveFor: fc.integer({ min: 0, max: 300 }),
    secrets: fc.constantFrom<string[]>([], [], ["app: environment KEY"]),
  });
  return fc.array(step, { maxLength }).map((steps) => {
    let age = 0;
    let revision = 1 + steps.reduce((sum, { numbers }) => sum + numbers, 0);
    return steps.map(({ status, numbers, hours, inactiveFor, secrets }) => {
      age += hours * HOUR;
      revision -= numbers;
      return {
        arn: arnOf(family, revision),
        family,
        revision,
        status,
        registeredAt: NOW - age,
        plaintextSecrets: secrets,
        ...(status !== "ACTIVE" && { deregisteredAt: NOW - Math.min(age, inactiveFor * HOUR) }),
      };
    });
  });
}

/** The same revision where it was listed and not described yet. */
export function undescribedOf({ arn, family, revision, status }: Revision): Revision {
  return { arn, family, revision, status };
}

/** The same revisions as read: some not described, some dates impossible, some listed twice in another status. */
const asRead = (revisions: Revision[]): fc.Arbitrary<Revision[]> =>
  fc.tuple(...revisions.map(blurred)).map((read) => read.flat());

function blurred(revision: Revision): fc.Arbitrary<Revision[]> {
  const undated = undescribedOf(revision);
  return fc.oneof<fc.WeightedArbitrary<Revision[]>[]>(
    { weight: 4, arbitrary: fc.constant([revision]) },
    { weight: 2, arbitrary: fc.constant([undated]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(Number.NaN, 0, 1_770_000_000).map((date) => [{ ...revision, registeredAt: date }]),
    },
    { weight: 1, arbitrary: fc.constant([revision, { ...undated, status: "INACTIVE" as const }]) },
  );
}

const reference: fc.Arbitrary<Reference> = fc.record({
  source: fc.constantFrom("services", "tasks", "rules"),
  by: fc.constantFrom("one", "other").map((name) => `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${name}`),
  target: fc.record({
    kind: fc.constant("revision"),
    family: fc.constantFrom(...FAMILIES),
    revision: fc.oneof<fc.WeightedArbitrary<number | "latest">[]>(
      { weight: 30, arbitrary: fc.integer({ min: 1, max: 60 }) },
      { weight: 5, arbitrary: fc.constant("latest" as const) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
  }),
});

export const gap: fc.Arbitrary<Gap> = fc
  .oneof(
    { weight: 1, arbitrary: fc.constant<Gap["scope"]>({ kind: "account" }) },
    { weight: 3, arbitrary: fc.constant<Gap["scope"]>({ kind: "none" }) },
    { weight: 1, arbitrary: fc.constantFrom(...FAMILIES).map((name): Gap["scope"] => ({ kind: "family", name })) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...FAMILIES), fc.integer({ min: 1, max: 60 }))
        .map(([family, revision]): Gap["scope"] => ({ kind: "item", name: arnOf(family, revision) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("app", "app-0", "x", "")
        .map((couldMean): Gap["scope"] => ({ kind: "item", name: "arn:aws:states:::stateMachine:x", couldMean })),
    },
  )
  .chain((scope) => fc.tuple(fc.constant(scope), fc.constantFrom("services", "rules")))
  .map(([scope, source]) => ({
    id: JSON.stringify([scope, source]),
    source,
    scope,
    cause: "failed",
    detail: "failed",
    remedy: "",
  }));

/** An account with several families, as one pass over it may have read it. */
export const inventory: fc.Arbitrary<Inventory> = fc.record({
  account: fc.constant(ACCOUNT),
  region: fc.constant(REGION),
  readAt: fc.constant(NOW),
  revisions: fc
    .tuple(...FAMILIES.map((family) => history(family)))
    .chain((families) => asRead(families.flat()))
    .chain((revisions) => fc.shuffledSubarray(revisions, { minLength: revisions.length })),
  references: fc.array(reference, { maxLength: 6 }),
  successes: fc.constant([]),
  gaps: fc.array(gap, { maxLength: 2 }),
});

/** The account where every revision was described and nothing is in the way. */
export function inventoryOf(revisions: Revision[]): Inventory {
  return { account: ACCOUNT, region: REGION, readAt: NOW, revisions, references: [], successes: [], gaps: [] };
}

export const settings = fc.record({
  keepRevisions: fc.integer({ min: 1, max: 12 }),
  keepSuccessful: fc.integer({ min: 0, max: 4 }),
  keepFor: fc.constantFrom("0h", "12h", "3d", "30d"),
  unusedFor: fc.constantFrom("0h", "12h", "3d", "30d"),
  deleteAfter: fc.constantFrom("1h", "2d", "7d"),
  pinned: fc.array(
    fc.integer({ min: 1, max: 60 }).map((revision) => `${FAMILY}:${revision}`),
    { maxLength: 3 },
  ),
  plaintextSecrets: fc.constantFrom("report" as const, "remove-when-unreferenced" as const),
});

const name = fc.tuple(fc.constantFrom(...FAMILIES), fc.integer({ min: 1, max: 60 })).map((parts) => parts.join(":"));

const date = fc.integer({ min: -2, max: 800 }).map((hours) => NOW - hours * HOUR);

/** What earlier runs may have seen, dates in the future among it. */
export const ledger: fc.Arbitrary<Ledger> = fc.record({
  version: fc.constant(1 as const),
  since: date,
  lastUsed: fc.dictionary(name, date),
  successful: fc.dictionary(name, date, { maxKeys: 12 }),
  removed: fc.constant([]),
});

type Wishes = Partial<RetentionPolicy["taskDefinitions"]>;
/** The rest of a policy. */
type Rest = Partial<Pick<RetentionPolicy, "mode" | "familyMatch" | "ignoredSources">>;

export function policyOf(taskDefinitions: Wishes, rest: Rest = {}): RetentionPolicy {
  const { policy, problems } = readPolicy({ family: FAMILY, mode: "enforce", taskDefinitions, ...rest });
  if (!policy) throw new Error(JSON.stringify(problems));
  return policy;
}

export function plan(read: Inventory, wishes: Wishes, now = NOW, memory: Memory = {}, rest: Rest = {}) {
  return planRevisions(policyOf(wishes, rest), indexInventory(read), now, memory);
}

/** ARNs of what would go. */
export function removals(...asked: Parameters<typeof plan>) {
  const { revisions } = plan(...asked);
  return new Set(revisions.filter(({ action }) => action !== "keep").map(({ subject }) => subject.arn));
}

export const AGES: Record<string, number> = {
  "0h": 0,
  "12h": 12 * HOUR,
  "3d": 3 * DAY,
  "30d": 30 * DAY,
  "1h": HOUR,
  "2d": 2 * DAY,
  "7d": 7 * DAY,
};
