import assert from "node:assert/strict";
import { headline } from "../../report/headline";
import { textReport } from "../../report/report";
import type { Gap } from "../../retention/types";
import {
  ACCOUNT_GAP,
  ACKNOWLEDGED,
  checkout,
  LEFT_OUT,
  NOT_COVERED,
  orders,
  report,
  STORE_NAME,
  service,
  verdict,
  web,
} from "./fixtures";

const BROKEN = {
  registration: "policies/shop/prod/basket-0a1b2c3d.json",
  service: "basket",
  outcomes: [],
  notes: [],
  problems: [{ path: "taskDefinitions.keepRevisions", given: "0", expected: "at least 1", fix: "keep one" }],
};

describe("the text report", () => {
  it("shows revisions with count, status, verdict, reason and outcome", () => {
    const text = textReport(report([checkout()]), { width: 160 });
    assert.match(text, /checkout:62\s+1\s+ACTIVE\s+keep\s+in use by service shop\/checkout\n/);
    assert.match(
      text,
      /checkout:45-48\s+4\s+ACTIVE\s+deregister\s+not in use, and no keep rule holds it\s+deregistered\n/,
    );
    assert.match(text, /checkout:44\s.*failed: ServerException\n/);
    assert.match(
      text,
      /\n61 revisions: 23 kept, 7 to deregister, 31 to delete; 6 deregistered, 24 deleted, 1 failed, 7 postponed/,
    );
  });

  it("says first what blocks, then what was accepted, and last what is not read", () => {
    const gaps = [NOT_COVERED, LEFT_OUT, ACKNOWLEDGED, ACCOUNT_GAP];
    const text = textReport(report([checkout()], { gaps, stopped: "control/STOP" }), { width: 200 });
    const parts = [
      "stopped: Removals are stopped for every service: control/STOP",
      "gap: AWS denied reading tasks",
      "accepted: AWS denied reading EventBridge Pipes",
      "accepted: Left out on purpose: Step Functions",
      "checkout:63",
      "Not read by this version, which blocks nothing: Lambda functions",
    ].map((part) => text.indexOf(part));
    assert.deepEqual(
      parts,
      parts.toSorted((one, other) => one - other),
      text,
    );
    assert.ok(!parts.includes(-1), text);
  });

  it("says of a service its notes, the rules that need memory, every outcome, and when its backlog ends", () => {
    const text = textReport(report([orders()], { store: STORE_NAME }), { width: 200 });
    for (const part of [
      /^note: its ledger was started anew/m,
      /orders:38 .*registered, or in use as far as is known, less than 24 hours ago, kept until 2026-11-21 02:03 UTC/,
      /orders:37 .*keepSuccessful/,
      /orders:36 .*registration that is gone keeps it, kept until 2026-12-15/,
      /orders:35 .*in use less than unusedFor ago, kept until 2026-12-10/,
      /orders:34 .*carries plaintext secrets and nothing uses it/,
      /orders:33 .*spared: now in use by task shop\/11112222…/,
      /orders:32 .*spared: held by its tag ecs-retention:keep-until/,
      /orders:29-31 .*postponed: maxRemovals is reached/,
      /2 spared, 9 postponed; at maxRemovals a day the rest is gone by 2026-12-02, if nothing changes/,
      /run run-1, store s3:\/\/shop-retention-0a1b2c3\n/,
    ]) {
      assert.match(text, part);
    }
  });

  it("gives plaintext secrets and calls that restore a section each, calls unbroken", () => {
    const text = textReport(report([orders(), web()], { store: STORE_NAME }), { width: 80 });
    assert.match(text, /^Plaintext secrets\nRotate them/m);
    assert.match(text, /^ {2}orders:34, 22 \(2\): app: environment DB_PASSWORD/m);
    assert.match(text, /^Restore what was deleted\n/m);
    assert.match(text, /^ {4}aws s3 cp .*\/REVISION\.full\.json - > revision\.json && aws ecs register-task-.*$/m);
  });

  it("shows a service's problems where it has no plan", () => {
    const text = textReport(report([BROKEN]));
    assert.match(text, /^problem: taskDefinitions\.keepRevisions: got 0, expected at least 1; keep one$/m);
  });

  for (const width of [80, 100]) {
    it(`keeps to a width of ${width}`, () => {
      const text = textReport(report([checkout(), BROKEN], { gaps: [NOT_COVERED, ACCOUNT_GAP] }), { width });
      assert.deepEqual(
        text.split("\n").filter((line) => line.length > width),
        [],
      );
    });
  }

  it("says where a family has no revision, since its name may be wrong", () => {
    assert.match(textReport(report([service("nope", [])])), /^No revision of family nope was read: check its name/m);
  });

  it("holds nothing of a task definition but what the types of the report name", () => {
    const leaky = verdict("checkout", 1, "keep", "newest-active");
    Object.assign(leaky.subject, { containerDefinitions: [{ environment: [{ name: "TOKEN", value: "hunter2" }] }] });
    assert.doesNotMatch(textReport(report([service("checkout", [leaky])])), /TOKEN|hunter2/);
    Object.assign(leaky.subject, { plaintextSecrets: ["app: environment TOKEN"] });
    const text = textReport(report([service("checkout", [leaky])]));
    assert.match(text, /checkout:1 \(1\): app: environment TOKEN/);
    assert.doesNotMatch(text, /hunter2/);
  });
});

