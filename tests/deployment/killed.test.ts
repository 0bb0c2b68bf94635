import assert from "node:assert/strict";
import { DAY, HOUR } from "../../retention/duration";
import type { Ledger } from "../../retention/types";
import type { RecordedCall } from "../../simulator";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { getObject, listKeys } from "../../simulator/services/s3";
import { ACCOUNT, Account, LONG, outcomesOf, PLATFORM, REGION, SHOP } from "./support";

type Kill = [operation: string, on: string, nth: number, when: "before" | "after"];

/** From taking the lease to releasing it; tests/cleanup/crash.test.ts kills at every call. */
const KILLS: Kill[] = [
  ["PutObject", "lease", 1, "after"],
  ["PutObject", "facts", 1, "after"],
  ["PutObject", "lease", 2, "after"],
  ["PutObject", "journal", 1, "before"],
  ["PutObject", "journal", 1, "after"],
  ["DeregisterTaskDefinition", "", 2, "after"],
  ["PutObject", "archive", 3, "after"],
  ["DeleteTaskDefinitions", "", 2, "after"],
  ["PutObject", "ledger", 1, "after"],
  ["PutObject", "journal", 2, "before"],
  ["PutObject", "reports", 1, "before"],
  ["PutObject", "state", 1, "after"],
];

const FAMILIES = ["checkout", "basket"];

/** The same account each time: two enforced services with more to delete than one call takes. */
async function backlog(): Promise<Account> {
  const account = await Account.open();
  account.register(FAMILIES, { inactive: 12, active: 14 });
  await account.world.clock.advance(LONG);
  const services = Object.fromEntries(FAMILIES.map((family) => [family, { family, mode: "enforce" }]));
  await account.deploy(PLATFORM, SHOP, { "shop:services": services });
  return account;
}

/** What is registered, counted, archived and remembered. */
function end(account: Account): unknown {
  const read = (key: string) => JSON.parse(String(getObject(account.scope, account.bucket, key)?.body));
  const keys = (prefix: string) => listKeys(account.scope, account.bucket, prefix);
  const { failed, refused, pending } = read(`state/${ACCOUNT}-${REGION}.json`);
  return {
    revisions: listRevisions(account.scope).map(({ family, revision, status }) => `${family}:${revision} ${status}`),
    removed: keys("ledger/").map((key) =>
      (read(key) as Ledger).removed.reduce((sum: number, { count }) => sum + count, 0),
    ),
    archived: keys("archive/"),
    unfinished: keys("journal/").filter((key) => !read(key).outcomes),
    state: { failed, refused, pending },
  };
}

/** The account after two scheduled runs, the first of them killed. */
async function runKilled(account: Account, [operation, on, nth, when]: Kill): Promise<void> {
  let seen = 0;
  const isTheCall = (call: RecordedCall) =>
    call.operation === operation &&
    call.principal.includes(":assumed-role/") &&
    call.resources.some((resource) => resource.includes(on === "" ? "" : `/${on}/`)) &&
    ++seen === nth;
  account.world.gate.faults = (call) => (isTheCall(call) ? { [when]: "kill" } : undefined);
  await account.world.clock.advance(HOUR);
  assert.equal(account.calls.filter(({ error }) => error === "KilledError").length, 1, "no call was killed");
  account.world.gate.faults = undefined;
  await account.world.clock.advance(DAY);
}

describe("a function that is killed", function () {
  this.timeout(60_000);
  let undisturbed: unknown;

  before(async () => {
    const account = await backlog();
    try {
      const report = await account.pass(HOUR);
      for (const family of FAMILIES) {
        assert.deepEqual(outcomesOf(report, family), { "deregister done": 4, "delete done": 12 });
      }
      await account.world.clock.advance(DAY);
      undisturbed = end(account);
    } finally {
      await account.close();
    }
  });

  for (const kill of KILLS) {
    const [operation, on, nth, when] = kill;
    it(`${when} its ${operation} no. ${nth} ${on && `below ${on}/ `}ends, with the next scheduled run, where an undisturbed one does`, async () => {
      const account = await backlog();
      try {
        await runKilled(account, kill);
        assert.deepEqual(end(account), undisturbed);
        const [queue] = account.world.services.sqs.at(account.scope).queues.values();
        assert.deepEqual(
          queue?.messages.map(({ body }) => JSON.parse(body).responsePayload.errorType),
          ["Runtime.ExitError"],
        );
        assert.deepEqual(account.refused, []);
      } finally {
        await account.close();
      }
    });
  }
});
