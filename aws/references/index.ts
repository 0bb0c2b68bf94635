import { REFERENCE_SOURCES } from "../../retention/reference-sources";
import type { AccountState, Gap, Reference, ReferenceSourceId, Success } from "../../retention/types";
import { nameOf } from "../errors";
import { gapOf } from "../gaps";
import { ReadError } from "../retry";
import { readClusters } from "./clusters";
import { readCodeDeploy } from "./codedeploy";
import { readPipes } from "./pipes";
import { type Found, type Origin, type Reader, scanOf } from "./reader";
import { readRules } from "./rules";
import { readSchedules } from "./schedules";
import { readServiceDeployments } from "./service-deployments";
import { readServices } from "./services";
import { readStateMachines } from "./state-machines";
import { readTasks } from "./tasks";

/** One reader for each entry of `REFERENCE_SOURCES`: a missing one does not compile. */
export const READERS: Record<ReferenceSourceId, Reader> = {
  services: readServices,
  "service-deployments": readServiceDeployments,
  tasks: readTasks,
  rules: readRules,
  pipes: readPipes,
  schedules: readSchedules,
  "state-machines": readStateMachines,
  codedeploy: readCodeDeploy,
};

/** Those share what ECS throttles, and follow each other; all others are read beside them. */
const OF_ECS: readonly ReferenceSourceId[] = ["services", "service-deployments", "tasks"];

export interface ReadReferences {
  references: Reference[];
  successes: Success[];
  gaps: Gap[];
  /** To be handed to the next read. */
  completed: AccountState["completedDeployments"];
}

/**
 * Everything in the account and Region that needs a revision now; the calls follow the formulas of `REFERENCE_SOURCES`. A
 * source that cannot be read to its end is a gap of the account.
 *
 * @param options.ignored Sources that are not read at all.
 * @param options.completed What the last read returned as `completed`.
 */
export async function readReferences(
  options: Pick<Origin, "connect" | "client" | "calls" | "account" | "region" | "completed"> & {
    ignored: ReadonlySet<ReferenceSourceId>;
  },
): Promise<ReadReferences> {
  const { client, calls, ignored, completed } = options;
  const account = { kind: "account" as const };
  let clusters: string[];
  try {
    clusters = await readClusters(client, calls);
  } catch (error) {
    return { references: [], successes: [], gaps: [gapOf(error, "clusters", account)], completed };
  }
  let servicesAreRead = () => {};
  const servicesRead = new Promise<void>((resolve) => {
    servicesAreRead = resolve;
  });
  const origin: Origin = { ...options, clusters, services: [], servicesRead };

  async function read(source: ReferenceSourceId): Promise<Found> {
    const scan = scanOf(source, origin);
    try {
      await READERS[source](scan);
    } catch (error) {
      scan.found.gaps.push(withRemedy(gapOf(error, source, account), error));
    } finally {
      if (source === "services") servicesAreRead();
    }
    return scan.found;
  }
  async function readInTurn(sources: readonly ReferenceSourceId[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const source of sources) found.push(await read(source));
    return found;
  }
  const beside = REFERENCE_SOURCES.map(({ id }) => id).filter((id) => !OF_ECS.includes(id) && !ignored.has(id));
  const [ofEcs, ...others] = await Promise.all([readInTurn(OF_ECS), ...beside.map(read)]);
  const all = [...ofEcs, ...others];
  const gaps = all.flatMap((found) => found.gaps);
  // What could not be read may still be as it was.
  const still = gaps.some(({ scope }) => scope.kind === "account") ? completed : {};
  return {
    references: all.flatMap(({ references }) => references),
    successes: all.flatMap(({ successes }) => successes),
    gaps,
    completed: Object.assign({}, still, ...all.map((found) => found.completed)),
  };
}

/** AWS has no endpoint for a service in a Region without it. */
function withRemedy(gap: Gap, error: unknown): Gap {
  const absent = error instanceof ReadError && nameOf(error.cause) === "ENOTFOUND";
  const source = REFERENCE_SOURCES.find(({ id }) => id === gap.source);
  if (!absent || !source?.ignorable) return gap;
  return { ...gap, remedy: `where the Region has no such service, leave ${gap.source} out in ignoredSources` };
}
