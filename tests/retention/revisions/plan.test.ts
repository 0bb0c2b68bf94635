import assert from "node:assert/strict";
import { DAY, HOUR, parseDuration } from "../../../retention/duration";
import { PolicyError } from "../../../retention/errors";
import { newLedger } from "../../../retention/ledger";
import { readPolicy } from "../../../retention/policy";
import { indexInventory } from "../../../retention/revisions/inventory";
import { type Memory, planRevisions } from "../../../retention/revisions/plan";
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
  familyMatch?: string;
  mode?: string;
  taskDefinitions?: object;
  ignoredSources?: string[];
  references?: { family?: string; revision: number | "NaN" | "latest"; source?: Reference["source"] }[];
  gaps?: { kind: string; name?: string; couldMean?: string; source?: string; acknowledged?: true }[];
  /** Dates as ages. Absent: no ledger. */
  ledger?: { since: Span; lastUsed?: Record<string, Span>; successful?: string[] };
  vanished?: { family?: string; familyMatch?: string; taskDefinitions: object; until: Span }[];
  /** In the order of the plan. `verdict` is `action rule`, `until` is from now on. */
  revisions: (Listed & {
    verdict: string;
    references?: number;
    sources?: string[];
    until?: Span;
    note?: string | null;
  })[];
  /** Listed too, without a verdict of their own. */
  extra?: Listed[];
}

interface Listed {
  family?: string;
  revision: number | "NaN";
  status: Revision["status"];
  arn?: string;
  /** `registered` and `deregistered` are ages. */
  registered?: Span;
  deregistered?: Span;
  registeredAt?: number | string;
  deregisteredAt?: number | string;
  /** Default: none where its registration was read; null: not described. */
  secrets?: string[] | null;
}

function span(value: Span): number {
  if (typeof value === "number") return value;
  const back = value.startsWith("-");
  const millis = parseDuration(back ? value.slice(1) : value);
  assert.ok(millis !== undefined, `${value} is no duration`);
  return back ? -millis : millis;
}

function toRevision(one: Pick<RevisionCase, "family">, listed: Listed): Revision {
  const family = listed.family ?? one.family ?? "checkout";
  const revision = Number(listed.revision);
  const date = (age: Span | undefined, at: number | string | undefined) =>
    age !== undefined ? NOW - span(age) : at !== undefined ? Number(at) : undefined;
  const registeredAt = date(listed.registered, listed.registeredAt);
  const deregisteredAt = date(listed.deregistered, listed.deregisteredAt);
  const secrets = listed.secrets ?? (listed.secrets === undefined && registeredAt !== undefined ? [] : undefined);
  return {
    arn: listed.arn ?? `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:${revision}`,
    family,
    revision,
    status: listed.status,
    ...(registeredAt !== undefined && { registeredAt }),
    ...(deregisteredAt !== undefined && { deregisteredAt }),
    ...(secrets && { plaintextSecrets: secrets }),
  };
}

