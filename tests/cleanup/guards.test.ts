import assert from "node:assert/strict";
import { BATCH_GUARDS, type BatchContext, CALL_GUARDS, type CallContext, HOLD_TAG } from "../../cleanup/guards";
import { isGood } from "../../cleanup/registrations";
import { newLedger } from "../../retention/ledger";
import type { RetentionPolicy } from "../../retention/types";
import { ACCOUNT, arnOf, DAY, HOUR, MINUTE, REGION, registered } from "./support";

const NOW = Date.UTC(2026, 5, 1, 12);

function policyOf(family: string, more: object = {}): RetentionPolicy {
  const loaded = registered(family, { ...more });
  return isGood(loaded) ? loaded.registration.policy : assert.fail(JSON.stringify(loaded.problems));
}

const BATCH: BatchContext = {
  now: NOW,
  lease: { holds: () => true },
  policy: policyOf("checkout", { limits: { maxRemovals: 10 } }),
  stop: undefined,
  etag: { read: "1", now: "1" },
  ledger: { ...newLedger(0), removed: [{ batch: "b", at: NOW - DAY + 1, count: 4 }] },
  waiting: 6,
};

/** What alone makes each guard stop. */
const BATCH_STOPS: Record<string, Partial<BatchContext>[]> = {
  stopped: [{ stop: "control/PAUSED" }],
  lease: [{ lease: { holds: () => false } }],
  "registration-changed": [{ etag: { read: "1", now: "2" } }, { etag: { read: "1", now: undefined } }],
  limit: [{ ledger: { ...BATCH.ledger, removed: [{ batch: "b", at: NOW, count: 5 }] } }, { waiting: 7 }],
};

const CALL: CallContext = {
  now: NOW,
  removeUntil: NOW + 1,
  lease: { holds: () => true },
  account: ACCOUNT,
  region: REGION,
  policy: policyOf("checkout"),
  action: "delete",
  arn: arnOf("checkout:7"),
  found: { status: "INACTIVE", tags: { team: "shop" } },
  archived: { key: "archive/x", restorable: "full", missing: [] },
};

const held = (value: string) => ({ found: { status: "INACTIVE", tags: { [HOLD_TAG]: value } } });

const CALL_STOPS: Record<string, Partial<CallContext>[]> = {
  fresh: [{ now: NOW + 1 }, { removeUntil: NOW - MINUTE }],
  lease: [{ lease: { holds: () => false } }],
  family: [
    ...["checkout-blue:7", "check:7", "checkout", "Checkout:7", "checkout-0a1b2c3d:7"].map((name) => ({
      arn: arnOf(name),
    })),
    { arn: "checkout:7" },
    { arn: arnOf("checkout:7").replace(ACCOUNT, "999988887777") },
    { arn: arnOf("checkout:7").replace(REGION, "us-east-1") },
    ...["checkout:7", "checkout-0a1b2c3:7", "checkout-0A1B2C3D:7", "checkout-blue-0a1b2c3d:7"].map((name) => ({
      arn: arnOf(name),
      policy: policyOf("checkout", { familyMatch: "hash-suffix" }),
    })),
  ],
  status: [
    { found: undefined },
    { found: { tags: {} } },
    ...["ACTIVE", "DELETE_IN_PROGRESS"].map((status) => ({ found: { status, tags: {} } })),
    ...["INACTIVE", "DELETE_IN_PROGRESS"].map((status) => ({
      action: "deregister" as const,
      found: { status, tags: {} },
    })),
  ],
  held: [
    ...["2026-06-01", "2026-06-02", "2999-12-31", "2026-06-01T12:00:00Z", "2026-06-01T14:30+02:00"].map(held),
    // Nobody knows what these mean.
    ...["", "forever", "2026-13-01", "31.12.2020", "2020", "2020-01-01T00:00", "2020-01-01T00:00Z today"].map(held),
    ...["on 2020-01-01", "+002020-01-01", "from 2020-01-01T00:00Z"].map(held),
  ],
  archived: [{ archived: undefined }],
};

