import type { Evidence, Held } from "./evidence";

/** As IAM reads it; one value may stand for a list of one. */
interface RawStatement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** One statement of what is deployed. */
export interface HeldStatement {
  /** Whose policy: a role allows itself, its trust admits others, a bucket's policy is the bucket's. */
  place: "identity" | "trust" | "resource";
  /** ARN of the role or resource. */
  of: string;
  /** Name of the policy; empty where there is one alone. */
  policy: string;
  index: number;
  raw: RawStatement;
}

/** An element of a statement, and the statement without it; undefined where nothing is left. */
export interface Element {
  what: string;
  field: "Action" | "Resource" | "Principal" | "Condition" | "Value";
  rest: RawStatement | undefined;
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : ([value].flat() as T[]));

/** Every statement but those of boundaries, which are not ours. */
function statementsOf({ roles, resources }: Held): HeldStatement[] {
  return [
    ...roles.flatMap(({ arn, policies, trust }) => [
      ...policies.flatMap(([name, json]) => read("identity", arn, name, json)),
      ...read("trust", arn, "", trust),
    ]),
    ...resources.flatMap(({ arn, policy }) => (policy ? read("resource", arn, "", policy) : [])),
  ];
}

function read(place: HeldStatement["place"], of: string, policy: string, json: string): HeldStatement[] {
  const { Statement } = JSON.parse(json) as { Statement?: RawStatement | RawStatement[] };
  return list(Statement).map((raw, index) => ({ place, of, policy, index, raw }));
}

export const actionsOf = ({ raw }: HeldStatement) => list(raw.Action);
export const resourcesOf = ({ raw }: HeldStatement) => list(raw.Resource);

/** Keys of its conditions that a call has to meet. */
export const conditionKeys = ({ raw }: HeldStatement) => Object.values(raw.Condition ?? {}).flatMap(Object.keys);

/** Each action, resource, principal and condition, and each value of a condition that takes several. */
export function elementsOf({ raw }: HeldStatement): Element[] {
  const listed = (["Action", "Resource"] as const).flatMap((field) =>
    list(raw[field]).map((what) => ({ what, field, rest: without(raw, field, what) })),
  );
  const principals = raw.Principal === "*" ? [["*", "*"]] : Object.entries(raw.Principal ?? {});
  const trusted = principals.flatMap(([type = "", names]) =>
    list(names).map((what) => ({ what, field: "Principal" as const, rest: withoutPrincipal(raw, type, what) })),
  );
  const conditions = Object.entries(raw.Condition ?? {}).flatMap(([operator, tests]) =>
    Object.keys(tests).map((key) => ({
      what: `${operator} ${key}`,
      field: "Condition" as const,
      rest: withoutCondition(raw, operator, key),
    })),
  );
  return [...listed, ...trusted, ...conditions, ...valuesOf(raw)];
}

function without(raw: RawStatement, field: "Action" | "Resource", what: string): RawStatement | undefined {
  const left = list(raw[field]).filter((each) => each !== what);
  return left.length > 0 ? { ...raw, [field]: left } : undefined;
}

function withoutPrincipal(raw: RawStatement, type: string, name: string): RawStatement | undefined {
  if (raw.Principal === undefined || raw.Principal === "*") return undefined;
  const left = list(raw.Principal[type]).filter((each) => each !== name);
  const { [type]: _, ...others } = raw.Principal;
  const Principal = left.length > 0 ? { ...others, [type]: left } : others;
  return Object.keys(Principal).length > 0 ? { ...raw, Principal } : undefined;
}

function withoutCondition(raw: RawStatement, operator: string, key: string): RawStatement {
  const { [operator]: tests = {}, ...others } = raw.Condition ?? {};
  const { [key]: _, ...left } = tests;
  return { ...raw, Condition: Object.keys(left).length > 0 ? { ...others, [operator]: left } : others };
}

function valuesOf(raw: RawStatement): Element[] {
  const tests = Object.entries(raw.Condition ?? {}).flatMap(([operator, keys]) =>
    // Of a negated one each value takes away.
    /Not/.test(operator) ? [] : Object.entries(keys).map(([key, values]) => ({ operator, key, values: list(values) })),
  );
  return tests
    .filter(({ values }) => values.length > 1)
    .flatMap(({ operator, key, values }) =>
      values.map((value) => {
        const left = values.filter((each) => each !== value);
        const Condition = { ...raw.Condition, [operator]: { ...raw.Condition?.[operator], [key]: left } };
        return { what: `${value} of ${key}`, field: "Value" as const, rest: { ...raw, Condition } };
      }),
    );
}

/** What is deployed, with something in place of one statement. */
export function replacing(
  held: Held,
  { place, of, policy, index }: HeldStatement,
  raw: RawStatement | undefined,
): Held {
  const changed = (json: string) => {
    const document = JSON.parse(json) as { Statement?: RawStatement | RawStatement[] };
    const Statement = list(document.Statement).flatMap((each, at) => (at === index ? (raw ?? []) : each));
    return Statement.length > 0 ? JSON.stringify({ ...document, Statement }) : undefined;
  };
  return {
    roles: held.roles.map((role) => {
      if (role.arn !== of) return role;
      if (place === "trust") return { ...role, trust: changed(role.trust) ?? TRUSTS_NOBODY };
      const policies = role.policies.flatMap(([name, json]): [string, string][] => {
        const text = name === policy ? changed(json) : json;
        return text === undefined ? [] : [[name, text]];
      });
      return { ...role, policies };
    }),
    resources: held.resources.map((resource) =>
      place === "resource" && resource.arn === of
        ? { ...resource, policy: changed(resource.policy ?? "{}") }
        : resource,
    ),
  };
}

const TRUSTS_NOBODY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }],
});

/** One statement, wherever it is deployed the same. */
export interface Subject {
  statement: HeldStatement;
  deployed: Map<Held, HeldStatement>;
}

/** The same statement of the same policy is one subject, whatever else was deployed beside it. */
export function subjectsOf(evidence: Evidence[]): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const { held } of evidence) {
    for (const statement of statementsOf(held)) {
      const { place, of, policy, raw } = statement;
      const key = JSON.stringify([place, of, policy, raw]);
      const subject = subjects.get(key) ?? { statement, deployed: new Map() };
      subjects.set(key, subject);
      subject.deployed.set(held, statement);
    }
  }
  return [...subjects.values()];
}
