import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY } from "../../../retention/duration";
import type { Inventory, Reference } from "../../../retention/types";
import { AGES, arnOf, FAMILY, gap, history, inventory, inventoryOf, NOW, plan, removals, settings } from "./histories";

/** Numbers of the ACTIVE revisions of the family, newest first; what is also listed as INACTIVE is ACTIVE no more. */
function activeNumbers({ revisions }: Inventory): number[] {
  const ofFamily = revisions.filter(({ family }) => family === FAMILY);
  const gone = new Set(ofFamily.filter(({ status }) => status !== "ACTIVE").map(({ revision }) => revision));
  const numbers = new Set(ofFamily.map(({ revision }) => revision).filter((revision) => !gone.has(revision)));
  return [...numbers].sort((one, other) => other - one);
}

const isSubset = (smaller: Set<string>, larger: Set<string>) => [...smaller].every((arn) => larger.has(arn));

describe("every plan of revisions", () => {
  it("keeps what is referenced, pinned, or the newest ACTIVE revision", () => {
    fc.assert(
      fc.property(inventory, settings, (read, policy) => {
        const gone = removals(read, policy);
        const references = read.references.filter(({ target }) => target.family === FAMILY);
        for (const { target } of references) assert.ok(!gone.has(arnOf(FAMILY, target.revision)));
        for (const pin of policy.pinned) assert.ok(!gone.has(arnOf(FAMILY, Number(pin.split(":")[1]))));
        assert.ok(!gone.has(arnOf(FAMILY, activeNumbers(read)[0] ?? 0)));
      }),
    );
  });

  it("keeps the newest keepRevisions ACTIVE revisions", () => {
    fc.assert(
      fc.property(inventory, settings, (read, policy) => {
        const gone = removals(read, policy);
        for (const revision of activeNumbers(read).slice(0, policy.keepRevisions)) {
          assert.ok(!gone.has(arnOf(FAMILY, revision)));
        }
      }),
    );
  });

  it("is the same whatever the order of what was read", () => {
    fc.assert(
      fc.property(inventory, settings, fc.integer(), (read, policy, seed) => {
        const shuffled = <T>(list: T[]) =>
          fc.sample(fc.shuffledSubarray(list, { minLength: list.length }), { seed, numRuns: 1 })[0] as T[];
        const other = {
          ...read,
          revisions: shuffled(read.revisions),
          references: shuffled(read.references),
          gaps: shuffled(read.gaps),
        };
        assert.deepEqual(plan(other, policy), plan(read, policy));
      }),
    );
  });

  it("removes no more where more is to be kept, for longer", () => {
    fc.assert(
      fc.property(inventory, settings, fc.integer({ min: 0, max: 5 }), (read, policy, more) => {
        const gone = removals(read, policy);
        const keepRevisions = policy.keepRevisions + more;
        assert.ok(isSubset(removals(read, { ...policy, keepRevisions }), gone));
        for (const longer of ["0h", "12h", "3d", "30d"].filter(
          (age) => (AGES[age] ?? 0) >= (AGES[policy.keepFor] ?? 0),
        )) {
          assert.ok(isSubset(removals(read, { ...policy, keepFor: longer }), gone));
        }
        for (const longer of ["1h", "2d", "7d"].filter((age) => (AGES[age] ?? 0) >= (AGES[policy.deleteAfter] ?? 0))) {
          assert.ok(isSubset(removals(read, { ...policy, deleteAfter: longer }), gone));
        }
      }),
    );
  });

  it("removes no more with one more gap or one more reference, and no less later on", () => {
    fc.assert(
      fc.property(inventory, settings, gap, fc.integer({ min: 1, max: 60 }), (read, policy, another, revision) => {
        const gone = removals(read, policy);
        assert.ok(isSubset(removals({ ...read, gaps: [...read.gaps, another] }, policy), gone));
        const by = "arn:aws:ecs:eu-west-1:111122223333:task/new";
        const task: Reference = { source: "tasks", by, target: { kind: "revision", family: FAMILY, revision } };
        assert.ok(isSubset(removals({ ...read, references: [...read.references, task] }, policy), gone));
        assert.ok(isSubset(gone, removals(read, policy, NOW + DAY)));
      }),
    );
  });

  it("removes nothing while the account has a gap", () => {
    fc.assert(
      fc.property(inventory, settings, gap, (read, policy, one) => {
        const blocked = { ...read, gaps: [{ ...one, scope: { kind: "account" as const } }, ...read.gaps] };
        assert.equal(removals(blocked, policy).size, 0);
      }),
    );
  });

  it("is about its own family alone, and does not depend on any other", () => {
    fc.assert(
      fc.property(inventory, settings, (read, policy) => {
        const whole = plan(read, policy);
        for (const { subject } of whole.revisions) assert.equal(subject.family, FAMILY);
        const alone = { ...read, revisions: read.revisions.filter(({ family }) => family === FAMILY) };
        assert.deepEqual(plan(alone, policy), whole);
      }),
    );
  });

  it("gives every revision one verdict, in the order of their numbers, newest first", () => {
    fc.assert(
      fc.property(inventory, settings, (read, policy) => {
        const listed = read.revisions.filter(({ family }) => family === FAMILY).map(({ revision }) => revision);
        assert.deepEqual(
          plan(read, policy).revisions.map(({ subject }) => subject.revision),
          [...new Set(listed)].sort((one, other) => other - one),
        );
      }),
    );
  });

  it("deregisters only what is ACTIVE and old enough, deletes only what was INACTIVE for long enough", () => {
    fc.assert(
      fc.property(history(), settings, (revisions, policy) => {
        for (const { subject, action } of plan(inventoryOf(revisions), policy).revisions) {
          if (action === "keep") continue;
          assert.equal(subject.status, action === "deregister" ? "ACTIVE" : "INACTIVE");
          assert.ok(NOW - (subject.registeredAt ?? NOW) >= Math.max(AGES[policy.keepFor] ?? Infinity, DAY));
          if (action === "delete") {
            assert.ok(NOW - (subject.deregisteredAt ?? NOW) >= (AGES[policy.deleteAfter] ?? Infinity));
          }
        }
      }),
    );
  });

  it("leaves nothing behind that no rule keeps", () => {
    fc.assert(
      fc.property(history(), settings, (revisions, policy) => {
        const reasons = plan(inventoryOf(revisions), policy).revisions.filter(({ action }) => action === "keep");
        for (const { because } of reasons) assert.ok(!["unread", "unanswered"].includes(because.rule));
      }),
    );
  });

  it("removes no more where fewer dates were read", () => {
    fc.assert(
      fc.property(history(), settings, fc.infiniteStream(fc.boolean()), (revisions, policy, dated) => {
        const read = revisions.map((revision) => {
          const { registeredAt: _, deregisteredAt: __, ...undated } = revision;
          return dated.next().value ? revision : undated;
        });
        assert.ok(isSubset(removals(inventoryOf(read), policy), removals(inventoryOf(revisions), policy)));
      }),
    );
  });
});
