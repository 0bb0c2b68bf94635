import assert from "node:assert/strict";
import { heed, nextCalls, partOf, postpone, settle } from "../../cleanup/parts";
import { isGood } from "../../cleanup/registrations";
import type { Action, Because, Plan, Reference, ServiceReport } from "../../retention/types";
import { arnOf, registered } from "./support";

type Verdicts = [revision: number, action: Action, because?: Partial<Because>][];

/** A plan with these verdicts, newest first. */
function planOf(family: string, verdicts: Verdicts): Plan {
  return {
    ...{ service: family, family, mode: "enforce", at: 5 },
    revisions: verdicts.map(([revision, action, because]) => ({
      subject: { arn: arnOf(`${family}:${revision}`), family, revision, status: "INACTIVE" },
      action,
      because: { rule: "expired", references: [], ...because },
    })),
  };
}

function part(verdicts: Verdicts, failed: number[] = [], family = "checkout") {
  const registration = registered(family);
  assert.ok(isGood(registration));
  const report: ServiceReport = { registration: family, service: family, outcomes: [], problems: [], notes: [] };
  const failedBefore = new Set(failed.map((revision) => arnOf(`${family}:${revision}`)));
  return partOf(registration, report, planOf(family, verdicts), failedBefore);
}

const MANY = { deregister: 100, delete: 100 };

/** Revisions of each call. */
function callsOf(parts: ReturnType<typeof part>[], most = MANY) {
  const { deregister, delete: deletions } = nextCalls(parts, most);
  const shown = (calls: typeof deregister) =>
    calls.map(({ subjects }) => subjects.map(({ revision }) => revision).join());
  return { deregister: shown(deregister), delete: shown(deletions) };
}

const range = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);

describe("what is left of a plan to carry out", () => {
  it("takes the oldest first, one a call to deregister and ten a call to delete, and leaves what is kept", () => {
    const actions: Action[] = ["keep", "deregister", "deregister"];
    const one = part(range(14, 1).map((revision, index) => [revision, actions[index] ?? "delete"]));
    assert.deepEqual(callsOf([one]), { deregister: ["12", "13"], delete: ["1,2,3,4,5,6,7,8,9,10", "11"] });
  });

  it("takes what failed the last time after all others, in calls of its own", () => {
    const of = (action: Action) =>
      part(
        range(6, 1).map((revision) => [revision, action]),
        [1, 3],
      );
    assert.deepEqual(callsOf([of("deregister")]).deregister, ["2", "4", "5", "6", "1", "3"]);
    assert.deepEqual(callsOf([of("delete")]).delete, ["2,4,5,6", "1", "3"]);
  });

  it("lets the services take turns, and takes no more calls than there is time for", () => {
    const checkout = part(range(5, 1).map((revision) => [revision, "deregister"]));
    const basket = part(
      range(12, 11).map((revision) => [revision, "deregister"]),
      [],
      "basket",
    );
    assert.deepEqual(callsOf([checkout, basket]).deregister, ["1", "11", "2", "12", "3", "4", "5"]);
    assert.deepEqual(callsOf([checkout, basket], { deregister: 3, delete: 0 }).deregister, ["1", "11", "2"]);
  });

  it("is postponed as a whole, or beyond the first removals: deletions before deregistrations, oldest first", () => {
    const one = part([
      [4, "deregister"],
      [3, "deregister"],
      [2, "delete"],
      [1, "delete"],
    ]);
    postpone(one, "limit", "enough", 9, 3);
    assert.deepEqual(callsOf([one]), { deregister: ["3"], delete: ["1,2"] });
    postpone(one, "stop", "control/STOP", 10);
    assert.equal(one.waiting.size, 0);
    assert.deepEqual(
      one.report.outcomes.map(({ subject, result, postponedBy, at }) => [
        subject.split(":").at(-1),
        ...[result, postponedBy, at],
      ]),
      [["4", "postponed", "limit", 9], ...["1", "2", "3"].map((revision) => [revision, "postponed", "stop", 10])],
    );
  });

  it("has one outcome for each removal", () => {
    const one = part([[1, "delete"]]);
    const done = { subject: arnOf("checkout:1"), result: "done", at: 1 } as const;
    assert.equal(settle(one, done)?.action, "delete");
    assert.equal(settle(one, done), undefined);
    assert.equal(one.report.outcomes.length, 1);
  });
});

describe("a later plan of the run", () => {
  const reference: Reference = {
    source: "tasks",
    by: "arn:task",
    target: { kind: "revision", family: "checkout", revision: 3 },
  };

  it("spares what is needed by now, with what needs it, and changes nothing else", () => {
    const one = part(range(6, 1).map((revision) => [revision, "deregister"]));
    const later = planOf("checkout", [
      [7, "deregister"],
      [6, "keep", { rule: "newest-active" }],
      [5, "delete"],
      [4, "keep", { rule: "unread", note: "ecs:ListTasks: AccessDenied" }],
      [3, "keep", { rule: "referenced", references: [reference] }],
      [2, "deregister"],
    ]);
    heed(one, later);
    assert.deepEqual(callsOf([one]).deregister, ["2"]);
    const { outcomes } = one.report;
    assert.deepEqual(
      outcomes.map(({ subject, result, cause }) => [subject.split(":").at(-1), result, cause]),
      [
        ["1", "spared", "it is not there any more"],
        ["3", "spared", "a later read of this run: referenced"],
        ["4", "postponed", "ecs:ListTasks: AccessDenied"],
        ["5", "spared", "a later read of this run: expired"],
        ["6", "spared", "a later read of this run: newest-active"],
      ],
    );
    assert.deepEqual(outcomes[1]?.references, [reference]);
    assert.equal(outcomes[2]?.postponedBy, "time");
  });
});
