import { BUCKETS } from "../../aws/pacing";
import { deregisterTaskDefinition } from "../../simulator/services/ecs-definitions";
import { Account, policyOf, sum } from "./account";
import { type Figure, figure } from "./main";

const STALE = 5_000;

/** Calls a second at our pace. */
const rate = (operation: string) =>
  BUCKETS.find(({ operations }) => operations.includes(operation))?.perSecond ?? Number.NaN;

/** One family of 5,000 stale revisions, once ACTIVE and once INACTIVE: runs following each other until nothing is left. */
export async function backlogs(): Promise<Figure[]> {
  const family = "checkout";
  const policy = policyOf(family, "enforce");
  const kept = policy.taskDefinitions.keepRevisions;

  const active = new Account();
  for (let n = 0; n < STALE + kept; n += 1) active.register(family);
  await active.age();
  const deregistering = await drain(active, policy);

  const inactive = new Account();
  for (let n = 0; n < STALE; n += 1) deregisterTaskDefinition(inactive.scope, inactive.register(family));
  for (let n = 0; n < kept; n += 1) inactive.register(family);
  await inactive.age();
  const deleting = await drain(inactive, policy);

  const deregisterFloor = STALE / rate("DeregisterTaskDefinition");
  const deleteFloor = Math.max(STALE / rate("DescribeTaskDefinition"), STALE / 10 / rate("DeleteTaskDefinitions"));
  return [
    figure("5,000 stale ACTIVE: time", "s", deregistering.seconds, deregisterFloor, "floor: one call each at our pace"),
    figure("5,000 stale ACTIVE: calls", "calls", deregistering.calls, STALE, "floor: one deregistration each"),
    figure(
      "5,000 expired INACTIVE: time",
      "s",
      deleting.seconds,
      deleteFloor,
      "floor: all described, and deleted in tens, side by side at our pace",
    ),
    figure(
      "5,000 expired INACTIVE: calls",
      "calls",
      deleting.calls,
      STALE + STALE / 10,
      "floor: described, deleted in tens",
    ),
  ];
}

async function drain(
  account: Account,
  policy: ReturnType<typeof policyOf>,
): Promise<{ seconds: number; calls: number }> {
  const { clock } = account.world;
  const start = clock.now();
  let calls = 0;
  let done = 0;
  for (;;) {
    const report = await account.run([policy]);
    const removed = report.services.flatMap(({ outcomes }) => outcomes).filter(({ result }) => result === "done");
    if (removed.length === 0) break;
    calls += sum(report.calls);
    done += removed.length;
    if (done === STALE) break;
  }
  if (done !== STALE) throw new Error(`${done} of ${STALE} stale revisions were removed`);
  return { seconds: Math.round((clock.now() - start) / 1000), calls };
}
