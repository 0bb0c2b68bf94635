import type { Iam } from "../../simulator/iam";
import { Checks, type StatementProof } from "./checks";
import type { Evidence } from "./evidence";
import type { Finding } from "./findings";

/** Why something that a check finds is right as it is. */
export interface Explanation {
  /** What it is about, in words. */
  title: string;
  check: Finding["check"];
  /** What the role or resource is called. */
  of: RegExp;
  /** @default any */
  actions?: readonly string[];
  /** An action, an element of a statement, or a kind of neighbour. */
  what: RegExp;
  because: string;
}

export interface ProofOptions {
  /** What a role or resource is called in the proof, by its ARN; undefined: it is not part of it. */
  nameOf(arn: string): string | undefined;
  explained?: readonly Explanation[];
}

export interface Row extends Omit<StatementProof, "statement" | "findings"> {
  /** ARN of the role or resource. */
  arn: string;
  of: string;
  statement: string;
  /** Elements that are needed, and those that an explanation stands for. */
  needed: number;
  explained: number;
  /** Neighbours' calls that are refused, and those that it may make for a reason. */
  refused: number;
  meant: number;
}

export interface Proof {
  rows: Row[];
  /** Line by line what does not hold; empty: it is proved. */
  failures: string[];
}

const ELEMENTS: Finding["check"][] = ["necessary", "condition"];

/** Whether what is deployed is sufficient for the recorded calls, necessary, and tight: no neighbour's call is allowed. */
export async function prove(iam: Iam, evidence: Evidence[], options: ProofOptions): Promise<Proof> {
  const { nameOf, explained = [] } = options;
  const used = new Set<Explanation>();
  const failures: string[] = [];
  const checks = await Checks.of(iam, evidence);

  /** Those that nothing explains are failures. */
  const judge = (findings: Finding[]): { open: Finding[]; meant: Finding[] } => {
    const open: Finding[] = [];
    const meant: Finding[] = [];
    for (const finding of findings) {
      const why = explained.find((each) => explains(each, finding, nameOf(finding.of) ?? ""));
      if (why) used.add(why);
      (why ? meant : open).push(finding);
    }
    failures.push(...open.map((finding) => lineOf(finding, nameOf)));
    return { open, meant };
  };

  judge((await checks.sufficient()).filter(({ of }) => nameOf(of) !== undefined));
  const rows: Row[] = [];
  for (const { statement, findings, ...counts } of await checks.statements()) {
    const name = nameOf(statement.of);
    if (name === undefined) continue;
    const { open, meant } = judge(findings);
    const count = (list: Finding[], kinds: Finding["check"][]) =>
      list.filter(({ check }) => kinds.includes(check)).length;
    const explainedElements = count(meant, ELEMENTS);
    rows.push({
      ...counts,
      arn: statement.of,
      of: titleOf(name, statement.place),
      statement: statement.raw.Sid ?? `statement ${statement.index + 1}`,
      needed: counts.elements - explainedElements - count(open, ELEMENTS),
      explained: explainedElements,
      refused: counts.misses - count(meant, ["tight"]) - count(open, ["tight"]),
      meant: count(meant, ["tight"]),
    });
  }
  judge(checks.shared().filter(({ of }) => nameOf(of) !== undefined));
  for (const each of explained.filter((each) => !used.has(each))) {
    failures.push(
      `explained.ts: nothing needs the ${each.check} explanation for ${each.of} and ${each.what} any more; remove it`,
    );
  }
  return { rows, failures: [...new Set(failures)] };
}

function explains({ check, of, actions, what }: Explanation, finding: Finding, name: string): boolean {
  const isAction = !actions || (finding.action !== undefined && actions.includes(finding.action));
  return check === finding.check && isAction && of.test(titleOf(name, finding.place)) && what.test(finding.what);
}

function lineOf({ check, of, place, statement, says }: Finding, nameOf: ProofOptions["nameOf"]): string {
  return `${check}: ${[titleOf(nameOf(of) ?? of, place), statement].filter(Boolean).join(" ")}: ${says}`;
}

const titleOf = (name: string, place: Finding["place"]) => (place === "trust" ? `trust of ${name}` : name);
