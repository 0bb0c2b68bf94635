import assert from "node:assert/strict";
import { type Findings, stateAfter } from "../../cleanup/memory";
import type { AccountState, Outcome, Report } from "../../retention/types";
import { arnOf } from "./support";

const BEFORE: AccountState = {
  version: 1,
  failed: [],
  referenced: { checkout: [] },
  completedDeployments: {},
  lastClaims: {},
  refused: [],
  pending: false,
};

function findings(outcomes: Partial<Outcome>[] = [], more: Partial<Findings> = {}): Findings {
  const subject = { arn: arnOf("checkout:1"), family: "checkout", revision: 1, status: "INACTIVE" } as const;
  const verdict = { subject, action: "delete", because: { rule: "expired", references: [] } } as const;
  const plan = { service: "checkout", family: "checkout", mode: "enforce", at: 0, revisions: [verdict] } as const;
  const all = outcomes.map((one) => ({ subject: subject.arn, action: "delete", at: 0, ...one }) as Outcome);
  const service = { registration: "k", service: "checkout", problems: [], notes: [], outcomes: all };
  return {
    report: { services: [{ ...service, plan: { ...plan, revisions: [verdict] } }] } as unknown as Report,
    ...{ full: true, cut: false, roles: new Map(), referenced: {}, completedDeployments: {}, lastClaims: {} },
    ...more,
  };
}

describe("the state after a run", () => {
  it("is pending where time or pace postponed something or described too little, and for nothing else", () => {
    const pendingBy = (postponedBy: Outcome["postponedBy"]) =>
      stateAfter(BEFORE, findings([{ result: "postponed", ...(postponedBy && { postponedBy }) }])).pending;
    for (const by of ["time", "pace"] as const) assert.equal(pendingBy(by), true, by);
    for (const by of ["limit", "stop", "changed", "refused", "declined"] as const) {
      assert.equal(pendingBy(by), false, by);
    }
    assert.equal(stateAfter(BEFORE, findings([], { cut: true })).pending, true);
  });

  it("stays pending after a run of some services, which does not know what the others wait for", () => {
    const before = { ...BEFORE, pending: true };
    assert.equal(stateAfter(before, findings([], { full: false })).pending, true);
    assert.equal(stateAfter(before, findings()).pending, false);
  });

  it("names what failed, until it is removed or no longer listed", () => {
    const failed = [arnOf("checkout:1")];
    const before = { ...BEFORE, failed: [...failed, arnOf("gone:1")] };
    assert.deepEqual(stateAfter(BEFORE, findings([{ result: "failed" }])).failed, failed);
    assert.deepEqual(stateAfter(before, findings([{ result: "postponed" }])).failed, failed);
    assert.deepEqual(stateAfter(before, findings()).failed, failed);
    assert.deepEqual(stateAfter(before, findings([{ result: "done" }])).failed, []);
  });

  it("names refused roles, until they are asked for again and open", () => {
    const before = { ...BEFORE, refused: ["a", "b"] };
    const roles = new Map([["a", "opened"] as const, ["c", "refused"] as const]);
    assert.deepEqual(stateAfter(before, findings([], { roles })).refused, ["b", "c"]);
  });
});
