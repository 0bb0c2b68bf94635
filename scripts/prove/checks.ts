import type { Iam } from "../../simulator/iam";
import { wildcards } from "../../simulator/policy-text";
import { type Case, distinctCases } from "./calls";
import { type Evidence, holderOf } from "./evidence";
import { type Finding, idle, loose, refusedBy, wildcardsIn } from "./findings";
import { isUnscopable } from "./iam-data";
import { type NearMiss, nearMissesOf } from "./neighbours";
import { allows } from "./oracle";
import {
  actionsOf,
  conditionKeys,
  type Element,
  elementsOf,
  type HeldStatement,
  replacing,
  type Subject,
  subjectsOf,
} from "./policies";
import { RecordedNames } from "./recorded-names";

/** What was found of one statement. */
export interface StatementProof {
  statement: HeldStatement;
  /** Recorded calls that only it allows; of a Deny: neighbours' calls that only it refuses. */
  carries: number;
  elements: number;
  misses: number;
  unscopable: string[];
  findings: Finding[];
}

interface Judged {
  miss: NearMiss;
  isRefused: boolean;
}

interface Known extends Case {
  isAllowed: boolean;
  /** A statement was found that alone allows it. */
  isCarried?: true;
  misses: Judged[];
}

/** Everything that the evidence shows about what was deployed. */
export class Checks {
  readonly #iam: Iam;
  readonly #subjects: Subject[];
  readonly #cases: Known[];

  private constructor(iam: Iam, subjects: Subject[], cases: Known[]) {
    this.#iam = iam;
    this.#subjects = subjects;
    this.#cases = cases;
  }

  static async of(iam: Iam, evidence: Evidence[]): Promise<Checks> {
    const names = await RecordedNames.of(evidence);
    const cases: Known[] = [];
    for (const each of distinctCases(evidence)) {
      const { held, call } = each;
      const misses: Judged[] = [];
      for (const miss of await nearMissesOf(each, names)) {
        misses.push({ miss, isRefused: !(await allows(iam, held, miss)) });
      }
      cases.push({ ...each, isAllowed: await allows(iam, held, call), misses });
    }
    return new Checks(iam, subjectsOf(evidence), cases);
  }

