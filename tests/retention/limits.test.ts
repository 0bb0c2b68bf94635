import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY, HOUR } from "../../retention/duration";
import { newLedger, readLedger, recordRemovals } from "../../retention/ledger";
import { allowance, backlogEnds, freesAt } from "../../retention/limits";
import type { Ledger } from "../../retention/types";

const NOW = Date.UTC(2026, 5, 1);

function ledgerOf(...removed: [hoursAgo: number, count: number][]): Ledger {
  return removed.reduce(
    (ledger, [hours, count]) => recordRemovals(ledger, { batch: `${hours}`, at: NOW - hours * HOUR, count }),
    newLedger(NOW),
  );
}

describe("the limit of removals", () => {
  it("leaves what was not used of it in the last 24 hours, and never less than nothing", () => {
    assert.equal(allowance(newLedger(NOW), 500, NOW), 500);
    assert.equal(allowance(ledgerOf([24, 100], [23, 200], [0, 50]), 500, NOW), 250);
    assert.equal(allowance(ledgerOf([1, 600]), 500, NOW), 0);
  });

  it("becomes free again when the oldest that counts is a day old", () => {
    assert.equal(freesAt(newLedger(NOW), NOW), undefined);
    assert.equal(freesAt(ledgerOf([2, 1], [23, 1], [5, 1], [30, 1]), NOW), NOW + HOUR);
  });

  it("holds in any 24 hours, whatever is asked for when, through the store and back", () => {
    const run = fc.record({ after: fc.integer({ min: 1, max: 40 * HOUR }), asked: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (runs, maxRemovals) => {
        let now = NOW;
        let body: string | undefined;
        const removals: number[] = [];
        for (const [index, { after, asked }] of runs.entries()) {
          now += after;
          const { ledger } = readLedger(body, now);
          const count = Math.min(asked, allowance(ledger, maxRemovals, now));
          for (let removal = 0; removal < count; removal += 1) removals.push(now);
          body = JSON.stringify(recordRemovals(ledger, { batch: `${index}`, at: now, count }));
        }
        for (const first of removals) {
          const within = removals.filter((at) => at >= first && at < first + DAY);
          assert.ok(within.length <= maxRemovals, `${within.length} in 24 hours`);
        }
      }),
    );
  });
});

describe("the end of a backlog", () => {
  const ends = (of: Partial<Parameters<typeof backlogEnds>[0]>) =>
    (backlogEnds({
      ...{
        postponed: 0,
        deregistrations: 0,
        maxRemovals: 10,
        deleteAfter: 7 * DAY,
        ledger: ledgerOf([0, 10]),
        now: NOW,
      },
      ...of,
    }) -
      NOW) /
    HOUR;

  it("is now where nothing is left", () => {
    assert.equal(ends({}), 0);
  });

  it("comes with the day on which the last one is free to go", () => {
    assert.deepEqual(
      [1, 10, 11, 20, 21].map((postponed) => ends({ postponed })),
      [24, 24, 48, 48, 72],
    );
  });

  it("counts what is free already, and what becomes free during the day", () => {
    const ledger = ledgerOf([20, 4], [3, 2]);
    assert.deepEqual(
      [4, 5, 8, 9, 10, 14, 15].map((postponed) => ends({ postponed, ledger })),
      [0, 4, 4, 21, 21, 24, 28],
    );
  });

  it("is later by deleteAfter where deregistrations are among it, whose deletions count as well", () => {
    assert.equal(ends({ postponed: 10, deregistrations: 10 }), 24 + 7 * 24);
    assert.equal(ends({ postponed: 200, deregistrations: 200 }), 40 * 24);
    assert.equal(ends({ postponed: 10, deregistrations: 1, deleteAfter: HOUR }), 48);
    assert.equal(ends({ postponed: 9, deregistrations: 1, deleteAfter: HOUR }), 25);
  });

  it("is not sooner because more was removed than is allowed by now", () => {
    const ledger = ledgerOf([20, 25], [10, 5]);
    assert.deepEqual(
      [1, 5, 6, 10, 11].map((postponed) => ends({ postponed, ledger })),
      [4, 4, 14, 14, 28],
    );
  });

  it("is where a run every hour arrives", () => {
    const removed = fc.array(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 6 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        removed,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (before, postponed, maxRemovals) => {
          let ledger = ledgerOf(...before);
          const foretold = ends({ postponed, maxRemovals, ledger });
          let hour = 0;
          for (let left = postponed; ; hour += 1) {
            const now = NOW + hour * HOUR;
            const count = Math.min(left, allowance(ledger, maxRemovals, now));
            if (count > 0) ledger = recordRemovals(ledger, { batch: `run ${hour}`, at: now, count });
            left -= count;
            if (left === 0) break;
          }
          assert.equal(foretold, hour);
        },
      ),
    );
  });
});
