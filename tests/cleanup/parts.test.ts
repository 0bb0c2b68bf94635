import assert from "node:assert/strict";
import { countWaiting, partOf, postpone } from "../../cleanup/parts";
import type { GoodRegistration } from "../../cleanup/registrations";
import type { Action, ServiceReport } from "../../retention/types";
import { ACCOUNT, arnOf, REGION, registered } from "./support";

const REGISTRATION = registered("checkout") as GoodRegistration;

/** A part made of a plan with these verdicts, newest first. */
function part(verdicts: [arn: string, action: Action][], failedBefore: string[] = []) {
  const report: ServiceReport = {
    registration: REGISTRATION.key,
    service: "checkout",
    outcomes: [],
    problems: [],
    plan: {
      service: "checkout",
      family: "checkout",
      mode: "enforce",
      at: 0,
      revisions: verdicts.map(([arn, action]) => ({
        subject: { arn, family: "checkout", revision: 1, status: "INACTIVE" },
        action,
        because: { rule: "expired", references: [] },
      })),
    },
  };
  const run = { account: ACCOUNT, region: REGION, failedBefore: new Set(failedBefore), now: 5 };
  return partOf(REGISTRATION, report, run);
}

describe("what is left of a plan to carry out", () => {
  it("never holds an ARN that is not exactly one of the family, in this account and Region", () => {
    const neighbours = [
      arnOf("checkout-blue:1"),
      arnOf("check:1"),
      arnOf("checkout"),
      "checkout:1",
      arnOf("checkout:1").replace(ACCOUNT, "999988887777"),
      arnOf("checkout:1").replace(REGION, "us-east-1"),
    ];
    for (const action of ["deregister", "delete"] as const) {
      const { waiting, report } = part([...neighbours, arnOf("checkout:7")].map((arn) => [arn, action]));
      assert.deepEqual(waiting[action], [{ action, arns: [arnOf("checkout:7")] }]);
      assert.deepEqual(report.outcomes.map(({ subject, result }) => [subject, result]).reverse(), [
        ...neighbours.map((arn) => [arn, "failed"]),
      ]);
      assert.match(
        report.outcomes[0]?.cause ?? "",
        /^never sent: not a revision of checkout in 111122223333, eu-central-1$/,
      );
    }
  });

  it("takes the oldest first, one a call to deregister and ten a call to delete, and leaves what is kept", () => {
    const numbers = Array.from({ length: 13 }, (_, index) => 13 - index);
    const actions: Action[] = ["keep", "deregister", "deregister"];
    const { waiting } = part(numbers.map((number, index) => [arnOf(`checkout:${number}`), actions[index] ?? "delete"]));
    assert.deepEqual(
      waiting.deregister.map(({ arns }) => arns),
      [[arnOf("checkout:11")], [arnOf("checkout:12")]],
    );
    assert.deepEqual(
      waiting.delete.map(({ arns }) => arns.length),
      [10],
    );
    assert.equal(waiting.delete[0]?.arns[0], arnOf("checkout:1"));
  });

  it("takes what failed the last time after all others, in calls of its own", () => {
    const failed = [arnOf("checkout:1"), arnOf("checkout:3")];
    const numbers = [6, 5, 4, 3, 2, 1];
    for (const [action, expected] of [
      ["deregister", ["2", "4", "5", "6", "1", "3"]],
      ["delete", ["2,4,5,6", "1", "3"]],
    ] as const) {
      const { waiting } = part(
        numbers.map((number) => [arnOf(`checkout:${number}`), action]),
        failed,
      );
      const sent = waiting[action].map(({ arns }) => arns.map((arn) => arn.split(":").at(-1)).join());
      assert.deepEqual(sent, expected);
    }
  });

  it("is postponed as a whole, each revision with the cause", () => {
    const one = part([
      [arnOf("checkout:3"), "deregister"],
      [arnOf("checkout:2"), "delete"],
      [arnOf("checkout:1"), "delete"],
    ]);
    assert.equal(countWaiting(one), 3);
    postpone(one, "declined", 9);
    assert.equal(countWaiting(one), 0);
    const { outcomes } = one.report;
    assert.deepEqual(
      outcomes.map(({ action }) => action),
      ["deregister", "delete", "delete"],
    );
    for (const { result, cause, at } of outcomes) assert.deepEqual([result, cause, at], ["postponed", "declined", 9]);
  });
});
