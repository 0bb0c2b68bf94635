import type { Gap, Inventory, Reference } from "../types";
import { compare, isRevisionNumber } from "./order";

/** Gaps that block something, by what they block, each list in the order of ids. */
export interface BlockingGaps {
  account: Gap[];
  /** By the family's name. */
  families: ReadonlyMap<string, Gap[]>;
  /** By ARN or by `family:revision`. */
  revisions: ReadonlyMap<string, Gap[]>;
  /** Of every family whose name begins so. */
  beginnings: { with: string; gap: Gap }[];
}

/** The family of the revision that an item is, as its ARN or `family:revision`; undefined where it is something else. */
export function familyOfItem(name: string): string | undefined {
  return /^(?:arn:[^/]*:task-definition\/)?([A-Za-z0-9_-]+):[0-9]+$/.exec(name)?.[1];
}

export function indexGaps({ gaps, references }: Pick<Inventory, "gaps" | "references">): BlockingGaps {
  const families = new Map<string, Gap[]>();
  const revisions = new Map<string, Gap[]>();
  const index = { account: [] as Gap[], families, revisions, beginnings: [] as BlockingGaps["beginnings"] };
  const blocking = [...gaps, ...references.filter(isUnclear).map(unclearReference)].filter((gap) => !gap.acknowledged);
  for (const gap of blocking.sort((one, other) => compare(one.id, other.id) || compare(one.detail, other.detail))) {
    const { scope } = gap;
    if (scope.kind === "none") continue;
    if (scope.kind === "family") add(families, scope.name, gap);
    else if (scope.kind === "item") {
      if (familyOfItem(scope.name) !== undefined) add(revisions, scope.name, gap);
      // Something that is no revision and does not say which families it could mean could mean any.
      else index.beginnings.push({ with: scope.couldMean ?? "", gap });
    }
    // Whatever else a scope may be called, it blocks the most.
    else index.account.push(gap);
  }
  return index;
}

/** The first gap that blocks all of a family, leaving out those of ignored sources. */
export function gapOf(family: string, gaps: BlockingGaps, ignored: ReadonlySet<string>): Gap | undefined {
  const counts = (gap: Gap) => !ignored.has(gap.source);
  return (
    gaps.account.find(counts) ??
    gaps.families.get(family)?.find(counts) ??
    gaps.beginnings.find((beginning) => family.startsWith(beginning.with) && counts(beginning.gap))?.gap
  );
}

function isUnclear({ target: { revision } }: Reference): boolean {
  return revision !== "latest" && !isRevisionNumber(revision);
}

/** A reference whose revision is not known may mean any revision of its family. */
function unclearReference({ source, by, target: { family } }: Reference): Gap {
  return {
    id: `unclear-reference-${family}`,
    source,
    scope: { kind: "family", name: family },
    cause: "failed",
    detail: `${by} needs a revision of ${family} that was not recognised`,
    remedy: "read it again",
  };
}

function add(map: Map<string, Gap[]>, key: string, gap: Gap): void {
  const others = map.get(key);
  if (others) others.push(gap);
  else map.set(key, [gap]);
}
