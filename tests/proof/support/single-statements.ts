import { NOTHING_NEEDED } from "../../../permissions/execution";
import { Iam, type Policies, type Question } from "../../../simulator/iam";
import { wildcards } from "../../../simulator/policy-text";

interface Raw {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * A policy as many of one action, resource and value of each condition, that allow the same together. That nothing is
 * needed is left out: it allows nothing and refuses nothing.
 */
export function singleStatements(json: string): string[] {
  const { Statement, ...document } = JSON.parse(json) as { Statement: Raw[] };
  const needed = Statement.filter(({ Sid }) => Sid !== NOTHING_NEEDED.sid);
  if (needed.some(({ Effect }) => Effect !== "Allow")) throw new Error(`${json} does not only allow`);
  return needed.flatMap(single).map((statement) => JSON.stringify({ ...document, Statement: [statement] }));
}

function single({ Action, Resource, Condition = {}, ...statement }: Raw): object[] {
  let conditions: Raw["Condition"][] = [{}];
  for (const [operator, keys] of Object.entries(Condition)) {
    for (const [key, values] of Object.entries(keys)) {
      conditions = conditions.flatMap((given = {}) =>
        [values].flat().map((value) => ({ ...given, [operator]: { ...given[operator], [key]: value } })),
      );
    }
  }
  return [Action]
    .flat()
    .flatMap((action) =>
      [Resource]
        .flat()
        .flatMap((resource) =>
          conditions.map((condition) => ({ ...statement, Action: action, Resource: resource, Condition: condition })),
        ),
    );
}

/**
 * Decides policy by policy, so that decisions are reused whatever else a role holds: policies that only allow, as all of
 * these do, allow together what one of them allows.
 */
export class SingleStatementIam extends Iam {
  /** By question, then by policy. */
  readonly #decisions = new Map<string, Map<string, boolean>>();
  readonly #actions = new Map<string, RegExp>();

  override async decide(question: Question, policies: Policies): Promise<boolean> {
    const { identity, boundary } = policies;
    if (boundary || identity.length === 0) return super.decide(question, policies);
    const asked = JSON.stringify(question);
    const decisions = this.#decisions.get(asked) ?? new Map<string, boolean>();
    this.#decisions.set(asked, decisions);
    for (const policy of identity) {
      const [, json] = policy;
      let decision = decisions.get(json);
      if (decision === undefined) {
        decision = this.#concerns(json, question) && (await super.decide(question, { identity: [policy] }));
        decisions.set(json, decision);
      }
      if (decision) return true;
    }
    return false;
  }

  /** A policy of one statement says nothing about other actions. */
  #concerns(json: string, { action }: Question): boolean {
    const known = this.#actions.get(json) ?? wildcards(actionOf(json));
    this.#actions.set(json, known);
    return known.test(action);
  }
}

function actionOf(json: string): string {
  const { Statement } = JSON.parse(json) as { Statement: Raw | Raw[] };
  return [[Statement].flat()[0]?.Action].flat()[0] ?? "";
}