function toInventory(one: RevisionCase): Inventory {
  const { family = "checkout", revisions, extra = [], references = [], gaps = [] } = one;
  return {
    account: ACCOUNT,
    region: REGION,
    readAt: NOW,
    revisions: [...revisions, ...extra].map((listed) => toRevision(one, listed)),
    references: references.map(({ source = "services", revision, ...target }, index) => ({
      source,
      by: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${index}`,
      target: { kind: "revision", family, ...target, revision: revision === "latest" ? revision : Number(revision) },
    })),
    successes: [],
    gaps: gaps.map(
      ({ source = "services", acknowledged, ...scope }, index): Gap => ({
        id: `${scope.kind}-gap-${index}`,
        source,
        scope: scope as Gap["scope"],
        cause: "failed",
        detail: "not read",
        remedy: "read it",
        ...(acknowledged && { acknowledged: { reason: "known", until: "2027-01-01" } }),
      }),
    ),
  };
}

function policyOf({ family = "checkout", taskDefinitions = {}, ...one }: Partial<RevisionCase>): RetentionPolicy {
  const ignoredSources = (one.ignoredSources ?? []).map((source) => ({ source, reason: "known" }));
  const { familyMatch, mode } = one;
  const { policy, problems } = readPolicy({ family, familyMatch, mode, taskDefinitions, ignoredSources });
  assert.ok(policy, JSON.stringify(problems));
  return policy;
}

function memoryOf({ family = "checkout", ledger, vanished = [] }: RevisionCase): Memory {
  const ages = Object.entries(ledger?.lastUsed ?? {}).map(([name, age]) => [name, NOW - span(age)]);
  const { since, successful: names = [] } = ledger ?? { since: 0 };
  const successful = Object.fromEntries(names.map((name, index) => [name, NOW - 100 * DAY + index]));
  const lastUsed = Object.fromEntries(ages);
  return {
    ...(ledger && { ledger: { ...newLedger(NOW - span(since)), lastUsed, successful } }),
    vanished: vanished.map(({ until, ...policy }) => ({
      until: NOW + span(until),
      policy: policyOf({ family, ...policy }),
    })),
  };
}

describe("plan of revisions", () => {
  for (const { subject, cases } of loadCases<RevisionCase>("revisions")) {
    describe(subject, () => {
      for (const one of cases) {
        it(one.name, () => {
          const inventory = toInventory(one);
          for (const revisions of [inventory.revisions, inventory.revisions.toReversed()]) {
            const indexed = indexInventory({ ...inventory, revisions });
            const { revisions: verdicts } = planRevisions(policyOf(one), indexed, NOW, memoryOf(one));
            const inOrder = one.revisions.map((listed) => toRevision(one, listed).arn);
            assert.deepEqual(
              verdicts.map(({ subject }) => subject.arn),
              inOrder,
            );
            for (const [index, expected] of one.revisions.entries()) {
              const because = verdicts[index]?.because;
              assert.equal(`${verdicts[index]?.action} ${because?.rule}`, expected.verdict, inOrder[index]);
              if (expected.note !== undefined) assert.equal(because?.note, expected.note ?? undefined);
              if (expected.references !== undefined) assert.equal(because?.references.length, expected.references);
              if (because?.rule !== "referenced") assert.deepEqual(because?.references, []);
              const sources = because?.references.map(({ source }) => source);
              if (expected.sources !== undefined) assert.deepEqual(sources, expected.sources);
              if (expected.until !== undefined) assert.equal(because?.until, NOW + span(expected.until));
            }
          }
        });
      }
    });
  }

  const revision = (number: number, status: Revision["status"] = "ACTIVE", age = 90 * DAY): Revision =>
    toRevision({}, { revision: number, status, registered: age, deregistered: age });
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

  it("carries service, family, mode and moment of the policy, and what could not be applied without a ledger", () => {
    const { policy } = readPolicy({ family: "checkout", service: "the checkout", mode: "enforce" });
    assert.ok(policy);
    const plan = planRevisions(policy, indexInventory(inventoryOf([])), NOW);
    const notApplied = ["within-24h", "among-successful", "recently-used", "limits"];
    const empty = { service: "the checkout", family: "checkout", mode: "enforce", at: NOW, revisions: [] };
    assert.deepEqual(plan, { ...empty, notApplied });
    const memory = { ledger: newLedger(NOW) };
    assert.deepEqual(planRevisions(policy, indexInventory(inventoryOf([])), NOW, memory), empty);
  });

  it("is the same in mode report and in mode enforce", () => {
    const indexed = indexInventory(inventoryOf([1, 2, 3].map((number) => revision(number))));
    const report = policyOf({ taskDefinitions: { keepRevisions: 1 } });
    const enforce: RetentionPolicy = { ...report, mode: "enforce" };
    assert.deepEqual(planRevisions(enforce, indexed, NOW).revisions, planRevisions(report, indexed, NOW).revisions);
  });

  it("names the sources that its policy ignores", () => {
    const plan = planRevisions(policyOf({ ignoredSources: ["rules", "pipes"] }), indexInventory(inventoryOf([])), NOW);
    assert.deepEqual(plan.ignoredSources, ["rules", "pipes"]);
  });

  it("tells of several gaps the one whose id comes first, whatever their order", () => {
    const gap = (id: string): Gap => ({
      ...{ id, source: "tasks", scope: { kind: "family", name: "checkout" }, cause: "failed" },
      ...{ detail: `detail of ${id}`, remedy: "read it" },
    });
    for (const gaps of [
      [gap("b"), gap("a"), gap("c")],
      [gap("a"), gap("c"), gap("b")],
      [gap("c"), gap("b"), gap("a")],
    ]) {
      const indexed = indexInventory({ ...inventoryOf([revision(2), revision(1)]), gaps });
      assert.equal(planRevisions(policyOf({}), indexed, NOW).revisions[1]?.because.note, "detail of a");
    }
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
        "unread",
        "within-24h",
        "plaintext-secrets",
        "among-newest",
        "among-successful",
        "vanished-claim",
        "too-young",
        "recently-used",
        "already-going",
        "superseded",
        "waiting",
        "expired",
      ],
    );
    for (const { question } of REVISION_RULES) assert.match(question, /^[A-Z].+\?$/);
  });
});
