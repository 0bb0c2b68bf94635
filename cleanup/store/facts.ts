import { STORE } from "../../retention/store-layout";
import type { RevisionFact, Store } from "../../retention/types";
import { putOwned } from "./owned";

/** What was described once and never changes. */
export interface Facts {
  /** By `family:revision`. */
  of(revision: string): RevisionFact | undefined;
  /** A later fact of a revision replaces the earlier one, as when it was deregistered since. */
  add(fact: RevisionFact): void;
  /** @throws StoreConflictError where somebody else added facts since they were opened. */
  save(): Promise<void>;
}

/** Of a line. Raise it when the search for plaintext secrets finds more: every revision is then described anew. */
const VERSION = 1;

const LINES_IN_SEGMENT = 5_000;

interface Segment {
  number: number;
  /** As they lie there, those that this version cannot read too. */
  lines: string[];
  etag: string | "absent";
}

/**
 * One list and one GET for each 5,000 facts. `save` puts the last segment again, with what was added, and one more for each
 * 5,000. A broken line is skipped, so that its revision is described again.
 */
export async function openFacts(store: Store, account: string, region: string): Promise<Facts> {
  const folder = `${STORE.facts}${account}-${region}/`;
  const facts = new Map<string, RevisionFact>();
  const waiting: string[] = [];
  let last: Segment = { number: 1, lines: [], etag: "absent" };
  for (const { key } of await store.list(folder)) {
    const number = Number(/\/(\d{6})\.jsonl$/.exec(key)?.[1]);
    const object = number > 0 ? await store.get(key) : undefined;
    if (!object) continue;
    last = { number, lines: object.body.split("\n").filter((line) => line !== ""), etag: object.etag };
    for (const fact of last.lines.map(readFact)) if (fact) facts.set(fact.revision, fact);
  }

  async function saveSome(): Promise<void> {
    if (last.lines.length >= LINES_IN_SEGMENT) last = { number: last.number + 1, lines: [], etag: "absent" };
    const added = waiting.slice(0, LINES_IN_SEGMENT - last.lines.length);
    const lines = [...last.lines, ...added];
    const key = `${folder}${String(last.number).padStart(6, "0")}.jsonl`;
    last = { ...last, lines, etag: await putOwned(store, key, `${lines.join("\n")}\n`, last.etag) };
    waiting.splice(0, added.length);
  }

  return {
    of: (revision) => facts.get(revision),
    add(fact) {
      if (lineOf(fact) === lineOf(facts.get(fact.revision))) return;
      facts.set(fact.revision, fact);
      waiting.push(lineOf(fact));
    },
    async save() {
      while (waiting.length > 0) await saveSome();
    },
  };
}

function lineOf(fact: RevisionFact | undefined): string {
  const { revision, registeredAt, deregisteredAt, undated, plaintextSecrets } = fact ?? {};
  return JSON.stringify({ version: VERSION, revision, registeredAt, deregisteredAt, undated, plaintextSecrets });
}

function readFact(line: string): RevisionFact | undefined {
  try {
    const { version, ...fact } = JSON.parse(line);
    const { revision, registeredAt, deregisteredAt, plaintextSecrets } = fact;
    const sound =
      version === VERSION &&
      typeof revision === "string" &&
      [registeredAt, deregisteredAt].every((at) => at === undefined || Number.isFinite(at)) &&
      plaintextSecrets.every((field: unknown) => typeof field === "string");
    return sound ? fact : undefined;
  } catch {
    return undefined;
  }
}
