import assert from "node:assert/strict";
import { DAY } from "../../retention/duration";
import { leftOutGaps, withAcknowledgements } from "../../retention/gaps";
import { indexInventory } from "../../retention/revisions/inventory";
import type { Gap } from "../../retention/types";

const NOW = Date.UTC(2027, 2, 31);
const gap = (id: string): Gap => ({
  id,
  source: "rules",
  scope: { kind: "account" },
  cause: "denied",
  detail: "events:ListRules was denied",
  remedy: "allow it",
});

describe("acknowledged gaps", () => {
  const one = { id: "a", reason: "known", until: "2027-03-31" };

  it("keep their place, tell reason and date, and leave all others as they are", () => {
    const gaps = [gap("b"), gap("a"), gap("a2")];
    assert.deepEqual(withAcknowledgements(gaps, [one], NOW), [
      gap("b"),
      { ...gap("a"), acknowledged: { reason: "known", until: "2027-03-31" } },
      gap("a2"),
    ]);
  });

  it("block again from the moment on in which their day is over", () => {
    const blocks = (now: number) => withAcknowledgements([gap("a")], [one], now)[0]?.acknowledged === undefined;
    assert.equal(blocks(NOW + DAY - 1), false);
    assert.equal(blocks(NOW + DAY), true);
  });

  it("block all the same where they would hide what runs, and say so", () => {
    const { id, reason, until } = one;
    const acknowledged = (more: Partial<Gap>) => {
      const [after] = withAcknowledgements([{ ...gap(id), ...more }], [one], NOW);
      assert.equal(after?.remedy.includes("no effect"), after?.acknowledged === undefined);
      return after?.acknowledged;
    };
    for (const source of ["services", "service-deployments", "tasks", "clusters", "references"]) {
      assert.equal(acknowledged({ source }), undefined, source);
      assert.deepEqual(acknowledged({ source, scope: { kind: "family", name: "checkout" } }), { reason, until });
    }
    assert.equal(acknowledged({ source: "revisions", scope: { kind: "family", name: "checkout" } }), undefined);
    assert.deepEqual(acknowledged({ source: "references", cause: "implausible" }), { reason, until });
  });

  it("block where the date is none", () => {
    assert.deepEqual(withAcknowledgements([gap("a")], [{ ...one, until: "never" }], NOW), [gap("a")]);
  });
});

describe("sources that are left out by name", () => {
  it("are a gap each that blocks nothing and tells the reason", () => {
    const gaps = leftOutGaps([{ source: "rules", reason: "none here" }]);
    assert.deepEqual(gaps, [
      {
        id: "left-out-rules",
        source: "rules",
        scope: { kind: "none" },
        cause: "left-out",
        detail: "none here",
        remedy: "remove it from ignoredSources",
      },
    ]);
    const read = { account: "1", region: "r", readAt: NOW, revisions: [], references: [], successes: [], gaps };
    const { account, families, revisions, beginnings } = indexInventory(read).gaps;
    assert.deepEqual([account.length, families.size, revisions.size, beginnings.length], [0, 0, 0, 0]);
  });
});
