import type { Because, Gap, Millis, Outcome, Reference, Removal } from "../retention/types";

/** `2026-11-20 14:03 UTC` */
export function when(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `2026-11-20` */
export function day(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10);
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
  "within-24h": () => "registered less than 24 hours ago",
  "too-young": () => "younger than keepFor",
  "already-going": () => "ECS is deleting it already",
  superseded: () => "not in use, beyond keepRevisions and keepFor",
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
 */
export function becauseText(because: Because, latest: Millis | undefined = because.until): string {
  const sentence = RULES[because.rule]?.(because) ?? because.rule;
  const until =
    because.until === undefined
      ? ""
      : latest === undefined || day(latest) === day(because.until)
        ? `, until ${when(because.until)}`
        : `, the first until ${day(because.until)}, the last until ${day(latest)}`;
  const note = because.note && !sentence.includes(because.note) ? ` (${because.note})` : "";
  return `${sentence}${until}${note}`;
}

const DONE: Record<Removal, string> = { deregister: "deregistered", delete: "deleted" };

export function outcomeText(outcome: Pick<Outcome, "action" | "result" | "cause"> | undefined): string {
  if (outcome === undefined) return "";
  const result = outcome.result === "done" ? DONE[outcome.action] : outcome.result;
  return outcome.cause ? `${result}: ${outcome.cause}` : result;
}

const CAUSES: Record<Gap["cause"], string> = {
  denied: "AWS denied reading",
  throttled: "AWS kept throttling the reading of",
  truncated: "could not read to the end:",
  failed: "could not read",
  "not-covered": "not read by this version:",
};

/** What a gap keeps from being removed. */
export function effectText({ scope }: Gap): string {
  if (!("name" in scope)) return scope.kind === "account" ? "nothing is removed for any service" : "blocks nothing";
  return scope.kind === "family" ? `nothing of family ${scope.name} is removed` : `${scope.name} is kept`;
}

const SOURCES: Record<string, string> = {
  rules: "EventBridge rules",
  pipes: "EventBridge Pipes",
  schedules: "EventBridge Scheduler",
  "state-machines": "Step Functions",
  codedeploy: "CodeDeploy",
  functions: "Lambda functions",
  daemons: "ECS daemons",
};

/** What a gap is about, in words. */
export function sourceText({ source }: Gap): string {
  return SOURCES[source] ?? source.replace(/-/g, " ");
}

/** `AWS denied reading tasks (…): nothing is removed for any service. Remedy: …` */
export function gapText(gap: Gap): string {
  const detail = gap.detail ? ` (${gap.detail})` : "";
  const text = `${CAUSES[gap.cause]} ${sourceText(gap)}${detail}: ${effectText(gap)}. Remedy: ${gap.remedy}`;
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
