import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY } from "../../retention/duration";
import {
  newLedger,
  readLedger,
  recordRemovals,
  recordUse,
  removedSince,
  type Seen,
  usedAt,
} from "../../retention/ledger";
import type { Ledger, Reference, Revision, Success } from "../../retention/types";
import { loadCases } from "../cases/load";

const NOW = Date.UTC(2026, 5, 1);
const LATER = NOW + DAY;

interface LedgerCase {
  name: string;
  body: unknown;
  /** Why it is not taken; absent: it is. */
  wrong?: string;
}

const revision = (number: number, family = "app", status: Revision["status"] = "ACTIVE"): Revision => ({
  arn: `arn:aws:ecs:eu-west-1:111122223333:task-definition/${family}:${number}`,
  family,
  revision: number,
  status,
});
const reference = (revision: number | "latest", family = "app"): Reference => ({
  source: "tasks",
  by: "task",
  target: { kind: "revision", family, revision },
});
const success = (revision: number, at: number, family = "app"): Success => ({ family, revision, at, by: "service" });
const APP = { family: "app", familyMatch: "exact" } as const;
const seen = (of: Partial<Seen>): Seen => ({
  ...{ claim: APP, line: [], references: [], successes: [], isUnread: () => false, lost: false },
  ...of,
});

describe("reading a ledger", () => {
  for (const { subject, cases } of loadCases<LedgerCase>("ledger")) {
    describe(subject, () => {
      for (const { name, body, wrong } of cases) {
        it(name, () => {
          const text = typeof body === "string" ? body : JSON.stringify(body);
          const { ledger, note } = readLedger(text, NOW);
          assert.deepEqual(ledger, wrong === undefined ? JSON.parse(text) : newLedger(NOW));
          const begins = `its ledger begins on 2026-06-01 (${wrong}): disuse counts from then on`;
          assert.equal(note, wrong === undefined ? undefined : begins);
        });
      }
    });
  }

  it("begins one where there was none, and says so", () => {
    const { ledger, note } = readLedger(undefined, NOW);
    assert.deepEqual(ledger, { version: 1, since: NOW, lastUsed: {}, successful: {}, removed: [] });
    assert.equal(note, "its ledger begins on 2026-06-01 (there was none before): disuse counts from then on");
  });

  it("accepts dates of a clock that ran ahead by up to a year, not dates that no clock explains", () => {
    const at = (ahead: number) => readLedger(JSON.stringify({ ...newLedger(NOW), since: NOW + ahead * DAY }), NOW);
    assert.equal(at(366).note, undefined);
    assert.notEqual(at(367).note, undefined);
  });

  it("forgets removals once they are 24 hours old", () => {
    const removed = [
      { batch: "a", at: NOW - DAY, count: 3 },
      { batch: "b", at: NOW - DAY + 1, count: 2 },
    ];
    const { ledger } = readLedger(JSON.stringify({ ...newLedger(NOW), removed }), NOW);
    assert.deepEqual(ledger.removed, removed.slice(1));
  });

  it("gives a sound ledger whatever lies in the store", () => {
    const entry = fc.record({ batch: fc.anything(), at: fc.anything(), count: fc.anything() });
    const dates = fc.oneof(
      fc.dictionary(fc.constantFrom("app:1", "app:0", "x", "__proto__"), fc.anything()),
      fc.anything(),
    );
    const shaped = fc.record({
      version: fc.constantFrom<unknown>(1, 1, 2, "1"),
      since: fc.oneof(fc.constant(NOW), fc.anything()),
      lastUsed: dates,
      successful: dates,
      about: fc.oneof(fc.constantFrom<unknown>(undefined, APP), fc.anything()),
      inUse: fc.oneof(fc.constantFrom<unknown>(undefined, ["app:1"]), fc.array(fc.anything()), fc.anything()),
      removed: fc.oneof(fc.array(entry), fc.anything()),
    });
    const body = fc.oneof(
      fc.string(),
      fc.oneof(fc.anything(), shaped).map((value) => {
        try {
          return JSON.stringify(value, (_, member) => (typeof member === "bigint" ? Number(member) : member)) ?? "";
        } catch {
          return "";
        }
      }),
    );
    fc.assert(
      fc.property(body, (text) => {
        const { ledger, note } = readLedger(text, NOW);
        assert.equal(ledger.version, 1);
        assert.ok(Number.isFinite(ledger.since));
        for (const [name, at] of [ledger.lastUsed, ledger.successful].flatMap(Object.entries)) {
          assert.match(name, /^[\w-]+:[1-9]\d*$/);
          assert.ok(Number.isFinite(at));
        }
        for (const name of ledger.inUse ?? []) assert.match(name, /^[\w-]+:[1-9]\d*$/);
        for (const { count, at } of ledger.removed) assert.ok(count >= 0 && NOW - at < DAY);
        // What was written by this code is read again, and unchanged.
        assert.deepEqual(readLedger(JSON.stringify(ledger), NOW), { ledger });
        if (note !== undefined) assert.deepEqual(ledger, newLedger(NOW));
      }),
    );
  });
});

