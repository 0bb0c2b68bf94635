import { LISTED_BY_FAMILY } from "../../aws/revisions";
import { createCluster, createService } from "../../simulator/services/ecs-services";
import { Account, policyOf, sum } from "./account";
import { type Figure, figure } from "./main";

const REVISIONS = 30;
const CLUSTERS = 4;

/** The reads of one run over 100 and over 500 services, beside the formula of docs/references.md. */
export async function reads(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const services of [100, 500]) {
    const account = new Account();
    for (let at = 0; at < CLUSTERS; at += 1) createCluster(account.scope, `cluster-${at}`);
    const families = Array.from({ length: services }, (_, at) => `service-${at}`);
    for (const family of families) for (let n = 0; n < REVISIONS; n += 1) account.register(family);
    families.forEach((family, at) => {
      createService(account.scope, { cluster: `cluster-${at % CLUSTERS}`, service: family, taskDefinition: family });
    });
    await account.age();
    const { calls } = await account.run(families.map((family) => policyOf(family)));
    figures.push(
      figure(`${services} services: reads`, "calls", sum(calls), formula(services), "formula of docs/references.md"),
    );
  }
  return figures;
}

/** The most that docs/references.md allows; here every service has one deployment and one task. */
function formula(services: number): number {
  const pages = (items: number, size: number) => Math.max(1, Math.ceil(items / size));
  const perCluster = services / CLUSTERS;
  const lists =
    services > LISTED_BY_FAMILY ? pages(services * REVISIONS, 100) + 1 + 1 : services * (pages(REVISIONS, 100) + 1 + 1);
  const references =
    pages(CLUSTERS, 100) +
    CLUSTERS * (pages(perCluster, 100) + pages(perCluster, 10) + pages(perCluster, 100) + 1 + pages(perCluster, 100));
  const dates = services * (Math.ceil(Math.log2(REVISIONS - policyOf("any").taskDefinitions.keepRevisions)) + 2);
  return lists + references + dates;
}
