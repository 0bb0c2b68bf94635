import assert from "node:assert/strict";
import { blockingGaps, groupRevisions, totals } from "../../report/groups";
import { ACCOUNT_GAP, checkout, DAY, NOT_COVERED, NOW, outcome, reference, report, service, verdict } from "./fixtures";

function names(revisions: Parameters<typeof service>[1], most = 40): string[] {
  return groupRevisions(service("checkout", revisions), most).map((group) => group.name);
}

describe("groupRevisions", () => {
  it("puts neighbours of one verdict and reason together", () => {
    const revisions = [41, 40, 39].map((n) => verdict("checkout", n, "delete", "expired"));
    assert.deepEqual(names([verdict("checkout", 42, "keep", "newest-active"), ...revisions]), [
      "checkout:42",
      "checkout:39-41",
    ]);
  });

  it("keeps apart what has another reason, reference or outcome", () => {
    const used = (n: number, by: string) =>
      verdict("checkout", n, "keep", "referenced", {
        references: [reference("tasks", `task/shop/${by}`, "checkout", n)],
      });
    assert.deepEqual(names([used(3, "a"), used(2, "b"), verdict("checkout", 1, "keep", "pinned")]), [
      "checkout:3",
      "checkout:2",
      "checkout:1",
    ]);
    const gone = [verdict("checkout", 2, "delete", "expired"), verdict("checkout", 1, "delete", "expired")];
    const part = service("checkout", gone, { outcomes: [outcome("checkout", 2, "delete")] });
    assert.deepEqual(
      groupRevisions(part, 40).map(({ name, outcome: o }) => [name, o?.result]),
      [
        ["checkout:2", "done"],
        ["checkout:1", undefined],
      ],
    );
  });

  it("does not let a range span a revision that it does not hold", () => {
    const revisions = [5, 4, 3, 2, 1].map((n) =>
      n === 3 ? verdict("checkout", 3, "keep", "pinned") : verdict("checkout", n, "delete", "expired"),
    );
    assert.deepEqual(names(revisions), ["checkout:4-5", "checkout:3", "checkout:1-2"]);
    assert.deepEqual(names(revisions, 2), ["checkout:4-5, 1-2", "checkout:3"]);
  });

  it("spans the earliest and the latest date of its revisions", () => {
    const revisions = [1, 3, 2].map((days) =>
      verdict("checkout", 9 - days, "keep", "waiting", { until: NOW + days * DAY }),
    );
    const [group] = groupRevisions(service("checkout", revisions), 40);
    assert.deepEqual([group?.because.until, group?.until], [NOW + DAY, NOW + 3 * DAY]);
  });

  it("keeps 100,000 revisions of alternating reasons in a handful of rows that count all of them", () => {
    const revisions = Array.from({ length: 100_000 }, (_, at) =>
      verdict("checkout", 100_000 - at, at % 2 === 0 ? "keep" : "deregister", at % 2 === 0 ? "unread" : "superseded", {
        ...(at % 2 === 0 ? { note: `gap ${at}` } : {}),
      }),
    );
    const groups = groupRevisions(service("checkout", revisions), 40);
    assert.equal(groups.length, 2);
    assert.equal(
      groups.reduce((sum, group) => sum + group.count, 0),
      100_000,
    );
    assert.ok(groups.every((group) => group.name.length < 100));
  });
});

describe("totals", () => {
  it("counts verdicts and outcomes", () => {
    assert.deepEqual(totals([checkout()]), {
      revisions: 61,
      keep: 23,
      deregister: 7,
      delete: 31,
      deregistered: 6,
      deleted: 24,
      failed: 1,
      postponed: 7,
    });
  });
});

describe("blockingGaps", () => {
  const family = { ...ACCOUNT_GAP, scope: { kind: "family" as const, name: "checkout" } };

  it("are those of the account, then those of the report's families and their revisions", () => {
    const item = {
      ...ACCOUNT_GAP,
      scope: { kind: "item" as const, name: "arn:aws:ecs:eu-central-1:123456789012:task-definition/checkout:3" },
    };
    const gaps = [family, item, NOT_COVERED, ACCOUNT_GAP];
    assert.deepEqual(blockingGaps(report([checkout()], { gaps })), [ACCOUNT_GAP, family, item]);
  });

  it("are not those of a family that no service of the report has", () => {
    const other = { ...family, scope: { kind: "family" as const, name: "checkout-worker" } };
    assert.deepEqual(blockingGaps(report([checkout()], { gaps: [other, NOT_COVERED] })), []);
  });
});
