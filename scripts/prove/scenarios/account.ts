import assert from "node:assert/strict";
import { HOUR } from "../../../retention/duration";
import type { RecordedCall } from "../../../simulator";
import { ACCOUNT, Account, LONG, outcomesOf, REGION, SHOP } from "../../../tests/deployment/support";
import type { Evidence } from "../evidence";
import { deployExamples, startTasks } from "./execution";
import { Recorder } from "./recorder";
import { referToBatch } from "./references";

const QUICKSTART = ["quickstart/dev", "examples/quickstart"] as const;
/** The stack that makes the function. */
const FUNCTION = "acme/quickstart/dev";
const HASHED = ["worker-0a1b2c3d", "worker-4e5f6071"];
/** More than one run can deregister at its pace. */
const BACKLOG = 460;
const SERVICES = {
  basket: { family: "basket", mode: "retire" },
  worker: { family: "worker", familyMatch: "hash-suffix", mode: "enforce", taskDefinitions: { keepRevisions: 1 } },
  search: { family: "search" },
};

/**
 * The life of one account: a service reports, then enforces; others join, retire, follow awsx's families or only report; a
 * run is killed and the next one carries on; one has more to do than fits, and is continued. Every source refers to something.
 */
export async function accountEvidence(): Promise<Evidence[]> {
  const account = await Account.open();
  const recorder = new Recorder(account.world, ACCOUNT);
  try {
    account.register(["checkout"], { inactive: 3, active: BACKLOG });
    account.register(["basket", "search", ...HASHED], { inactive: 3 });
    await account.world.clock.advance(LONG);
    referToBatch(account.scope);
    await account.deploy(...QUICKSTART);
    await startTasks(account);
    assert.deepEqual(outcomesOf(await account.pass(HOUR), "checkout"), {});
    recorder.take();

    await account.deploy(...QUICKSTART, { "quickstart:mode": "enforce", "quickstart:version": "1.4.3" });
    await account.deploy("shop/prod", SHOP, { "shop:platform": FUNCTION, "shop:services": SERVICES });
    await deployExamples(account, FUNCTION);
    await startTasks(account);
    await run(account);
    const removers = account.calls.filter(({ action }) => action === "ecs:DeregisterTaskDefinition");
    assert.ok(new Set(removers.map(({ principal }) => principal)).size > 3, "no run was continued");
    await killed(account, ({ service }) => service === "s3");
    await killed(account, ({ operation }) => operation === "DeregisterTaskDefinition");
    assert.deepEqual(account.refused, []);
    recorder.take();
    return recorder.evidence;
  } finally {
    await account.close();
  }
}

/** A full run, and those that every 15 minutes go on with what it left. */
async function run({ world, scope }: Account): Promise<void> {
  const [cleanup] = world.services.lambda.at(scope).functions.keys();
  const input = { FunctionName: cleanup, InvocationType: "Event" };
  const admin = { principal: world.admin(ACCOUNT), region: REGION };
  await world.gate.call({ ...admin, service: "lambda", operation: "Invoke", input });
  await world.clock.advance(HOUR);
}

/** A run that dies at such a call, and one that finds what it left. */
async function killed(account: Account, at: (call: RecordedCall) => boolean): Promise<void> {
  account.register(["checkout"], { active: 2 });
  account.world.gate.faults = (call) =>
    call.principal.includes(":assumed-role/") && at(call) ? { after: "kill" } : undefined;
  await run(account);
  account.world.gate.faults = undefined;
  await run(account);
}
