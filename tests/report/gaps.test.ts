import assert from "node:assert/strict";
import { blockingGaps, effectText, gapText, isAllBlocked, sortedGaps } from "../../report/gaps";
import type { Gap } from "../../retention/types";
import { ACCOUNT_GAP, ACKNOWLEDGED, checkout, DYNAMIC, LEFT_OUT, NOT_COVERED, orders, report, web } from "./fixtures";

const FAMILY: Gap = { ...ACCOUNT_GAP, id: "family", scope: { kind: "family", name: "checkout" } };

function item(name: string, couldMean?: string): Gap {
  return { ...ACCOUNT_GAP, id: name, scope: { kind: "item", name, ...(couldMean !== undefined && { couldMean }) } };
}

describe("the sentence of a gap", () => {
  it("names what happened, what it blocks, the remedy, and its id", () => {
    assert.equal(
      gapText(ACCOUNT_GAP),
      "AWS denied reading tasks (ecs:ListTasks, AccessDeniedException): nothing is removed for any service. " +
        "Remedy: allow ecs:ListTasks on *. Id: tasks",
    );
  });

  it("names who took responsibility, why and until when, in place of a remedy", () => {
    assert.equal(
      gapText(ACKNOWLEDGED),
      "AWS denied reading EventBridge Pipes (pipes:ListPipes, AccessDeniedException): " +
        "acknowledged until 2027-03-31 (no pipe of ours runs a task)",
    );
    assert.equal(gapText(LEFT_OUT), "Left out on purpose: Step Functions (none runs a task here)");
  });

  it("differs by cause and by scope", () => {
    const causes: Gap["cause"][] = ["denied", "throttled", "truncated", "failed", "dynamic", "implausible", "vanished"];
    assert.equal(new Set(causes.map((cause) => gapText({ ...ACCOUNT_GAP, cause }))).size, causes.length);
    assert.equal(effectText(FAMILY), "nothing of family checkout is removed");
    assert.equal(effectText(item("basket:3")), "basket:3 is kept");
    assert.match(effectText(DYNAMIC), /^nothing of families orders… is removed \(arn:aws:states:.*:nightly:3\)$/);
    assert.match(effectText(item("arn:aws:states:eu-central-1:1:stateMachine:a", "")), /^nothing of any family is/);
    assert.equal(effectText(NOT_COVERED), "blocks nothing");
  });
});

describe("blockingGaps", () => {
  it("are those of the account, then those of the report's families and their revisions", () => {
    const one = item("arn:aws:ecs:eu-central-1:123456789012:task-definition/checkout:3");
    const gaps = [FAMILY, one, NOT_COVERED, ACCOUNT_GAP];
    assert.deepEqual(blockingGaps(report([checkout()], { gaps })), [ACCOUNT_GAP, FAMILY, one]);
  });

  it("are not those of a family that no service of the report has", () => {
    const other: Gap = { ...FAMILY, scope: { kind: "family", name: "checkout-worker" } };
    assert.deepEqual(blockingGaps(report([checkout()], { gaps: [other, DYNAMIC, NOT_COVERED] })), []);
  });

  it("are those of any family that a task definition decided at run time could mean", () => {
    const anything = item("arn:aws:states:eu-central-1:123456789012:stateMachine:any");
    assert.deepEqual(blockingGaps(report([orders()], { gaps: [DYNAMIC] })), [DYNAMIC]);
    assert.deepEqual(blockingGaps(report([checkout()], { gaps: [anything] })), [anything]);
  });

  it("are those of each family of a line", () => {
    const one: Gap = { ...FAMILY, scope: { kind: "family", name: "web-0a1b2c3d" } };
    assert.deepEqual(blockingGaps(report([web()], { gaps: [one] })), [one]);
  });

  it("are not those that somebody acknowledged", () => {
    assert.deepEqual(blockingGaps(report([checkout()], { gaps: [ACKNOWLEDGED] })), []);
  });
});

describe("a source that a policy leaves out", () => {
  const ignoring = (one: ReturnType<typeof orders>) => ({
    ...one,
    ...(one.plan && { plan: { ...one.plan, ignoredSources: ["state-machines" as const] } }),
  });
  const gap: Gap = { ...ACCOUNT_GAP, id: "state-machines", source: "state-machines" };

  it("blocks nothing of its service by its gaps, and everything of the others", () => {
    const [alone, both] = [report([ignoring(orders())]), report([ignoring(orders()), checkout()])];
    assert.deepEqual(blockingGaps({ ...alone, gaps: [gap, DYNAMIC] }), []);
    assert.deepEqual(blockingGaps({ ...both, gaps: [gap, DYNAMIC] }), [gap]);
    assert.deepEqual([isAllBlocked({ ...alone, gaps: [gap] }), isAllBlocked({ ...both, gaps: [gap] })], [false, false]);
    assert.equal(isAllBlocked({ ...both, gaps: [gap, ACCOUNT_GAP] }), true);
  });
});

describe("sortedGaps", () => {
  it("tells what blocks from what is accepted, acknowledged ones before sources left out, and from what is never read", () => {
    const vanished: Gap = { ...NOT_COVERED, id: "vanished", cause: "vanished" };
    const gaps = [NOT_COVERED, LEFT_OUT, vanished, ACKNOWLEDGED, FAMILY, ACCOUNT_GAP];
    assert.deepEqual(sortedGaps(report([checkout()], { gaps })), {
      blocking: [ACCOUNT_GAP, FAMILY],
      others: [vanished],
      accepted: [ACKNOWLEDGED, LEFT_OUT],
      notCovered: [NOT_COVERED],
    });
  });
});
