import { dayOf } from "../retention/dates";
import type { Because, Millis, Mode, Outcome, Postponement, Reference, Removal, Report } from "../retention/types";

/** `2026-11-20 14:03 UTC` */
export function when(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function number(value: number): string {
  return value.toLocaleString("en-US");
}

export function count(n: number, one: string): string {
  return `${number(n)} ${one}${n === 1 ? "" : "s"}`;
}

/**
 * `service shop/checkout` for an ARN, with the long ids of tasks cut short; what stands behind a `#` is a part of that
 * service, such as a deployment. Anything else as it is.
 */
export function referenceText(reference: Reference): string {
  const [, kind, name, part] = /^arn:[^:]*:ecs:[^:]*:[^:]*:([a-z-]+)\/([^#]+)(?:#(.+))?$/.exec(reference.by) ?? [];
  if (kind === undefined || name === undefined) return reference.by;
  const what = `${kind.replace(/-/g, " ")} ${name.replace(/([0-9a-f]{8})[0-9a-f]{24}/g, "$1…")}`;
  return part === undefined ? what : `${part.startsWith("ecs-svc/") ? "deployment" : part} of ${what}`;
}

/** Names the first two, counts the rest; a service that is named stands for its deployments and task sets as well. */
export function referencesText(references: Reference[]): string {
  const all = new Set(references.map(({ by }) => by));
  const whole = references.filter(({ by }) => !by.includes("#") || !all.has(by.replace(/#.*/, "")));
  const names = [...new Set(whole.map(referenceText))];
  const rest = names.length - 2;
  if (rest > 0) return `${names.slice(0, 2).join(", ")} and ${number(rest)} more`;
  return names.join(" and ");
}

const RULES: Record<string, (because: Because) => string> = {
  referenced: ({ references }) => (references.length > 0 ? `in use by ${referencesText(references)}` : "in use"),
  pinned: () => "pinned in the policy",
  "newest-active": () => "newest ACTIVE revision, run where none is named",
  "among-newest": () => "among the newest ACTIVE ones (keepRevisions)",
  unread: ({ note }) => `nothing may be concluded: ${note ?? "what decides about it was not read"}`,
  "within-24h": () => "registered, or in use as far as is known, less than 24 hours ago",
  "plaintext-secrets": () => "carries plaintext secrets and nothing uses it (plaintextSecrets)",
  "among-successful": () => "among the last that a deployment completed on (keepSuccessful)",
  "vanished-claim": () => "the last policy of a registration that is gone keeps it",
  "too-young": () => "younger than keepFor",
  "recently-used": () => "in use less than unusedFor ago",
  "already-going": () => "ECS is deleting it already",
  superseded: () => "not in use, and no keep rule holds it",
  waiting: () => "INACTIVE, not for deleteAfter yet",
  expired: () => "INACTIVE for longer than deleteAfter",
  unanswered: () => "no rule allows its removal",
};

/** The ids of the rules that have a sentence of their own; another rule's reason is its id and note. */
export const RULES_WITH_SENTENCES = Object.keys(RULES);

/**
 * Why a verdict was given.
 *
 * @param latest - Where revisions of one reason stand together: the last of their dates.
 * @param mode - In `retire` what uses one revision keeps all of the family.
 */
export function becauseText(because: Because, latest: Millis | undefined = because.until, mode?: Mode): string {
  const { rule, until, note } = because;
  const who = rule === "referenced" && mode === "retire" ? "its family is " : "";
  const sentence = who + (RULES[rule]?.(because) ?? rule);
  const noted = note && !sentence.includes(note) ? `${sentence} (${note})` : sentence;
  if (until === undefined) return noted;
  return latest === undefined || dayOf(latest) === dayOf(until)
    ? `${noted}, kept until ${when(until)}`
    : `${noted}, kept until ${dayOf(until)} (the first) to ${dayOf(latest)} (the last)`;
}

const DONE: Record<Removal, string> = { deregister: "deregistered", delete: "deleted" };

const POSTPONED: Record<Postponement, string> = {
  time: "the time was up; the next run goes on with it",
  pace: "AWS throttled; the next run goes on with it",
  limit: "maxRemovals is reached",
  stop: "removals are stopped",
  changed: "its registration changed meanwhile",
  refused: "its cleanup role refused",
  declined: "declined",
};

/** What happened, in one word. */
export function resultText({ action, result }: Pick<Outcome, "action" | "result">): string {
  return result === "done" ? DONE[action] : result;
}

/** Why a removal was not done; empty where it was. */
export function outcomeWhy({ cause, postponedBy, references = [] }: Omit<Outcome, "subject" | "at">): string {
  if (references.length > 0) return `now in use by ${referencesText(references)}`;
  return cause ?? (postponedBy ? POSTPONED[postponedBy] : "");
}

export function outcomeText(outcome: Omit<Outcome, "subject" | "at"> | undefined): string {
  if (outcome === undefined) return "";
  const why = outcomeWhy(outcome);
  return why ? `${resultText(outcome)}: ${why}` : resultText(outcome);
}

/** Which rules were not applied for want of a memory; said once, whatever the number of services. */
export function notAppliedText({ services, store }: Report): string | undefined {
  const rules = new Set(services.flatMap(({ plan }) => plan?.notApplied ?? []));
  if (rules.size === 0) return undefined;
  const how = store === undefined ? "plan without --store" : "this run";
  return `${how} did not apply: ${[...rules].join(", ")}; what they keep may be shown as removable`;
}
