import assert from "node:assert/strict";
import { groupRevisions } from "../../report/groups";
import { totals } from "../../report/totals";
import { checkout, DAY, NOW, orders, outcome, reference, service, verdict, web } from "./fixtures";

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

  it("keeps apart what was spared for another use, and what was postponed by something else", () => {
    const rows = groupRevisions(orders(), 40).map(({ name, outcome: o }) => `${name} ${o?.postponedBy ?? o?.result}`);
    assert.deepEqual(rows.slice(6, 12), [
      "orders:34 done",
      "orders:33 spared",
      "orders:32 spared",
      "orders:29-31 limit",
      "orders:28 time",
      "orders:27 pace",
    ]);
  });

  it("names each family of a line once, and no range spans two of them", () => {
    const [group] = groupRevisions(web(), 40);
    assert.equal(group?.name, "web-0a1b2c3d:1, web-1b2c3d4e:1, web-2c3d4e5f:1, web-3d4e5f60:1");
    const line = [verdict("web-a", 3, "delete", "expired"), verdict("web-a", 2, "delete", "expired")];
    assert.deepEqual(names([...line, verdict("web-b", 1, "delete", "expired")]), ["web-a:2-3, web-b:1"]);
  });

  it("merges what many were spared for where their rows have to be summed up, and drops causes that differ", () => {
    const verdicts = Array.from({ length: 50 }, (_, at) => verdict("checkout", 50 - at, "delete", "expired"));
    const outcomes = verdicts.map(({ subject }, at) =>
      outcome("checkout", subject.revision, "delete", "spared", {
        cause: `cause ${at}`,
        references: [reference("tasks", `task/shop/${at}`, "checkout", subject.revision)],
      }),
    );
    const groups = groupRevisions(service("checkout", verdicts, { outcomes }), 40);
    assert.deepEqual(
      groups.map(({ count, outcome: o }) => [count, o?.cause, o?.references?.length]),
      [[50, undefined, 50]],
    );
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
      spared: 0,
      postponed: 7,
    });
    const { spared, postponed, deleted } = totals([orders(), web()]);
    assert.deepEqual({ spared, postponed, deleted }, { spared: 2, postponed: 9, deleted: 25 });
  });
});
