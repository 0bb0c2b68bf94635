import { BUCKETS } from "../../aws/pacing";
import { AwsError } from "../../simulator/operation";
import { Account, policyOf, sum } from "./account";
import { type Figure, figure } from "./figure";

const STALE = 10_000;
const QUARTER: number = 15 * 60_000;

/** Calls a second at our pace. */
const rate = (operation: string) =>
  BUCKETS.find(({ operations }) => operations.includes(operation))?.perSecond ?? Number.NaN;

/**
 * 10,000 stale revisions, of one service and of a hundred, and as many expired ones: runs on the function's second schedule
 * until nothing is left, while a pipeline registers a revision every 30 seconds.
 */
export async function backlogs(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const services of [1, 100]) {
    const active = new Account();
    fill(active, services, STALE / services, false);
    figures.push(...(await drained(active, services, "stale ACTIVE", "DeregisterTaskDefinition", 1)));
  }
  const inactive = new Account();
  fill(inactive, 1, STALE, true);
  // Each is described once more before it is deleted, which is what takes the time.
  figures.push(...(await drained(inactive, 1, "expired INACTIVE", "DescribeTaskDefinition", 1)));
  return figures;
}

function fill(account: Account, services: number, stale: number, expired: boolean): void {
  for (let service = 0; service < services; service += 1) {
    const family = familyOf(service);
    for (let n = 0; n < stale; n += 1) {
      const arn = account.register(family);
      if (expired) account.deregister(arn);
    }
    for (let n = 0; n < policyOf(family).taskDefinitions.keepRevisions; n += 1) account.register(family);
  }
}

const familyOf = (service: number) => `service-${service}`;

async function drained(
  account: Account,
  services: number,
  what: string,
  bottleneck: string,
  callsForEach: number,
): Promise<Figure[]> {
  const { world, scope } = account;
  const policies = Array.from({ length: services }, (_, at) => policyOf(familyOf(at), "enforce"));
  await account.age();
  // The ledgers begin, and everything is described once; then all of it has been out of use for long enough.
  const planning = policies.map((policy) => ({ ...policy, mode: "report" as const }));
  while ((await account.run(planning)).calls["ecs:DescribeTaskDefinition"]) await world.clock.advance(QUARTER);
  await account.age();

  let throttled = 0;
  let registered = 0;
  const stop = every(30_000, async () => {
    registered += 1;
    const input = { family: "deployed", containerDefinitions: [{ name: "app", image: "nginx:1.29" }] };
    const call = { principal: world.admin(scope.account), region: scope.region, service: "ecs", input };
    await world.gate.call({ ...call, operation: "RegisterTaskDefinition" }).catch((error: unknown) => {
      if (!(error instanceof AwsError) || !/Throttl/.test(error.name)) throw error;
      throttled += 1;
    });
  });
  const begins = world.clock.now();
  let active = 0;
  let calls = 0;
  let removed = 0;
  const lastOfService = new Map<string, number>();
  while (removed < STALE) {
    const starts = world.clock.now();
    const report = await account.run(policies);
    active += report.endedAt - report.startedAt;
    calls += sum(report.calls);
    const outcomes = report.services.flatMap(({ service, outcomes }) => outcomes.map((each) => ({ ...each, service })));
    const done = outcomes.filter(({ result }) => result === "done");
    if (done.length === 0)
      throw new Error(`${removed} of ${STALE} were removed, and then no more: ${outcomes[0]?.cause}`);
    removed += done.length;
    for (const { service, at } of done) lastOfService.set(service, at);
    if (removed < STALE) await world.clock.advance(Math.max(0, starts + QUARTER - world.clock.now()));
  }
  stop();
  const elapsed = world.clock.now() - begins;
  const ends = [...lastOfService.values()];
  const spread = Math.max(...ends) - Math.min(...ends);
  const name = `10,000 ${what} of ${services} ${services === 1 ? "service" : "services"}`;
  const floor = (STALE * callsForEach) / rate(bottleneck);
  return [
    figure(`${name}: active time`, "s", Math.round(active / 1000), floor, `floor: ${bottleneck} of each at our pace`),
    figure(`${name}: elapsed, a run every 15 min`, "s", Math.round(elapsed / 1000), floor, "the same floor"),
    ...(services === 1
      ? []
      : [figure(`${name}: first to last service done`, "s", spread / 1000, floor, "the same floor")]),
    figure(`${name}: calls`, "calls", calls, STALE, "floor: one removal each"),
    figure(`${name}: throttled deployments`, "calls", throttled, registered, "deployments, one every 30 s"),
  ];

  /** Again and again on the simulated clock, until it is stopped. */
  function every(ms: number, work: () => Promise<void>): () => void {
    let cancel = () => {};
    const plan = () => {
      cancel = world.clock.at(world.clock.now() + ms, async () => {
        plan();
        await work();
      });
    };
    plan();
    return () => cancel();
  }
}