describe("what a ledger remembers of use", () => {
  it("is when each revision was seen referenced the last time", () => {
    const line = [3, 2, 1].map((number) => revision(number));
    const first = recordUse(newLedger(NOW), seen({ line, references: [reference(2), reference(1)] }), NOW);
    assert.deepEqual(first.lastUsed, { "app:2": NOW, "app:1": NOW });
    const second = recordUse(first, seen({ line, references: [reference(2)] }), LATER);
    assert.deepEqual(second.lastUsed, { "app:2": LATER, "app:1": LATER });
    const third = recordUse(second, seen({ line, references: [reference(2)] }), LATER + DAY);
    assert.deepEqual(third.lastUsed, { "app:2": LATER + DAY, "app:1": LATER });
    assert.equal(third.since, NOW);
  });

  it("resolves a reference without a revision to the newest ACTIVE one of its family, in whatever order they stand", () => {
    const line = [revision(1), revision(4, "app", "INACTIVE"), revision(3), revision(9, "other")];
    assert.deepEqual(recordUse(newLedger(NOW), seen({ line, references: [reference("latest")] }), NOW).lastUsed, {
      "app:3": NOW,
    });
    const gone = [revision(4, "app", "INACTIVE")];
    assert.deepEqual(
      recordUse(newLedger(NOW), seen({ line: gone, references: [reference("latest")] }), NOW).lastUsed,
      {},
    );
  });

  it("passes over references to other families and to revisions that are none", () => {
    const references = [reference(1, "other"), reference("latest", "other"), reference(Number.NaN), reference(0)];
    assert.deepEqual(recordUse(newLedger(NOW), seen({ line: [revision(1)], references }), NOW).lastUsed, {});
  });

  it("never goes back, where the clock was set back", () => {
    const line = [revision(1)];
    const ahead = recordUse(newLedger(NOW), seen({ line, references: [reference(1)] }), LATER);
    assert.deepEqual(recordUse(ahead, seen({ line, references: [reference(1)] }), NOW).lastUsed, { "app:1": LATER });
  });

  it("outlasts a list that was cut off, and is forgotten a year after the last use of what is not listed", () => {
    const used = { ...newLedger(NOW), lastUsed: { "app:1": NOW, "app:2": NOW } };
    const known = (days: number) =>
      Object.keys(recordUse(used, seen({ line: [revision(2)] }), NOW + days * DAY).lastUsed);
    assert.deepEqual(known(365).sort(), ["app:1", "app:2"]);
    assert.deepEqual(known(366), ["app:2"]);
  });

  it("counts from now on where all references were lost, and keeps successes and removals", () => {
    const ledger: Ledger = {
      ...newLedger(NOW),
      lastUsed: { "app:1": NOW },
      successful: { "app:1": NOW },
      removed: [{ batch: "a", at: NOW, count: 1 }],
    };
    const after = recordUse(ledger, seen({ line: [revision(1)], lost: true }), LATER);
    assert.equal(after.since, LATER);
    assert.equal(usedAt(after, revision(1), after.lastUsed["app:1"]), LATER);
    assert.deepEqual([after.successful, after.removed], [ledger.successful, ledger.removed]);
    assert.equal(recordUse(after, seen({ lost: true }), NOW).since, LATER);
  });

  it("is the same in whichever order AWS lists what is in use, so that it is not written for that", () => {
    const line = [revision(2), revision(1)];
    const [one, other] = [
      [1, 2],
      [2, 1],
    ].map((order) =>
      JSON.stringify(
        recordUse(newLedger(NOW), seen({ line, references: order.map((each) => reference(each)) }), NOW).inUse,
      ),
    );
    assert.equal(one, other);
  });

  it("counts what it never saw as used when it began, or when that was registered", () => {
    const ledger = newLedger(NOW);
    assert.equal(usedAt(ledger, revision(1), undefined), NOW);
    assert.equal(usedAt(ledger, { ...revision(1), registeredAt: NOW - DAY }, undefined), NOW);
    assert.equal(usedAt(ledger, { ...revision(1), registeredAt: LATER }, undefined), LATER);
    assert.equal(usedAt(ledger, { ...revision(1), registeredAt: Number.NaN }, undefined), NOW);
    assert.equal(usedAt(ledger, { ...revision(1), registeredAt: LATER }, NOW + 1), NOW + 1);
  });

  it("counts what is in use no more as used until the read that says so, however long nobody looked", () => {
    const line = [revision(2), revision(1)];
    const before = recordUse(newLedger(NOW), seen({ line, references: [reference(1)] }), NOW);
    const gone = recordUse(before, seen({ line, references: [reference(2)] }), NOW + 60 * DAY);
    assert.deepEqual(gone.lastUsed, { "app:1": NOW + 60 * DAY, "app:2": NOW + 60 * DAY });
    // Once only: the read after that tells nothing new of it.
    const later = recordUse(gone, seen({ line, references: [reference(2)] }), NOW + 61 * DAY);
    assert.deepEqual(later.lastUsed, { "app:1": NOW + 60 * DAY, "app:2": NOW + 61 * DAY });
  });

  it("does not take for unused what could not be read", () => {
    const line = [revision(2), revision(1)];
    const used = recordUse(newLedger(NOW), seen({ line, references: [reference(1)] }), NOW);
    const unread = recordUse(used, seen({ line, isUnread: (family) => family === "app" }), LATER);
    assert.deepEqual([unread.lastUsed, unread.inUse], [{ "app:1": LATER }, ["app:1"]]);
    const gone = recordUse(unread, seen({ line }), LATER + DAY);
    assert.deepEqual([gone.lastUsed, gone.inUse], [{ "app:1": LATER + DAY }, []]);
  });

  const LINE = { family: "app", familyMatch: "hash-suffix" } as const;

  it("leaves the use of families to who reads them, where a policy is about some of them only", () => {
    const [one, other] = ["app-0000000a", "app-0000000b"] as const;
    const line = [revision(1, one), revision(1, other)];
    const references = [reference(1, one), reference(1, other)];
    const before = recordUse(newLedger(NOW), seen({ claim: LINE, line, references }), NOW);
    const claim = { family: one, familyMatch: "exact" } as const;
    const between = recordUse(before, seen({ claim, line: [revision(1, one)] }), LATER);
    assert.deepEqual(between.lastUsed, { "app-0000000a:1": LATER, "app-0000000b:1": NOW });
    const after = recordUse(between, seen({ claim: LINE, line }), LATER + DAY);
    assert.deepEqual(after.lastUsed, { "app-0000000a:1": LATER, "app-0000000b:1": LATER + DAY });
    assert.equal(after.since, NOW);
  });

  it("begins anew where the policy is about families now that nobody watched before", () => {
    const before = recordUse(newLedger(NOW), seen({}), NOW);
    for (const claim of [{ ...APP, family: "payments" }, LINE]) {
      const after = recordUse(before, seen({ claim }), LATER);
      assert.deepEqual([after.since, after.about], [LATER, claim]);
      assert.equal(recordUse(after, seen({ claim }), LATER + DAY).since, LATER);
    }
  });

  it("changes nothing of the ledger that it is made from", () => {
    const ledger = { ...newLedger(NOW), lastUsed: { "app:1": NOW }, successful: { "app:1": NOW } };
    const before = structuredClone(ledger);
    recordUse(ledger, seen({ line: [revision(2)], references: [reference(2)], successes: [success(2, NOW)] }), LATER);
    recordRemovals(ledger, { batch: "a", at: NOW, count: 1 });
    assert.deepEqual(ledger, before);
  });
});

