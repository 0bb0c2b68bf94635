import assert from "node:assert/strict";
import { headline, textReport } from "../../report/report";
import { ACCOUNT_GAP, checkout, NOT_COVERED, report, service, verdict } from "./fixtures";

const BROKEN = {
  registration: "policies/shop/prod/basket-0a1b2c3d.json",
  service: "basket",
  outcomes: [],
  problems: [{ path: "taskDefinitions.keepRevisions", given: "0", expected: "at least 1", fix: "keep one" }],
};

describe("the text report", () => {
  it("shows revisions with count, status, verdict, reason and outcome", () => {
    const text = textReport(report([checkout()]), { width: 160 });
    assert.match(text, /checkout:62\s+1\s+ACTIVE\s+keep\s+in use by service shop\/checkout\n/);
    assert.match(
      text,
      /checkout:45-48\s+4\s+ACTIVE\s+deregister\s+not in use, beyond keepRevisions and keepFor\s+deregistered\n/,
    );
    assert.match(text, /checkout:44\s.*failed: ServerException\n/);
    assert.match(
      text,
      /\n61 revisions: 23 kept, 7 to deregister, 31 to delete; 6 deregistered, 24 deleted, 1 failed, 7 postponed/,
    );
  });

  it("puts what blocks before the services and names what is not read at the end", () => {
    const text = textReport(report([checkout()], { gaps: [NOT_COVERED, ACCOUNT_GAP] }));
    const [gap, table, uncovered] = ["gap: AWS denied reading tasks", "checkout:63", "eventbridge rules"].map((part) =>
      text.indexOf(part),
    );
    assert.ok(gap !== undefined && table !== undefined && uncovered !== undefined);
    assert.ok(0 < gap && gap < table && table < uncovered, text);
  });

  it("shows a service's problems where it has no plan", () => {
    const text = textReport(report([BROKEN]));
    assert.match(text, /^problem: taskDefinitions\.keepRevisions: got 0, expected at least 1; keep one$/m);
  });

  it("keeps to the width", () => {
    const lines = textReport(report([checkout(), BROKEN], { gaps: [NOT_COVERED, ACCOUNT_GAP] }), { width: 100 }).split(
      "\n",
    );
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
  });

  it("holds nothing of a task definition but what the types of the report name", () => {
    const leaky = verdict("checkout", 1, "keep", "newest-active");
    Object.assign(leaky.subject, { containerDefinitions: [{ environment: [{ name: "TOKEN", value: "hunter2" }] }] });
    assert.doesNotMatch(textReport(report([service("checkout", [leaky])])), /TOKEN|hunter2/);
  });
});

describe("the headline", () => {
  it("says that an account gap blocks everything", () => {
    assert.match(
      headline(report([checkout()], { gaps: [ACCOUNT_GAP] })),
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

  it("tells what policies in mode report would remove from what was removed for others", () => {
    const basket = service("basket", [verdict("basket", 1, "delete", "expired")], { mode: "report" });
    assert.match(
      headline(report([checkout(), basket])),
      /^Revisions: 6 deregistered, .*; policies in mode report: 0 revisions would be deregistered, 1 deleted\.$/,
    );
  });

  it("says that there is nothing to remove", () => {
    const kept = service("search", [verdict("search", 1, "keep", "newest-active")], { mode: "report" });
    assert.equal(headline(report([kept])), "Nothing to remove.");
  });
});
