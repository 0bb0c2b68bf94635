import assert from "node:assert/strict";
import { DAY, HOUR, parseDuration } from "../../../retention/duration";
import { PolicyError } from "../../../retention/errors";
import { readPolicy } from "../../../retention/policy";
import { indexInventory } from "../../../retention/revisions/inventory";
import { planRevisions } from "../../../retention/revisions/plan";
import { REVISION_RULES } from "../../../retention/revisions/rules";
import type { Gap, Inventory, Reference, RetentionPolicy, Revision } from "../../../retention/types";
import { loadCases } from "../../cases/load";

const NOW = Date.UTC(2026, 5, 1);
const ACCOUNT = "111122223333";
const REGION = "eu-west-1";

/** An age or a distance: a duration, or milliseconds. */
type Span = string | number;

interface RevisionCase {
  name: string;
  /** Default: checkout. */
  family?: string;
  taskDefinitions?: object;
  references?: { family?: string; revision: number | "NaN"; source?: Reference["source"] }[];
  gaps?: { kind: string; name?: string }[];
  /** In the order of the plan. `registered` and `deregistered` are ages, `verdict` is `action rule`. */
  revisions: (Listed & { verdict: string; references?: number; until?: Span; note?: string })[];
  /** Listed too, without a verdict of their own. */
  extra?: Listed[];
}

interface Listed {
  revision: number | "NaN";
  status: Revision["status"];
  arn?: string;
  registered?: Span;
  deregistered?: Span;
  registeredAt?: number | string;
  deregisteredAt?: number | string;
}

function span(value: Span): number {
  if (typeof value === "number") return value;
  const back = value.startsWith("-");
  const millis = parseDuration(back ? value.slice(1) : value);
  assert.ok(millis !== undefined, `${value} is no duration`);
  return back ? -millis : millis;
}

function toRevision(family: string, listed: Listed): Revision {
  const revision = Number(listed.revision);
  const date = (age: Span | undefined, at: number | string | undefined) =>
    age !== undefined ? NOW - span(age) : at !== undefined ? Number(at) : undefined;
  const registeredAt = date(listed.registered, listed.registeredAt);
  const deregisteredAt = date(listed.deregistered, listed.deregisteredAt);
  return {
    arn: listed.arn ?? `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:${revision}`,
    family,
    revision,
    status: listed.status,
    ...(registeredAt !== undefined && { registeredAt }),
    ...(deregisteredAt !== undefined && { deregisteredAt }),
  };
}