describe("what a ledger remembers of completed deployments", () => {
  const line = [1, 2, 3, 4].map((number) => revision(number));

  it("is when each revision was last deployed with success, however often and in which order that is told", () => {
    const first = recordUse(newLedger(NOW), seen({ line, successes: [success(2, NOW), success(1, NOW - 1)] }), NOW);
    assert.deepEqual(first.successful, { "app:1": NOW - 1, "app:2": NOW });
    const second = recordUse(first, seen({ line, successes: [success(3, LATER), success(2, NOW - 5)] }), LATER);
    assert.deepEqual(second.successful, { "app:1": NOW - 1, "app:2": NOW, "app:3": LATER });
    assert.deepEqual(recordUse(second, seen({ line }), LATER).successful, second.successful);
  });

  it("does not put first what is merely still running, and was deployed long ago", () => {
    const daily = [success(1, NOW - 9 * DAY), success(4, NOW)];
    const ledger = [1, 2, 3].reduce((one) => recordUse(one, seen({ line, successes: daily }), NOW), newLedger(NOW));
    assert.deepEqual(ledger.successful, { "app:1": NOW - 9 * DAY, "app:4": NOW });
  });

  it("is of its own families only, and of nothing that would not be read again", () => {
    for (const strange of [success(Number.NaN, NOW), success(1, Number.NaN), success(1, NOW, "other")]) {
      assert.deepEqual(recordUse(newLedger(NOW), seen({ line, successes: [strange] }), NOW).successful, {});
    }
  });

  it("is cut to the last thousand", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => [`app:${index + 10}`, NOW - 1_000 + index]);
    const ledger = { ...newLedger(NOW), successful: Object.fromEntries(many) };
    const { successful } = recordUse(ledger, seen({ line, successes: [success(4, NOW)] }), NOW);
    assert.equal(Object.keys(successful).length, 1_000);
    assert.deepEqual([successful["app:10"], successful["app:11"], successful["app:4"]], [undefined, NOW - 999, NOW]);
  });
});

describe("what a ledger remembers of removals", () => {
  it("counts a batch once, however often it is recorded, as it was recorded last", () => {
    const once = recordRemovals(newLedger(NOW), { batch: "a", at: NOW, count: 2 });
    const twice = recordRemovals(recordRemovals(once, { batch: "b", at: NOW, count: 5 }), {
      batch: "a",
      at: NOW,
      count: 3,
    });
    assert.equal(removedSince(twice, NOW), 8);
  });

  it("counts for 24 hours, those in the future too", () => {
    const at = (at: number) => removedSince(recordRemovals(newLedger(NOW), { batch: "a", at, count: 2 }), NOW);
    assert.deepEqual([at(NOW - DAY), at(NOW - DAY + 1), at(NOW), at(LATER)], [0, 2, 2, 2]);
  });
});
