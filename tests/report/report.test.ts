import assert from "node:assert/strict";
import { headline, textReport } from "../../report/report";
import type { Gap } from "../../retention/types";
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

  it("says that there is nothing to remove", () => {
    const kept = service("search", [verdict("search", 1, "keep", "newest-active")], { mode: "report" });
    assert.equal(headline(report([kept])), "Nothing to remove.");
  });
});
