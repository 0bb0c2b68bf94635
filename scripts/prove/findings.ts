import type { Iam } from "../../simulator/iam";
import type { Call } from "./calls";
import { type Held, holderOf } from "./evidence";
import { isUnscopable } from "./iam-data";
import type { NearMiss } from "./neighbours";
import { allows } from "./oracle";
import { actionsOf, type Element, type HeldStatement, resourcesOf } from "./policies";

/** Something that does not hold. What it says of whom can be explained; see explained.ts. */
export interface Finding {
  check: "sufficient" | "necessary" | "condition" | "tight" | "wildcard";
  /** ARN of the role or resource. */
  of: string;
  place: HeldStatement["place"];
  /** Sid; absent where no statement is to blame. */
  statement?: string;
  action?: string;
  /** The action, element or kind of neighbour. */
  what: string;
  /** The sentence. */
  says: string;
}

type Where = Pick<HeldStatement, "place" | "of"> & Partial<Pick<HeldStatement, "raw">>;
const about = ({ place, of, raw }: Where) => ({ place, of, statement: raw?.Sid });

/** Nothing shows that an element is needed. */
export function idle(statement: HeldStatement, { field, what }: Element, keepsOut: boolean): Finding {
  const says = keepsOut
    ? `${field.toLowerCase()} ${what} keeps nobody out: no neighbour's call is allowed without it`
    : `${field.toLowerCase()} ${what} is not needed: no recorded call is refused without it`;
  return { check: field === "Condition" ? "condition" : "necessary", ...about(statement), what, says };
}

/** A neighbour is let in. */
export function loose(where: Where, miss: NearMiss): Finding {
  const { action, resource, kind, principal, context, owner } = miss;
  const differing = {
    ...(miss.isAdministrator ? { principal } : {}),
    ...(owner ? { owner } : {}),
    ...Object.fromEntries(
      Object.entries(context).filter(([key]) => !/^aws:(Current|Principal|SecureTransport)/.test(key)),
    ),
  };
  const says = `a neighbour's ${action} is allowed (${kind}): ${resource} ${JSON.stringify(differing)}`;
  return { check: "tight", ...about(where), action, what: kind, says };
}

/** Operators that a call without the key passes, too. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPEN = /IfExists$|^ForAllValues:|Not/;

/** `*` where AWS lets something narrower be named, and what lets in all that it does not name. */
export async function wildcardsIn(statement: HeldStatement): Promise<Finding[]> {
  const findings = [
    ...Object.keys(statement.raw).filter((element) => /^Not/.test(element)),
    ...Object.keys(statement.raw.Condition ?? {}).filter((operator) => OPEN.test(operator)),
  ].map((what): Finding => {
    return { check: "wildcard", ...about(statement), what, says: `${what} lets in whatever it does not name` };
  });
  for (const action of actionsOf(statement)) {
    const finding = { check: "wildcard" as const, ...about(statement), action, what: action };
    if (/[*?]/.test(action)) findings.push({ ...finding, says: `action ${action} holds a wildcard` });
    else if (resourcesOf(statement).includes("*") && !(await isUnscopable(action))) {
      findings.push({ ...finding, says: `${action} is granted on *, which AWS lets be narrower` });
    }
  }
  return findings;
}

/** Whose policy it is that refuses a call. */
export async function refusedBy(iam: Iam, held: Held, call: Call): Promise<string> {
  const { resource, role } = call;
  const holder = holderOf(resource);
  const open = { ...held, resources: held.resources.map((each) => ({ ...each, policy: undefined })) };
  if (await allows(iam, open, call)) return `the policy of ${holder} denies it`;
  const unbounded = { ...held, roles: held.roles.map((each) => ({ ...each, boundary: undefined })) };
  if (await allows(iam, unbounded, call)) return `the permissions boundary of ${role?.arn} does not hold it`;
  if (await allows(iam, held, { ...call, isAdministrator: true })) return "no statement allows it";
  return call.action.startsWith("sts:")
    ? `the trust of ${resource} does not admit the caller`
    : "no statement allows it";
}
