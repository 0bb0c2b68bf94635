import { accountOf, type Context } from "../../simulator/operation";
import { alike, type PolicyText, readPolicies } from "../../simulator/policy-text";
import { type Evidence, type Held, type HeldRole, holderOf } from "./evidence";

/** One resource of a recorded call, whose principal is a deployed role, or a service that takes one on. */
export interface Call {
  /** ARN of the session, or the name of the service. */
  principal: string;
  account: string;
  /** The deployed role that calls; absent where a service does. */
  role?: HeldRole;
  action: string;
  resource: string;
  context: Context;
}

/** A call, and what was deployed when it was made. */
export interface Case {
  held: Held;
  call: Call;
}

/** Tells calls apart as far as any policy that decides about them does. */
class Likeness {
  readonly #texts = new Map<string, PolicyText>();

  keyOf(held: Held, { principal, role, action, resource, context }: Call): string {
    const target = policyOf(held, resource);
    const text = this.#textOf([...(role ? [...role.policies.map(([, json]) => json), role.boundary] : []), target]);
    const who = role?.arn ?? principal;
    return [text.id, who, action, alike(resource, text), ...mentioned(context, text)].join("\n");
  }

  #textOf(policies: (string | undefined)[]): PolicyText {
    const given = policies.filter((each) => each !== undefined);
    const key = given.join("\n");
    const text = this.#texts.get(key) ?? readPolicies(this.#texts.size, given);
    this.#texts.set(key, text);
    return text;
  }
}

/** Each call once, as far as policies tell calls apart. */
export function distinctCases(evidence: Evidence[]): Case[] {
  const likeness = new Likeness();
  const cases = new Map<string, Case>();
  for (const { held, calls } of evidence) {
    for (const { principal, account, action, resources, context, decision } of calls) {
      const role = roleOfSession(held, principal);
      for (const resource of resources) {
        const isTaken = held.roles.some(({ arn }) => arn === resource);
        if (!decision || (!role && (principal.startsWith("arn:") || !isTaken))) continue;
        const call = { principal, account, role, action, resource, context };
        const key = likeness.keyOf(held, call);
        if (!cases.has(key)) cases.set(key, { held, call });
      }
    }
  }
  return [...cases.values()];
}

function roleOfSession(held: Held, session: string): HeldRole | undefined {
  const [, , , , account, resource = ""] = session.split(":");
  const [kind, name] = resource.split("/");
  if (kind !== "assumed-role") return undefined;
  return held.roles.find(({ arn }) => accountOf(arn) === account && arn.split("/").at(-1) === name);
}

/** ARN of the deployed role behind a session; otherwise who calls. */
export const callerOf = (held: Held, principal: string) => roleOfSession(held, principal)?.arn ?? principal;

/** JSON of what a resource says itself: a role's trust, a bucket's policy. */
export function policyOf(held: Held, resource: string): string | undefined {
  const role = held.roles.find(({ arn }) => arn === resource);
  return role ? role.trust : held.resources.find(({ arn }) => arn === holderOf(resource))?.policy;
}

/** What no policy mentions tells no calls apart: the moment, the session's name. */
function mentioned(context: Context, { text }: PolicyText): string[] {
  const entries = Object.entries(context).filter(([key]) => text.includes(key.toLowerCase()));
  return entries.map(([key, value]) => `${key}=${value}`).sort();
}
