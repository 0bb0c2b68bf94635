import { type TableOptions, table } from "../report/table";
import type { Scope } from "../simulator/operation";
import type { Deployment } from "../simulator/provider/deploy";
import { rolePolicies } from "../simulator/services/iam";

type Resource = Deployment["resources"][number];

/** One statement of a deployed role, as a reviewer reads it. */
export interface Granted {
  role: string;
  /** `trust`, or the policy's name. */
  policy: string;
  sid: string;
  effect: string;
  actions: string[];
  resources: string[];
  principal?: unknown;
  conditions?: Record<string, Record<string, string | string[]>>;
}

/** The deployed resources below their parents, one a line. */
export function tree(resources: Resource[]): string {
  const urns = new Set(resources.map(({ urn }) => urn));
  const children = (urn: string | undefined) =>
    resources.filter(({ parent }) => (urn === undefined ? !parent || !urns.has(parent) : parent === urn));
  const lines: string[] = [];
  const walk = (nodes: Resource[], indent: string) => {
    nodes.forEach((node, at) => {
      const last = at === nodes.length - 1;
      lines.push(`${indent}${last ? "└─" : "├─"} ${shortType(node.type)} ${node.name}`);
      walk(children(node.urn), `${indent}${last ? "   " : "│  "}`);
    });
  };
  walk(children(undefined), "");
  return lines.join("\n");
}

/** `aws:iam/role:Role` is `aws:iam:Role` to readers. */
const shortType = (type: string) => type.replace(/\/[^:]*/, "").replace(/^pulumi:pulumi:/, "");

/** Every statement of the account's roles: trusts and policies, in the order of the roles' names. */
export function statements(scope: Scope): Granted[] {
  return [...scope.world.services.iam.of(scope.account).roles.values()]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((role) => [
      ...read(role.name, "trust", role.trust),
      ...rolePolicies(scope, role).identity.flatMap(([name, text]) => read(role.name, name, text)),
    ]);
}

interface PolicyStatement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: Granted["conditions"];
}

function read(role: string, policy: string, text: string): Granted[] {
  const { Statement } = JSON.parse(text) as { Statement: PolicyStatement[] };
  return Statement.map(({ Sid = "", Effect, Action, Resource = [], Principal, Condition }) => ({
    role,
    policy,
    sid: Sid,
    effect: Effect,
    actions: [Action].flat(),
    resources: [Resource].flat(),
    ...(Principal !== undefined && { principal: Principal }),
    ...(Condition !== undefined && { conditions: Condition }),
  }));
}

/** `Service scheduler.amazonaws.com` */
const who = (principal: unknown) =>
  typeof principal === "string"
    ? principal
    : Object.entries(principal as Record<string, string | string[]>)
        .map(([kind, names]) => `${kind} ${[names].flat().join(" ")}`)
        .join(", ");

/** `aws:RequestedRegion = eu-west-1`; an operator other than StringEquals by its name. */
const when = (conditions: Granted["conditions"] = {}) =>
  Object.entries(conditions)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, value]) => `${key} ${operator === "StringEquals" ? "=" : operator} ${[value].flat().join(" or ")}`,
      ),
    )
    .join(", ");

/** What the roles may do, and in the rows of their trusts who may take them on. */
export function grantsTable(granted: Granted[], options: TableOptions): string {
  const rows = granted.map(({ role, sid, actions, resources, principal, conditions }) => [
    role,
    sid,
    actions.join(" "),
    principal === undefined ? resources.join(" ") : `by ${who(principal)}`,
    when(conditions),
  ]);
  const wraps = true;
  return table(
    [
      { title: "role", wraps },
      { title: "purpose" },
      { title: "may", wraps },
      { title: "on", wraps },
      { title: "if", wraps },
    ],
    rows,
    options,
  );
}

/** What is granted now and was not before. */
export function added(before: Granted[], after: Granted[]): Granted[] {
  const known = new Set(before.map((each) => JSON.stringify(each)));
  return after.filter((each) => !known.has(JSON.stringify(each)));
}