describe("guards of a batch", () => {
  const answers = (context: BatchContext) => BATCH_GUARDS.filter((guard) => guard.stops(context)).map(({ id }) => id);

  it("let go on what nothing speaks against, the last removal that a limit allows and a policy's file too", () => {
    assert.deepEqual(answers(BATCH), []);
    assert.deepEqual(answers({ ...BATCH, etag: { read: undefined, now: undefined } }), []);
  });

  for (const [id, contexts] of Object.entries(BATCH_STOPS)) {
    it(`${id}: stops alone where it alone has reason to`, () => {
      for (const more of contexts) assert.deepEqual(answers({ ...BATCH, ...more }), [id], JSON.stringify(more));
    });
  }

  it("limit lets what the last 24 hours leave go on, and only that", () => {
    const limit = BATCH_GUARDS.find(({ id }) => id === "limit");
    assert.equal(limit?.stops({ ...BATCH, waiting: 20 })?.allowed, 6);
  });

  it("limit leaves to the second schedule what is allowed within the hour", () => {
    const limit = BATCH_GUARDS.find(({ id }) => id === "limit");
    const by = (at: number) =>
      limit?.stops({ ...BATCH, waiting: 20, ledger: { ...newLedger(0), removed: [{ batch: "b", at, count: 10 }] } })
        ?.by;
    assert.deepEqual([by(NOW - DAY + HOUR), by(NOW - DAY + HOUR + 1)], ["time", "limit"]);
    assert.equal(limit?.stops({ ...BATCH, waiting: 20, ledger: newLedger(0) })?.by, "limit");
  });

  it("each say why removals are postponed", () => {
    const postponements = Object.values(BATCH_STOPS).map(([more]) =>
      BATCH_GUARDS.flatMap((guard) => guard.stops({ ...BATCH, ...more })?.by ?? []).join(),
    );
    assert.deepEqual(postponements, ["stop", "time", "changed", "limit"]);
  });
});

describe("guards of a call", () => {
  const answers = (context: CallContext) => CALL_GUARDS.filter((guard) => guard.stops(context)).map(({ id }) => id);

  it("let a call go on that nothing speaks against", () => {
    assert.deepEqual(answers(CALL), []);
    const deregister: Partial<CallContext> = { action: "deregister", found: { status: "ACTIVE", tags: {} } };
    assert.deepEqual(answers({ ...CALL, ...deregister, archived: undefined }), []);
    const line = { policy: policyOf("checkout", { familyMatch: "hash-suffix" }), arn: arnOf("checkout-0a1b2c3d:7") };
    assert.deepEqual(answers({ ...CALL, ...line }), []);
    for (const past of ["2026-05-31", "2020-01-01T00:00Z", "2020-01-01T00:00:00.125Z", "2026-06-01T13:59:59+02:00"]) {
      assert.deepEqual(answers({ ...CALL, ...held(past) }), [], past);
    }
  });

  for (const [id, contexts] of Object.entries(CALL_STOPS)) {
    it(`${id}: stops alone where it alone has reason to`, () => {
      for (const more of contexts) assert.deepEqual(answers({ ...CALL, ...more }), [id], JSON.stringify(more));
    });
  }

  it("spare what is needed, postpone what must be read again, and fail what must never be sent", () => {
    const results = Object.values(CALL_STOPS).map(([more]) =>
      CALL_GUARDS.flatMap((guard) => guard.stops({ ...CALL, ...more })?.result ?? []).join(),
    );
    assert.deepEqual(results, ["postponed", "postponed", "failed", "spared", "spared", "failed"]);
  });
});

it("every guard has its cases, and a question for docs/rules.md", () => {
  assert.deepEqual(Object.keys(BATCH_STOPS), [...BATCH_GUARDS.map(({ id }) => id)]);
  assert.deepEqual(Object.keys(CALL_STOPS), [...CALL_GUARDS.map(({ id }) => id)]);
  for (const { question } of [...BATCH_GUARDS, ...CALL_GUARDS]) assert.match(question, /\?$/);
});
