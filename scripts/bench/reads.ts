import { REFERENCE_SOURCES } from "../../retention/reference-sources";
import type { Report } from "../../retention/types";
import { createCluster, createService, runTask } from "../../simulator/services/ecs-services";
import { Account, policyOf, sum } from "./account";
import { EXACTLY, type Figure, figure } from "./figure";

/** Ten families of thirty ACTIVE revisions and ten services, one at desired count 0, in two clusters; 27 tasks. */
const WORKED = { families: 10, revisions: 30, clusters: 2, tasks: 27 };

/** Reads by their purpose: of revisions, and of each source of references. */
const PURPOSES: Record<string, readonly string[]> = {
  revisions: ["ecs:ListTaskDefinitions"],
  descriptions: ["ecs:DescribeTaskDefinition"],
  ...Object.fromEntries(REFERENCE_SOURCES.map(({ id, actions }) => [id, actions])),
};

/** What docs/references.md says for the worked case; all of its lists fit one page. */
function formula(families: number, clusters: number, described: number, asked: number): Record<string, number> {
  return {
    revisions: 3 * families,
    descriptions: described,
    // ListClusters once; ListServices and DescribeServices for each cluster.
    services: 1 + clusters * (1 + Math.ceil(families / clusters / 10)),
    "service-deployments": asked + Math.ceil(asked / 20),
    // Running and stopped ones; the latter are none.
    tasks: clusters * (2 + 1),
    rules: 1 + clusters,
    pipes: 1,
    schedules: 1,
    "state-machines": 1,
    codedeploy: 1,
  };
}

/** The reads of a cold run, of a warm one, and of one that removes, for each source beside the formula of docs/references.md. */
export async function reads(): Promise<Figure[]> {
  const { families, clusters, revisions } = WORKED;
  const account = new Account();
  const names = Array.from({ length: families }, (_, at) => `family-${at}`);
  for (let at = 0; at < clusters; at += 1) createCluster(account.scope, `cluster-${at}`);
  for (const name of names) for (let n = 0; n < revisions; n += 1) account.register(name);
  for (const [at, name] of names.entries()) {
    const desiredCount = at === 0 ? 0 : 2;
    createService(account.scope, {
      cluster: `cluster-${at % clusters}`,
      service: name,
      taskDefinition: name,
      desiredCount,
    });
  }
  for (let n = 2 * (families - 1); n < WORKED.tasks; n += 1) {
    runTask(account.scope, { cluster: "cluster-0", taskDefinition: names[1] as string });
  }
  await account.age();
  const planning = names.map((name) => policyOf(name));
  const cold = await account.run(planning);
  await account.world.clock.advance(2 * 86_400_000);
  const warm = await account.run(planning);
  // The burst that AWS allows is full again.
  await account.world.clock.advance(60_000);
  const removing = await account.run(names.map((name) => policyOf(name, "enforce")));
  const removed = removing.services.flatMap(({ outcomes }) => outcomes).length;
  if (removed === 0) throw new Error("the run that was to remove had nothing to remove");
  const again = removing.calls["ecs:DescribeTaskDefinition"] ?? 0;
  return [
    ...compared("cold", cold, formula(families, clusters, families * revisions, families)),
    ...compared("warm", warm, formula(families, clusters, 0, 0)),
    figure("worked case, removing: described", "calls", again, removed, `${EXACTLY}: each revision that it removes`),
  ];
}

function compared(name: string, { calls }: Report, expected: Record<string, number>): Figure[] {
  return Object.entries(PURPOSES).map(([purpose, actions]) => {
    const made = Object.fromEntries(actions.map((action) => [action, calls[action] ?? 0]));
    return figure(`worked case, ${name}: ${purpose}`, "calls", sum(made), expected[purpose] ?? 0, EXACTLY);
  });
}