describe("the headline", () => {
  it("says that an account gap blocks everything", () => {
    const { outcomes: _, ...rest } = checkout();
    assert.match(
      headline(report([{ ...rest, outcomes: [] }], { gaps: [ACCOUNT_GAP] })),
      /^Blocked: .* nothing is removed for any service\.$/,
    );
  });

  it("says what would go where the run only reports", () => {
    const { outcomes: _, ...rest } = checkout();
    const text = headline(report([{ ...rest, outcomes: [] }], { mode: "report" }));
    assert.equal(text, "Nothing was removed; this run only reports: 7 revisions would be deregistered, 31 deleted.");
  });

  it("says what was removed, and that services have problems", () => {
    assert.equal(
      headline(report([checkout(), BROKEN])),
      "Revisions: 6 deregistered, 24 deleted, 1 failed, 7 postponed. 1 service with problems.",
    );
  });

  it("tells what services that only report would remove from what was removed for others", () => {
    const basket = service("basket", [verdict("basket", 1, "delete", "expired")], { mode: "report" });
    assert.match(
      headline(report([checkout(), basket])),
      /^Revisions: 6 deregistered, .*; services that only report: 0 revisions would be deregistered, 1 deleted\.$/,
    );
  });

  it("never says that there is nothing to remove where a run for other services left some", () => {
    const basket = service("basket", [verdict("basket", 1, "delete", "expired")]);
    assert.equal(
      headline(report([basket])),
      "Nothing was removed; this run only reports: 0 revisions would be deregistered, 1 deleted.",
    );
  });

  it("says that a gap of a family or a revision keeps something, where nothing or something was removed", () => {
    const gap: Gap = { ...ACCOUNT_GAP, scope: { kind: "family", name: "checkout" } };
    const suffix = " 1 gap: what could not be read is kept.";
    assert.equal(headline(report([service("checkout", [])], { gaps: [gap] })), `Nothing was removed.${suffix}`);
    const text = headline(report([checkout()], { gaps: [gap] }));
    assert.equal(text, `Revisions: 6 deregistered, 24 deleted, 1 failed, 7 postponed.${suffix}`);
  });

  it("says that the run was stopped, and what was removed before something blocked the rest", () => {
    assert.match(headline(report([checkout()], { stopped: "control/STOP" })), /^Stopped\. Revisions: 6 deregistered/);
    assert.match(
      headline(report([checkout()], { gaps: [ACCOUNT_GAP] })),
      /^Blocked: .* nothing more is removed for any service; until then 6 deregistered, 24 deleted/,
    );
  });

  it("does not take an acknowledged gap for a block", () => {
    assert.match(headline(report([checkout()], { gaps: [ACKNOWLEDGED] })), /^Revisions: 6 deregistered/);
  });

  it("says that there is nothing to remove", () => {
    const kept = service("search", [verdict("search", 1, "keep", "newest-active")], { mode: "report" });
    assert.equal(headline(report([kept])), "Nothing to remove.");
  });
});
