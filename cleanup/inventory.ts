import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Connect } from "../aws/clients";
import { gapIn } from "../aws/gaps";
import { readReferences } from "../aws/references/index";
import type { Calls } from "../aws/retry";
import { listRevisions } from "../aws/revisions";
import { leftOutGaps } from "../retention/gaps";
import { nameOf } from "../retention/ledger";
import { notCoveredGaps } from "../retention/reference-sources";
import { indexInventory } from "../retention/revisions/inventory";
import { undescribed } from "../retention/revisions/line";
import type {
  AccountState,
  Clock,
  Gap,
  IgnoredSource,
  Inventory,
  Millis,
  RetentionPolicy,
  Revision,
} from "../retention/types";
import { describeInTurn } from "./describe";
import type { Progress } from "./options";
import type { Facts } from "./store/facts";

export interface ReadOptions {
  connect: Connect;
  client: ECSClient;
  calls: Calls;
  clock: Clock;
  account: string;
  region: string;
  /** In the order in which they take turns. */
  policies: RetentionPolicy[];
  facts: Facts;
  ignoredSources: IgnoredSource[];
  completed: AccountState["completedDeployments"];
  /** When the run's last removal may start at the latest, whatever was read when. */
  end: Millis;
  /** Called now and then while much is described. */
  checkpoint(): Promise<void>;
  onProgress?(progress: Progress): void;
}

/** Everything that the plans of a pass stand on. */
export interface Reading {
  inventory: Inventory;
  /** No removal may rely on it at this moment or later. */
  removeUntil: Millis;
  /** Something was not described for lack of time. */
  cut: boolean;
  /** Why references of the whole account are missing in it. */
  missing: Gap[];
  completed: AccountState["completedDeployments"];
}

/** No removal starts later than this after the read of references began. */
const REFERENCES_HOLD: Millis = 5 * 60_000;
/** Lists that describing made older than this are read again: somebody may have deregistered the newest revision. */
const LISTS_HOLD: Millis = 60_000;

/** Lists revisions, describes what is new, in at most half of the time that is left, then reads what is in use. */
export async function readInventory(options: ReadOptions): Promise<Reading> {
  const { client, calls, clock, account, region, policies, facts, ignoredSources, end, onProgress } = options;
  onProgress?.({ step: "revisions" });
  let listed = await listRevisions(client, calls, policies);
  const listedAt = clock.now();
  const described = await describeInTurn(unknown(listed.revisions, options), {
    ...options,
    until: listedAt + (end - listedAt) / 2,
    onDescribed: (done, of) => onProgress?.({ step: "descriptions", done, of }),
  });
  await facts.save();
  if (clock.now() - listedAt > LISTS_HOLD) listed = await listRevisions(client, calls, policies);

  onProgress?.({ step: "references" });
  const readAt = clock.now();
  const removeUntil = Math.min(readAt + REFERENCES_HOLD, end);
  const ignored = new Set(ignoredSources.map(({ source }) => source));
  const read = await readReferences({ ...options, ignored });
  const gaps = [...listed.gaps, ...described.gaps, ...read.gaps, ...leftOutGaps(ignoredSources), ...notCoveredGaps()];
  if (clock.now() >= readAt + REFERENCES_HOLD) gaps.push(tooSlow());
  const revisions = listed.revisions.map((revision) => withFact(revision, facts));
  return {
    inventory: {
      ...{ account, region, readAt, revisions, gaps },
      ...{ references: read.references, successes: read.successes },
    },
    removeUntil,
    cut: described.cut,
    missing: read.gaps.filter(({ scope }) => scope.kind === "account"),
    completed: read.completed,
  };
}

/** What is to be described, a queue for each policy. */
function unknown(revisions: Revision[], { account, region, policies, facts }: ReadOptions): Revision[][] {
  const known = revisions.map((revision) => withFact(revision, facts));
  const nothing = { references: [], successes: [], gaps: [] };
  const indexed = indexInventory({ account, region, readAt: 0, revisions: known, ...nothing });
  const queued = new Set<string>();
  const isNew = ({ arn }: Revision) => !queued.has(arn) && queued.add(arn);
  return policies.map((policy) =>
    undescribed(policy, indexed)
      .filter((revision) => !facts.of(nameOf(revision))?.undated)
      .filter(isNew),
  );
}

function withFact(revision: Revision, facts: Facts): Revision {
  const fact = facts.of(nameOf(revision));
  if (!fact) return revision;
  const { registeredAt, deregisteredAt, plaintextSecrets } = fact;
  return {
    ...revision,
    ...(registeredAt !== undefined && { registeredAt }),
    ...(deregisteredAt !== undefined && { deregisteredAt }),
    plaintextSecrets,
  };
}

function tooSlow(): Gap {
  const detail = "what is in use took longer to read than removals may rely on it";
  return gapIn("all", detail, "references", { kind: "account" }, "truncated");
}
