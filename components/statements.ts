import * as pulumi from "@pulumi/pulumi";
import { lintStatements } from "../permissions/lints";
import type { Statement } from "../permissions/statement";
import { shown } from "../retention/errors";
import { type Fields, isRecord, readFields } from "../retention/fields";
import type { AcceptedFinding } from "../retention/findings";
import { namedTwice } from "../retention/settings";
import type { Problem } from "../retention/types";
import { findingText, warn } from "./findings";

/** Something that a service's own code may do. */
export interface TaskRoleStatementArgs {
  /**
   * Its purpose, in letters and digits.
   * @default - `Statement` and its number
   */
  sid?: pulumi.Input<string>;
  /** Such as `s3:GetObject`. */
  actions: pulumi.Input<pulumi.Input<string>[]>;
  /** ARNs, with patterns, or `*` for actions that AWS cannot scope. */
  resources: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Under which conditions: values by operator and condition key.
   * @default - always
   */
  conditions?: pulumi.Input<{
    [operator: string]: pulumi.Input<{ [key: string]: pulumi.Input<pulumi.Input<string>[]> }>;
  }>;
}

type GivenStatement = Record<"sid" | "actions" | "resources" | "conditions", unknown>;

const isList = (value: unknown) => Array.isArray(value) && value.length > 0;
const STATEMENT: Fields<GivenStatement> = {
  sid: {
    accepts: (value) => typeof value === "string" && /^[A-Za-z0-9]+$/.test(value),
    expected: "letters and digits",
    fix: "shorten it to a word or two, such as ReadOrders",
    optional: true,
  },
  actions: { accepts: isList, expected: "a list of actions", fix: 'write for example ["s3:GetObject"]' },
  resources: { accepts: isList, expected: "a list of ARNs", fix: "name what the actions are for" },
  conditions: {
    accepts: isRecord,
    expected: "an object of condition keys by operator",
    fix: 'write for example { StringEquals: { "aws:ResourceAccount": ["111122223333"] } }',
    optional: true,
  },
};

/** Narrow it by `result.problems`. */
export type ReadStatements =
  | { statements: Statement[]; problems?: undefined }
  | { statements?: undefined; problems: Problem[] };

/** Reads statements that somebody wrote for a role of containers. */
export function readStatements(value: unknown, path: string): ReadStatements {
  if (!isList(value)) {
    const fix = "write a statement, or leave statements out";
    return { problems: [{ path, given: shown(value), expected: "a list of statements", fix }] };
  }
  const problems: Problem[] = [];
  const statements = (value as unknown[]).map((each, index) =>
    readStatement(each, index, `${path}[${index}]`, problems),
  );
  problems.push(...namedTwice(path, "sid", statements));
  return problems.length > 0 ? { problems } : { statements };
}

function readStatement(value: unknown, index: number, path: string, problems: Problem[]): Statement {
  const { sid, actions, resources, conditions } = readFields<GivenStatement>(value, STATEMENT, problems, { path });
  return {
    sid: typeof sid === "string" ? sid : `Statement${index + 1}`,
    actions: readTexts(actions, ACTION, `${path}.actions`, problems),
    resources: readTexts(resources, RESOURCE, `${path}.resources`, problems),
    ...(isRecord(conditions) && { conditions: readConditions(conditions, `${path}.conditions`, problems) }),
  };
}

function readConditions(conditions: Record<string, unknown>, path: string, problems: Problem[]) {
  const read = Object.entries(conditions).map(([operator, keys]) => {
    const at = `${path}.${operator}`;
    if (!isRecord(keys)) problems.push({ path: at, given: shown(keys), ...KEYS });
    const values = Object.entries(isRecord(keys) ? keys : {}).map(([key, list]) => {
      if (!isList(list)) problems.push({ path: `${at}.${key}`, given: shown(list), ...VALUES });
      return [key, readTexts(list, VALUE, `${at}.${key}`, problems)];
    });
    return [operator, Object.fromEntries(values)];
  });
  return Object.fromEntries(read);
}

type Form = { pattern: RegExp } & Pick<Problem, "expected" | "fix">;

const ACTION: Form = {
  pattern: /^(?:\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/,
  expected: "SERVICE:ACTION",
  fix: "write for example s3:GetObject",
};
const RESOURCE: Form = { pattern: /^(?:\*|arn:.+)$/s, expected: "an ARN", fix: "name the resource by its ARN" };
const VALUE: Form = { pattern: /^/, expected: "a text", fix: "write it in quotes" };
const KEYS = { expected: "an object of values by condition key", fix: "name the key that the operator compares" };
const VALUES = { expected: "a list of values", fix: "write even a single one in brackets" };

function readTexts(list: unknown, { pattern, ...told }: Form, path: string, problems: Problem[]): string[] {
  if (!Array.isArray(list)) return [];
  for (const [index, text] of list.entries()) {
    const isRight = typeof text === "string" && pattern.test(text);
    if (!isRight) problems.push({ path: `${path}[${index}]`, given: shown(text), ...told });
  }
  return list;
}

/** Warns of statements that grant too widely. */
export function warnOfStatements(
  component: pulumi.Resource,
  statements: pulumi.Output<Statement[]>,
  acceptedFindings: pulumi.Output<AcceptedFinding[]>,
): void {
  pulumi.all([statements, acceptedFindings]).apply(([statements, accepted]) => {
    warn(component, lintStatements(statements, accepted), findingText);
  });
}
