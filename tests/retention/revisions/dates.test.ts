import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY, HOUR } from "../../../retention/duration";
import { findAgeBoundary, missingDates, wouldDelete } from "../../../retention/revisions/dates";
import { indexInventory } from "../../../retention/revisions/inventory";
import { planRevisions } from "../../../retention/revisions/plan";
import type { Gap, Inventory, Revision } from "../../../retention/types";
import { arnOf, FAMILY, history, inventory, inventoryOf, NOW, plan, policyOf, removals, settings } from "./histories";

function undated({ arn, family, revision, status }: Revision): Revision {
  return { arn, family, revision, status };
}

/** Reads the dates of ACTIVE revisions as a run does, and says how many it took. */
async function bisected(read: Inventory, policy: ReturnType<typeof policyOf>, truth: Revision[]) {
  const dates = new Map(truth.map(({ arn, registeredAt }) => [arn, registeredAt]));
  const asked: string[] = [];
  const { active, cutoff } = missingDates(policy, indexInventory(read), NOW);
  await findAgeBoundary(active, cutoff, async ({ arn }) => {
    asked.push(arn);
    return dates.get(arn);
  });
  const revisions = read.revisions.map((revision) => {
    const registeredAt = asked.includes(revision.arn) ? dates.get(revision.arn) : undefined;
    return registeredAt === undefined ? revision : { ...revision, registeredAt };
  });
  return { read: { ...read, revisions }, asked, candidates: active.length };
}

describe("dates of ACTIVE revisions", () => {
  it("found by bisection lead to the removals that describing everything leads to, with at most log2(n) + 2 calls", async () => {
    const active = history(FAMILY, 300).map((all) => all.map((one): Revision => ({ ...one, status: "ACTIVE" })));
    await fc.assert(
      fc.asyncProperty(active, settings, async (truth, rules) => {
        const { read, asked, candidates } = await bisected(inventoryOf(truth.map(undated)), policyOf(rules), truth);
        assert.deepEqual(removals(read, rules), removals(inventoryOf(truth), rules));
        assert.ok(asked.length <= Math.log2(Math.max(candidates, 1)) + 2, `${asked.length} calls for ${candidates}`);
        assert.equal(new Set(asked).size, asked.length);
      }),
    );
  });

  it("found by bisection leave no ACTIVE revision unread, references and pins among them or not", async () => {
    await fc.assert(
      fc.asyncProperty(history(), settings, fc.array(fc.integer({ min: 1, max: 60 })), async (truth, rules, used) => {
        const references = used.map((revision) => ({
          source: "tasks" as const,
          by: "task",
          target: { kind: "revision" as const, family: FAMILY, revision },
        }));
        const { read } = await bisected({ ...inventoryOf(truth.map(undated)), references }, policyOf(rules), truth);
        const left = plan(read, rules).revisions.filter(({ because }) => because.rule === "unread");
        assert.deepEqual(
          left.filter(({ subject }) => subject.status === "ACTIVE"),
          [],
        );
      }),
    );
  });

  it("need one call where there is one revision, none where there is none", async () => {
    const truth = [1, 2].map((revision) => ({
      ...undated({ arn: arnOf(FAMILY, revision), family: FAMILY, revision, status: "ACTIVE" }),
      registeredAt: NOW - 90 * DAY,
    }));
    const one = await bisected(inventoryOf(truth.map(undated)), policyOf({ keepRevisions: 1 }), truth);
    assert.deepEqual(one.asked, [arnOf(FAMILY, 1)]);
    const none = await bisected(inventoryOf(truth.map(undated)), policyOf({ keepRevisions: 2 }), truth);
    assert.deepEqual(none.asked, []);
  });

  it("that lie exactly on the cutoff are old enough, all of them", async () => {
    const truth = Array.from({ length: 9 }, (_, index): Revision => {
      const revision = 9 - index;
      const age = index === 8 ? 31 * DAY : 30 * DAY;
      return { arn: arnOf(FAMILY, revision), family: FAMILY, revision, status: "ACTIVE", registeredAt: NOW - age };
    });
    const { read } = await bisected(inventoryOf(truth.map(undated)), policyOf({ keepRevisions: 1 }), truth);
    assert.equal(removals(read, { keepRevisions: 1 }).size, 8);
  });

  it("that AWS does not tell lead to no removal beyond what is certain, and to no more calls", async () => {
    await fc.assert(
      fc.asyncProperty(history(FAMILY, 100), settings, fc.infiniteStream(fc.boolean()), async (truth, rules, told) => {
        const partly = truth.map((revision) =>
          told.next().value ? revision : { ...undated(revision), deregisteredAt: 0 },
        );
        const { read, asked, candidates } = await bisected(inventoryOf(truth.map(undated)), policyOf(rules), partly);
        assert.ok([...removals(read, rules)].every((arn) => removals(inventoryOf(truth), rules).has(arn)));
        assert.ok(asked.length <= Math.log2(Math.max(candidates, 1)) + 2);
      }),
    );
  });

  it("that are missing for everything old are still found where newer ones have them", async () => {
    const truth: Revision[] = Array.from({ length: 64 }, (_, index) => ({
      ...undated({ arn: arnOf(FAMILY, 64 - index), family: FAMILY, revision: 64 - index, status: "ACTIVE" }),
      ...(index < 30 && { registeredAt: NOW - index * 10 * DAY }),
    }));
    const { read } = await bisected(
      inventoryOf(truth.map(undated)),
      policyOf({ keepRevisions: 1, keepFor: "30d" }),
      truth,
    );
    assert.equal(removals(read, { keepRevisions: 1, keepFor: "30d" }).size, 61);
  });

  it("stop being read where a call fails for good", async () => {
    const boundary = findAgeBoundary([undated({ arn: "a", family: "a", revision: 1, status: "ACTIVE" })], NOW, () =>
      Promise.reject(new Error("AccessDenied")),
    );
    await assert.rejects(boundary, /AccessDenied/);
  });

  it("are asked beyond the cutoff of 24 hours even if keepFor is shorter", () => {
    const { cutoff } = missingDates(policyOf({ keepFor: "1h" }), indexInventory(inventoryOf([])), NOW);
    assert.equal(cutoff, NOW - DAY);
    assert.equal(
      missingDates(policyOf({ keepFor: "25h" }), indexInventory(inventoryOf([])), NOW).cutoff,
      NOW - 25 * HOUR,
    );
  });
});