  /** Each recorded call that what is deployed refuses, and what refuses it. */
  async sufficient(): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const { held, call, isAllowed } of this.#cases) {
      if (isAllowed) continue;
      const { action, resource, role } = call;
      const by = await refusedBy(this.#iam, held, call);
      const says = `${action} on ${resource} was called and is refused: ${by}`;
      const place = role ? "identity" : "trust";
      findings.push({ check: "sufficient", of: role?.arn ?? resource, place, action, what: action, says });
    }
    return findings;
  }

  async statements(): Promise<StatementProof[]> {
    const proofs: StatementProof[] = [];
    for (const subject of this.#subjects) proofs.push(await this.#prove(subject));
    return proofs;
  }

  /** Neighbours' calls that are allowed though no single statement allows the recorded one; after `statements`. */
  shared(): Finding[] {
    return this.#cases.flatMap(({ call, isAllowed, isCarried, misses }) => {
      if (!isAllowed || isCarried) return [];
      const place = {
        place: call.role ? ("identity" as const) : ("trust" as const),
        of: call.role?.arn ?? call.resource,
      };
      return misses.filter(({ isRefused }) => !isRefused).map(({ miss }) => loose(place, miss));
    });
  }

  async #prove(subject: Subject): Promise<StatementProof> {
    const { statement } = subject;
    const cases = this.#casesOf(subject);
    const isDeny = statement.raw.Effect === "Deny";
    const carried: Known[] = [];
    let denied = 0;
    for (const each of cases) {
      if (isDeny) denied += (await this.#opened(subject, undefined, [each], Infinity)).length;
      else if (await this.#isLost(subject, undefined, each)) {
        each.isCarried = true;
        carried.push(each);
      }
    }
    const elements = elementsOf(statement);
    const findings: Finding[] = [];
    for (const element of elements) {
      const keepsOut = (element.field === "Condition") !== isDeny;
      const isNeeded = keepsOut
        ? (await this.#opened(subject, element.rest, cases, 1)).length > 0
        : await this.#losesAny(subject, element.rest, likeliest(cases, element));
      if (!isNeeded) findings.push(idle(statement, element, keepsOut));
    }
    const misses = isDeny ? [] : await this.#missesOf(subject, carried);
    findings.push(...misses.filter(({ isRefused }) => !isRefused).map(({ miss }) => loose(statement, miss)));
    if (!isDeny) findings.push(...(await wildcardsIn(statement)));
    const unscopable: string[] = [];
    for (const action of actionsOf(statement)) if (await isUnscopable(action)) unscopable.push(action);
    const carries = isDeny ? denied : carried.length;
    return {
      statement,
      carries,
      elements: elements.length,
      misses: isDeny ? denied : misses.length,
      unscopable,
      findings,
    };
  }

  /** The calls that a statement can decide about; those of its own actions first. */
  #casesOf({ statement, deployed }: Subject): Known[] {
    const concerned = this.#cases.filter(({ held, call }) => {
      if (!deployed.has(held)) return false;
      if (statement.place === "identity") return call.role?.arn === statement.of;
      return holderOf(call.resource) === statement.of;
    });
    const actions = actionsOf(statement);
    return [
      ...concerned.filter(({ call }) => actions.includes(call.action)),
      ...concerned.filter(({ call }) => !actions.includes(call.action)),
    ];
  }

  /** Whether a recorded call is refused with this in place of the statement. */
  async #isLost({ deployed }: Subject, rest: Element["rest"], { held, call, isAllowed }: Known): Promise<boolean> {
    const statement = deployed.get(held);
    return isAllowed && statement !== undefined && !(await allows(this.#iam, replacing(held, statement, rest), call));
  }

  async #losesAny(subject: Subject, rest: Element["rest"], cases: Known[]): Promise<boolean> {
    for (const each of cases) if (await this.#isLost(subject, rest, each)) return true;
    return false;
  }

  /** Neighbours' calls that are allowed with this in place of the statement, and were not before. */
  async #opened({ deployed }: Subject, rest: Element["rest"], cases: Known[], enough: number): Promise<NearMiss[]> {
    const opened: NearMiss[] = [];
    for (const { held, misses } of cases) {
      const statement = deployed.get(held);
      if (!statement) continue;
      const changed = replacing(held, statement, rest);
      for (const { miss, isRefused } of misses) {
        if (opened.length >= enough) return opened;
        if (isRefused && (await allows(this.#iam, changed, miss))) opened.push(miss);
      }
    }
    return opened;
  }

  /** Neighbours' calls like those that it carries, and these calls with each of its conditions not met. */
  async #missesOf({ statement }: Subject, carried: Known[]): Promise<Judged[]> {
    const isConcerned = ({ miss }: Judged) =>
      statement.place === "identity" ? miss.role?.arn === statement.of : holderOf(miss.resource) === statement.of;
    const unmet: Judged[] = [];
    for (const { held, call } of carried) {
      for (const key of conditionKeys(statement).filter((key) => key in call.context)) {
        const miss = { ...call, kind: `another ${key}`, context: { ...call.context, [key]: "another" } };
        unmet.push({ miss, isRefused: !(await allows(this.#iam, held, miss)) });
      }
    }
    return [...carried.flatMap(({ misses }) => misses.filter(isConcerned)), ...unmet];
  }
}

/** Those that an element seems to be about first: one that needs it is found sooner. */
function likeliest(cases: Known[], { field, what }: Element): Known[] {
  if (field !== "Resource") return cases;
  const pattern = wildcards(what);
  return [...cases].sort(
    (one, other) => Number(pattern.test(other.call.resource)) - Number(pattern.test(one.call.resource)),
  );
}
