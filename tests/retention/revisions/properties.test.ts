import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY } from "../../../retention/duration";
import type { Inventory, Reference } from "../../../retention/types";
import {
  AGES,
  arnOf,
  FAMILY,
  gap,
  history,
  inventory,
  inventoryOf,
  ledger,
  NOW,
  plan,
  policyOf,
  removals,
  settings,
  undescribedOf,
} from "./histories";

const memory = fc.option(ledger, { nil: undefined }).map((ledger) => (ledger ? { ledger } : {}));
const line = (policy: { pinned: string[] }) => ({ ...policy, pinned: [] });
const KEEPS = ["0h", "12h", "3d", "30d"] as const;
const WAITS = ["1h", "2d", "7d"] as const;
const LINE = { familyMatch: "hash-suffix" as const };

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
      fc.property(inventory, settings, memory, (read, policy, memory) => {
        const gone = removals(read, policy, NOW, memory);
        const references = read.references.filter(({ target }) => target.family === FAMILY);
        for (const { target } of references) {
          const revision = target.revision === "latest" ? (activeNumbers(read)[0] ?? 0) : target.revision;
          assert.ok(!gone.has(arnOf(FAMILY, revision)));
        }
        for (const pin of policy.pinned) assert.ok(!gone.has(arnOf(FAMILY, Number(pin.split(":")[1]))));
        assert.ok(!gone.has(arnOf(FAMILY, activeNumbers(read)[0] ?? 0)));
      }),
    );
  });

  it("keeps the newest keepRevisions ACTIVE revisions, but for plaintext secrets where the policy says so", () => {
    fc.assert(
      fc.property(inventory, settings, (read, settings) => {
        const policy = { ...settings, plaintextSecrets: "report" as const };
        const gone = removals(read, policy);
        for (const revision of activeNumbers(read).slice(0, policy.keepRevisions)) {
          assert.ok(!gone.has(arnOf(FAMILY, revision)));
        }
      }),
    );
  });

  it("is the same whatever the order of what was read", () => {
    fc.assert(
      fc.property(inventory, settings, memory, fc.integer(), (read, policy, memory, seed) => {
        const shuffled = <T>(list: T[]) =>
          fc.sample(fc.shuffledSubarray(list, { minLength: list.length }), { seed, numRuns: 1 })[0] as T[];
        const other = {
          ...read,
          revisions: shuffled(read.revisions),
          references: shuffled(read.references),
          gaps: shuffled(read.gaps),
        };
        assert.deepEqual(plan(other, policy, NOW, memory), plan(read, policy, NOW, memory));
        const hashed = [line(policy), NOW, memory, LINE] as const;
        assert.deepEqual(plan(other, ...hashed), plan(read, ...hashed));
      }),
    );
  });

  it("removes no more where more is to be kept, for longer", () => {
    fc.assert(
      fc.property(inventory, settings, memory, fc.integer({ min: 0, max: 5 }), (read, policy, memory, more) => {
        const gone = removals(read, policy, NOW, memory);
        const removed = (wishes: Partial<typeof policy>) => removals(read, { ...policy, ...wishes }, NOW, memory);
        assert.ok(isSubset(removed({ keepRevisions: policy.keepRevisions + more }), gone));
        assert.ok(isSubset(removed({ keepSuccessful: policy.keepSuccessful + more }), gone));
        for (const longer of KEEPS.filter((age) => (AGES[age] ?? 0) >= (AGES[policy.keepFor] ?? 0))) {
          assert.ok(isSubset(removed({ keepFor: longer }), gone));
        }
        for (const longer of KEEPS.filter((age) => (AGES[age] ?? 0) >= (AGES[policy.unusedFor] ?? 0))) {
          assert.ok(isSubset(removed({ unusedFor: longer }), gone));
        }
        for (const longer of WAITS.filter((age) => (AGES[age] ?? 0) >= (AGES[policy.deleteAfter] ?? 0))) {
          assert.ok(isSubset(removed({ deleteAfter: longer }), gone));
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
      fc.property(history(), settings, ledger, (revisions, policy, ledger) => {
        for (const { subject, action, because } of plan(inventoryOf(revisions), policy, NOW, { ledger }).revisions) {
          if (action === "keep") continue;
          const isShielded = because.rule !== "plaintext-secrets";
          assert.equal(subject.status, action === "deregister" ? "ACTIVE" : "INACTIVE");
          const age = NOW - (subject.registeredAt ?? NOW);
          assert.ok(age >= Math.max(isShielded ? (AGES[policy.keepFor] ?? Infinity) : 0, DAY));
          const seen = ledger.lastUsed[`${FAMILY}:${subject.revision}`] ?? ledger.since;
          assert.ok(NOW - seen >= Math.max(isShielded ? (AGES[policy.unusedFor] ?? Infinity) : 0, DAY));
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

  it("removes no more where fewer revisions were described, of one family or of a line", () => {
    fc.assert(
      fc.property(inventory, settings, memory, fc.infiniteStream(fc.boolean()), (read, policy, memory, described) => {
        const revisions = read.revisions.map((one) => (described.next().value ? one : undescribedOf(one)));
        const fewer = { ...read, revisions };
        const settled = { ...read, revisions: read.revisions };
        assert.ok(isSubset(removals(fewer, policy, NOW, memory), removals(settled, policy, NOW, memory)));
        const hashed = [line(policy), NOW, memory, LINE] as const;
        assert.ok(isSubset(removals(fewer, ...hashed), removals(settled, ...hashed)));
      }),
    );
  });

  it("removes no more with a ledger than without, nor with the policy of a registration that is gone", () => {
    fc.assert(
      fc.property(inventory, settings, settings, ledger, (read, policy, other, ledger) => {
        const remembered = removals(read, policy, NOW, { ledger });
        assert.ok(isSubset(remembered, removals(read, policy)));
        const vanished = [{ policy: policyOf(other), until: NOW + DAY }];
        assert.ok(isSubset(removals(read, policy, NOW, { ledger, vanished }), remembered));
        const both = removals(read, other, NOW, { ledger });
        const unshielded = new Set(
          plan(read, policy, NOW, { ledger, vanished })
            .revisions.filter(({ action, because }) => action !== "keep" && because.rule !== "plaintext-secrets")
            .map(({ subject }) => subject.arn),
        );
        assert.ok(isSubset(unshielded, both));
      }),
    );
  });

  it("in mode retire removes nothing while anything refers to the family, or to any of the line", () => {
    fc.assert(
      fc.property(inventory, settings, memory, (read, policy, memory) => {
        const retire = { mode: "retire" as const };
        if (read.references.some(({ target }) => target.family === FAMILY)) {
          assert.equal(removals(read, policy, NOW, memory, retire).size, 0);
        }
        if (read.references.some(({ target }) => /^app-[0-9a-f]{8}$/.test(target.family))) {
          assert.equal(removals(read, line(policy), NOW, memory, { ...retire, ...LINE }).size, 0);
        }
      }),
    );
  });

  it("of an ignored source is as if that source had told nothing", () => {
    fc.assert(
      fc.property(inventory, settings, memory, fc.constantFrom("enforce", "retire"), (read, policy, memory, mode) => {
        const ignoredSources = [{ source: "rules" as const, reason: "known" }];
        const told = {
          ...read,
          references: read.references.filter(({ source }) => source !== "rules"),
          gaps: read.gaps.filter(({ source }) => source !== "rules"),
        };
        assert.deepEqual(
          plan(read, policy, NOW, memory, { mode, ignoredSources }).revisions,
          plan(told, policy, NOW, memory, { mode }).revisions,
        );
      }),
    );
  });

  it("tells with `until` the moment at which nothing but age and use keeps a revision any more", () => {
    fc.assert(
      fc.property(history(), settings, ledger, (revisions, policy, ledger) => {
        const read = inventoryOf(revisions);
        for (const [index, { because }] of plan(read, policy, NOW, { ledger }).revisions.entries()) {
          if (because.until === undefined) continue;
          const at = (now: number) => plan(read, policy, now, { ledger }).revisions[index];
          assert.equal(at(because.until - 1)?.action, "keep");
          assert.equal(at(because.until)?.because.until, undefined);
        }
      }),
    );
  });
});