describe("dates of INACTIVE revisions", () => {
  const inactive = (revision: number): Revision => ({
    arn: arnOf(FAMILY, revision),
    family: FAMILY,
    revision,
    status: "INACTIVE",
  });
  const numbersOf = (read: Inventory, failed: number[] = [], pinned: string[] = []) =>
    missingDates(
      policyOf({ pinned }),
      indexInventory(read),
      NOW,
      new Set(failed.map((revision) => arnOf(FAMILY, revision))),
    ).inactive.map(({ revision }) => revision);
  const read = inventoryOf([4, 1, 10, 3, 2].map(inactive));

  it("are read oldest first", () => assert.deepEqual(numbersOf(read), [1, 2, 3, 4, 10]));

  it("are read last where the last removal failed, so that these do not starve the others", () => {
    assert.deepEqual(numbersOf(read, [1, 3]), [2, 4, 10, 1, 3]);
  });

  it("are not read of pinned, referenced and blocked ones", () => {
    const item: Gap = {
      id: "item",
      source: "revisions",
      scope: { kind: "item", name: `${FAMILY}:10` },
      cause: "failed",
      detail: "failed",
      remedy: "",
    };
    const target = { kind: "revision" as const, family: FAMILY, revision: 3 };
    const references = [{ source: "tasks" as const, by: "task", target }];
    assert.deepEqual(numbersOf({ ...read, gaps: [item], references }, [], [`${FAMILY}:2`]), [1, 4]);
    assert.deepEqual(numbersOf({ ...read, gaps: [{ ...item, scope: { kind: "account" } }] }), []);
  });

  it("are not read of what is known to be young, is described, or is being deleted", () => {
    const revisions = [
      { ...inactive(5), registeredAt: NOW - 90 * DAY, deregisteredAt: NOW - 80 * DAY },
      inactive(4),
      { ...inactive(3), registeredAt: NOW - 2 * DAY },
      { ...inactive(2), status: "DELETE_IN_PROGRESS" as const },
      inactive(1),
    ];
    assert.deepEqual(numbersOf(inventoryOf(revisions)), [1]);
  });

  it("once read, leave nothing unread but gaps", () => {
    fc.assert(
      fc.property(history(), settings, (truth, rules) => {
        const { active, inactive: missing } = missingDates(
          policyOf(rules),
          indexInventory(inventoryOf(truth.map(undated))),
          NOW,
        );
        const described = new Set([...active, ...missing].map(({ arn }) => arn));
        const known = inventoryOf(truth.map((one) => (described.has(one.arn) ? one : undated(one))));
        assert.deepEqual(removals(known, rules), removals(inventoryOf(truth), rules));
        const again = missingDates(policyOf(rules), indexInventory(known), NOW);
        assert.deepEqual([...again.active, ...again.inactive], []);
      }),
    );
  });

  it("are wanted for revisions that are unread, and for no others", () => {
    fc.assert(
      fc.property(inventory, settings, (anything, rules) => {
        const indexed = indexInventory(anything);
        const verdicts = planRevisions(policyOf(rules), indexed, NOW).revisions;
        const unread = new Set(
          verdicts.filter(({ because }) => because.rule === "unread").map(({ subject }) => subject.arn),
        );
        const { active, inactive: missing } = missingDates(policyOf(rules), indexed, NOW);
        for (const { arn } of [...active, ...missing]) assert.ok(unread.has(arn));
      }),
    );
  });

  it("tell at once whether the revision counts as one to delete", () => {
    fc.assert(
      fc.property(history(), settings, (truth, rules) => {
        const indexed = indexInventory(inventoryOf(truth.map(undated)));
        const counts = wouldDelete(policyOf(rules), indexed, NOW);
        const gone = removals(inventoryOf(truth), rules);
        for (const { arn } of missingDates(policyOf(rules), indexed, NOW).inactive) {
          const described = truth.find((one) => one.arn === arn);
          assert.ok(described);
          assert.equal(counts(described), gone.has(arn));
        }
      }),
    );
  });
});
