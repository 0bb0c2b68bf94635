import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY } from "../../../retention/duration";
import { indexInventory } from "../../../retention/revisions/inventory";
import { lineOf, referencesOf, undescribed } from "../../../retention/revisions/line";
import type { Revision } from "../../../retention/types";
import { arnOf, FAMILY, inventory, inventoryOf, NOW, plan, policyOf, settings } from "./histories";

const HASHED = { familyMatch: "hash-suffix" as const };

function revision(number: number, of: Partial<Revision> = {}): Revision {
  const family = of.family ?? FAMILY;
  return { arn: arnOf(family, number), family, revision: number, status: "ACTIVE", ...of };
}

const described = { registeredAt: NOW - 90 * DAY, plaintextSecrets: [] };
const names = (revisions: Revision[]) => revisions.map(({ family, revision }) => `${family}:${revision}`);

describe("revisions that have to be described", () => {
  const asked = (revisions: Revision[], rest = {}) =>
    names(undescribed(policyOf({}, rest), indexInventory(inventoryOf(revisions))));

  it("are those without facts, oldest first", () => {
    assert.deepEqual(asked([revision(10), revision(9, described), revision(8), revision(11)]), [
      "app:8",
      "app:10",
      "app:11",
    ]);
  });

  it("are those too that were ACTIVE when they were described and are not any more, after all others", () => {
    const inactive = { ...described, status: "INACTIVE" as const };
    assert.deepEqual(asked([revision(3), revision(2, { ...inactive, deregisteredAt: NOW }), revision(1, inactive)]), [
      "app:3",
      "app:1",
    ]);
  });

  it("are not described again for a date of registration that AWS does not tell", () => {
    assert.deepEqual(asked([revision(1, { plaintextSecrets: [] })]), []);
  });

  it("are none that are being deleted, that contradict themselves, or of other families", () => {
    const going = revision(3, { status: "DELETE_IN_PROGRESS" });
    assert.deepEqual(asked([going, revision(2, { arn: arnOf("app", 7) }), revision(1, { family: "ap" })]), []);
  });

  it("are those of all families of a line", () => {
    const two = [revision(2, { family: "app-0123abcd" }), revision(1, { family: "app-ffffffff" }), revision(1)];
    assert.deepEqual(asked(two, HASHED).sort(), ["app-0123abcd:2", "app-ffffffff:1"]);
  });

  it("are all that a plan keeps as not described, and nothing that it removes", () => {
    fc.assert(
      fc.property(inventory, settings, fc.boolean(), (read, settings, isLine) => {
        const wishes = isLine ? { ...settings, pinned: [] } : settings;
        const rest = isLine ? HASHED : {};
        const open = new Set(undescribed(policyOf(wishes, rest), indexInventory(read)).map(({ arn }) => arn));
        for (const { subject, action, because } of plan(read, wishes, NOW, {}, rest).revisions) {
          if (because.note === "it was not described yet") assert.ok(open.has(subject.arn));
          if (action !== "keep") assert.ok(!open.has(subject.arn));
        }
      }),
    );
  });
});

describe("the line of a policy", () => {
  it("is one family by number, whatever the dates", () => {
    const revisions = [revision(1, { registeredAt: NOW }), revision(10), revision(9, described)];
    assert.deepEqual(names(lineOf(policyOf({}), indexInventory(inventoryOf(revisions)))), ["app:10", "app:9", "app:1"]);
  });

  it("is all matching families by date of registration; what is not described yet may be the newest", () => {
    const revisions = [
      revision(5, { family: "app-0123abcd", registeredAt: NOW - 3 * DAY }),
      revision(1, { family: "app-ffffffff", registeredAt: NOW - DAY }),
      revision(4, { family: "app-0123abcd" }),
      revision(9),
    ];
    const expected = ["app-0123abcd:4", "app-ffffffff:1", "app-0123abcd:5"];
    assert.deepEqual(names(lineOf(policyOf({}, HASHED), indexInventory(inventoryOf(revisions)))), expected);
  });
});

describe("the references that count for a policy", () => {
  it("are those to its families, without those of sources that it ignores", () => {
    const reference = (family: string, source: "rules" | "tasks") => ({
      source,
      by: source,
      target: { kind: "revision" as const, family, revision: 1 },
    });
    const references = [reference("app", "tasks"), reference("app", "rules"), reference("app-0123abcd", "rules")];
    const indexed = indexInventory({ ...inventoryOf([]), references });
    const of = (rest: object) => referencesOf(policyOf({}, rest), indexed);
    assert.deepEqual(of({}), [references[1], references[0]]);
    assert.deepEqual(of(HASHED), [references[2]]);
    assert.deepEqual(of({ ignoredSources: [{ source: "rules", reason: "known" }] }), [references[0]]);
  });
});
