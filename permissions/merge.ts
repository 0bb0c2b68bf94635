import type { Grant } from "./grants/grant";
import { isPolicyArnOf } from "./secret-reference";
import { type Statement, wildcards } from "./statement";

/** A statement, and the fields that ask for it: `app: secrets[0].valueFrom`. */
export interface ExplainedStatement extends Statement {
  resources: string[];
  because: string[];
}

/** Grants as few statements that allow exactly the same. */
export function mergeGrants(grants: Grant[]): ExplainedStatement[] {
  const single = grants.map(({ resource, because, ...grant }) => ({
    ...withoutNeedlessConditions(grant, resource, grants),
    resources: [resource],
    because: [`${because.container}: ${because.field}`],
  }));
  const byConditions = joinBy(single, ({ sid, actions, conditions }) => JSON.stringify([sid, actions, conditions]));
  const necessary = byConditions.map((each) => ({ ...each, resources: withoutCovered(each.resources) }));
  return labelled(withValuesJoined(necessary.sort(byText)));
}

/** Another container may need the same without a condition, as a secret's current version beside its previous one. */
function withoutNeedlessConditions(grant: Omit<Grant, "resource" | "because">, resource: string, grants: Grant[]) {
  const { conditions, ...unconditional } = grant;
  if (!conditions) return grant;
  const free = grants.some(
    (other) =>
      !other.conditions && `${other.actions}` === `${grant.actions}` && isPolicyArnOf(other.resource, resource),
  );
  return free ? unconditional : grant;
}

/** Statements of the same key as one, with the resources and reasons of all. */
function joinBy(statements: ExplainedStatement[], key: (statement: ExplainedStatement) => string) {
  const joined = new Map<string, ExplainedStatement>();
  for (const statement of statements) {
    const { resources = [], because = [] } = joined.get(key(statement)) ?? {};
    joined.set(key(statement), {
      ...statement,
      resources: sorted([...resources, ...statement.resources]),
      because: inOrder([...because, ...statement.because]),
    });
  }
  return [...joined.values()];
}

/**
 * Statements on the same resources whose conditions differ in the values of one key alone: as one, with the values of
 * both.
 */
function withValuesJoined(statements: ExplainedStatement[]): ExplainedStatement[] {
  const joined: ExplainedStatement[] = [];
  for (const statement of statements) {
    const index = joined.findIndex((each) => keyApart(each, statement) !== undefined);
    const other = joined[index];
    const apart = other && keyApart(other, statement);
    if (!other || !apart) {
      joined.push(statement);
      continue;
    }
    const values = sorted(
      [other, statement].flatMap(({ conditions }) => conditions?.[apart.operator]?.[apart.key] ?? []),
    );
    joined[index] = {
      ...other,
      conditions: {
        ...other.conditions,
        [apart.operator]: { ...other.conditions?.[apart.operator], [apart.key]: values },
      },
      because: inOrder([...other.because, ...statement.because]),
    };
  }
  return joined;
}

/** The one condition key by whose values two statements differ; undefined where they differ otherwise. */
function keyApart(a: ExplainedStatement, b: ExplainedStatement): { operator: string; key: string } | undefined {
  const without = ({ sid, actions, resources, conditions = {} }: ExplainedStatement, operator: string, key: string) =>
    JSON.stringify([sid, actions, resources, { ...conditions, [operator]: { ...conditions[operator], [key]: "" } }]);
  return Object.entries(a.conditions ?? {})
    .flatMap(([operator, keys]) => Object.keys(keys).map((key) => ({ operator, key })))
    .find(
      ({ operator, key }) =>
        b.conditions?.[operator]?.[key] !== undefined && without(a, operator, key) === without(b, operator, key),
    );
}

/** Without what a pattern among them allows anyway. */
function withoutCovered(resources: string[]): string[] {
  const patterns = resources
    .filter((each) => /(?<!\$\{)[*?]/.test(each))
    .map((each) => ({ each, covers: wildcards(each) }));
  return resources.filter(
    (resource) => !patterns.some(({ each, covers }) => each !== resource && covers.test(resource)),
  );
}

/** Labels stay unique: of the same purpose under several conditions, the later ones get a number. */
function labelled(statements: ExplainedStatement[]): ExplainedStatement[] {
  const seen = new Map<string, number>();
  return statements.map((statement) => {
    const count = (seen.get(statement.sid) ?? 0) + 1;
    seen.set(statement.sid, count);
    return count === 1 ? statement : { ...statement, sid: `${statement.sid}${count}` };
  });
}

const { compare } = new Intl.Collator("en", { numeric: true });

/** `secrets[10]` behind `secrets[9]`. */
const inOrder = (texts: string[]): string[] => [...new Set(texts)].sort(compare);
const sorted = (texts: string[]): string[] => [...new Set(texts)].sort();

function byText(a: ExplainedStatement, b: ExplainedStatement): number {
  const text = ({ sid, conditions = {}, resources }: ExplainedStatement) =>
    JSON.stringify([sid, conditions, resources]);
  return text(a) < text(b) ? -1 : 1;
}
