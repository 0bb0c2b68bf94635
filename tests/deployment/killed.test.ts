import assert from "node:assert/strict";
import { DAY, HOUR } from "../../retention/duration";
import type { RecordedCall } from "../../simulator";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { ACCOUNT, Account, LONG, outcomesOf, PLATFORM, REGION, SHOP } from "./support";

type Kill = [operation: string, nth: number, when: "before" | "after"];

/** From reading to the last object that a run writes. */
const KILLS: Kill[] = [
  ["ListTaskDefinitions", 1, "before"],
  ["AssumeRole", 1, "after"],
  ["DeregisterTaskDefinition", 2, "after"],
  ["DeleteTaskDefinitions", 1, "before"],
  ["DeleteTaskDefinitions", 2, "after"],
  ["PutObject", 1, "before"],
  ["PutObject", 2, "after"],
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

/** What is registered, and what the next run is told. */
function end(account: Account): unknown {
  const state = account.world.services.s3.buckets.get(account.bucket)?.objects.get(`state/${ACCOUNT}-${REGION}.json`);
  return {
    revisions: listRevisions(account.scope).map(({ family, revision, status }) => `${family}:${revision} ${status}`),
    state: String(state?.at(-1)?.body),
  };
}

/** Two scheduled runs, the first of them killed. */
async function runKilled(account: Account, [operation, nth, when]: Kill): Promise<void> {
  let seen = 0;
  const isTheCall = (call: RecordedCall) =>
    call.operation === operation && call.principal.includes(":assumed-role/") && ++seen === nth;
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
    const [operation, nth, when] = kill;
    it(`${when} its ${operation} no. ${nth} ends, with the next scheduled run, where an undisturbed one does`, async () => {
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