function toInventory({
  family = "checkout",
  revisions,
  extra = [],
  references = [],
  gaps = [],
}: RevisionCase): Inventory {
  return {
    account: ACCOUNT,
    region: REGION,
    readAt: NOW,
    revisions: [...revisions, ...extra].map((listed) => toRevision(family, listed)),
    references: references.map(({ source = "services", ...target }, index) => ({
      source,
      by: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${index}`,
      target: { kind: "revision", family, ...target, revision: Number(target.revision) },
    })),
    gaps: gaps.map(
      (scope): Gap => ({
        id: `${scope.kind}-gap`,
        source: "services",
        scope: scope as Gap["scope"],
        cause: "failed",
        detail: "not read",
        remedy: "read it",
      }),
    ),
  };
}

function policyOf({ family = "checkout", taskDefinitions = {} }: Partial<RevisionCase>): RetentionPolicy {
  const { policy } = readPolicy({ family, taskDefinitions });
  assert.ok(policy);
  return policy;
}

describe("plan of revisions", () => {
  for (const { subject, cases } of loadCases<RevisionCase>("revisions")) {
    describe(subject, () => {
      for (const one of cases) {
        it(one.name, () => {
          const inventory = toInventory(one);
          for (const revisions of [inventory.revisions, inventory.revisions.toReversed()]) {
            const { revisions: verdicts } = planRevisions(
              policyOf(one),
              indexInventory({ ...inventory, revisions }),
              NOW,
            );
            // Contradictory ones stand at the end, by ARN.
            const inOrder = one.revisions.map((listed) => toRevision(one.family ?? "checkout", listed).arn);
            assert.deepEqual(verdicts.map(({ subject }) => subject.arn).sort(), inOrder.sort());
            for (const expected of one.revisions) {
              const { arn } = toRevision(one.family ?? "checkout", expected);
              const verdict = verdicts.find(({ subject }) => subject.arn === arn);
              const because = verdict?.because;
              assert.equal(`${verdict?.action} ${because?.rule}`, expected.verdict, arn);
              if (expected.note !== undefined) assert.equal(because?.note, expected.note);
              if (expected.references !== undefined) assert.equal(because?.references.length, expected.references);
              if (expected.until !== undefined) assert.equal(because?.until, NOW + span(expected.until));
            }
          }
        });
      }
    });
  }

  const revision = (number: number, status: Revision["status"] = "ACTIVE", age = 90 * DAY): Revision =>
    toRevision("checkout", { revision: number, status, registered: age, deregistered: age });
  const inventoryOf = (revisions: Revision[]): Inventory => ({
    ...toInventory({ name: "", revisions: [] }),
    revisions,
  });

  it("stands newest first, each revision once", () => {
    const indexed = indexInventory(inventoryOf([2, 10, 9, 2, 100, 1].map((number) => revision(number))));
    const { revisions } = planRevisions(policyOf({}), indexed, NOW);
    assert.deepEqual(
      revisions.map(({ subject }) => subject.revision),
      [100, 10, 9, 2, 1],
    );
  });

  it("carries service, family, mode and moment of the policy", () => {
    const { policy } = readPolicy({ family: "checkout", service: "the checkout", mode: "enforce" });
    assert.ok(policy);
    const plan = planRevisions(policy, indexInventory(inventoryOf([])), NOW);
    assert.deepEqual(plan, { service: "the checkout", family: "checkout", mode: "enforce", at: NOW, revisions: [] });
  });

  it("is the same in mode report and in mode enforce", () => {
    const indexed = indexInventory(inventoryOf([1, 2, 3].map((number) => revision(number))));
    const report = policyOf({ taskDefinitions: { keepRevisions: 1 } });
    const enforce: RetentionPolicy = { ...report, mode: "enforce" };
    assert.deepEqual(planRevisions(enforce, indexed, NOW).revisions, planRevisions(report, indexed, NOW).revisions);
  });

  it("turns from keep to deregister at the moment that `until` tells, not a millisecond earlier", () => {
    const indexed = indexInventory(inventoryOf([revision(2), revision(1, "ACTIVE", 29 * DAY)]));
    const policy = policyOf({ taskDefinitions: { keepRevisions: 1 } });
    const until = planRevisions(policy, indexed, NOW).revisions[1]?.because.until ?? 0;
    assert.equal(planRevisions(policy, indexed, until - 1).revisions[1]?.action, "keep");
    assert.equal(planRevisions(policy, indexed, until).revisions[1]?.action, "deregister");
  });

  it("refuses half of a policy, a policy of another shape and a moment that is none", () => {
    const indexed = indexInventory(inventoryOf([revision(1)]));
    const wrong = policyOf({});
    wrong.taskDefinitions = { ...wrong.taskDefinitions, keepRevisions: Number.NaN };
    assert.throws(() => planRevisions(wrong, indexed, NOW), PolicyError);
    wrong.taskDefinitions = { ...wrong.taskDefinitions, keepRevisions: 1, keepFor: "soon" };
    assert.throws(() => planRevisions(wrong, indexed, NOW), /taskDefinitions\.keepFor: got "soon"/);
    assert.throws(() => planRevisions(policyOf({}), indexed, Number.NaN), RangeError);
  });

  it("changes nothing of the inventory that it is made from", () => {
    const inventory = inventoryOf([revision(1), revision(3), { ...revision(2), registeredAt: undefined } as never]);
    const before = structuredClone(inventory);
    planRevisions(policyOf({}), indexInventory(inventory), NOW);
    assert.deepEqual(inventory, before);
  });

  it("plans a hundred thousand revisions of one family", () => {
    const revisions = Array.from({ length: 100_000 }, (_, index) => revision(100_000 - index, "ACTIVE", index * HOUR));
    const plan = planRevisions(policyOf({}), indexInventory(inventoryOf(revisions)), NOW);
    assert.equal(plan.revisions.filter(({ action }) => action === "deregister").length, 100_000 - 30 * 24);
  });
});

describe("rules of revisions", () => {
  it("have an id and a question each, in this order", () => {
    assert.deepEqual(
      REVISION_RULES.map(({ id }) => id),
      [
        "referenced",
        "pinned",
        "newest-active",
        "among-newest",
        "unread",
        "within-24h",
        "too-young",
        "already-going",
        "superseded",
        "waiting",
        "expired",
      ],
    );
    for (const { question } of REVISION_RULES) assert.match(question, /^[A-Z].+\?$/);
  });
});
