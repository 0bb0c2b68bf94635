import { familyOfItem } from "../retention/revisions/gaps";
import type { Gap, Report } from "../retention/types";

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
function sourceText({ source }: Gap): string {
  return SOURCES[source] ?? source.replace(/-/g, " ");
}

const CAUSES: Record<Gap["cause"], (source: string) => string> = {
  denied: (source) => `AWS denied reading ${source}`,
  throttled: (source) => `AWS kept throttling the reading of ${source}`,
  truncated: (source) => `could not read to the end: ${source}`,
  failed: (source) => `could not read ${source}`,
  dynamic: (source) => `decided only when it runs: a task definition in ${source}`,
  implausible: () => "too many families lost all their references at once",
  vanished: () => "a registration is gone and its keep rules go on for a while",
  "left-out": (source) => `left out on purpose: ${source}`,
  "not-covered": (source) => `not read by this version: ${source}`,
};

/** What a gap keeps from being removed. */
export function effectText({ scope }: Gap): string {
  switch (scope.kind) {
    case "account":
      return "nothing is removed for any service";
    case "none":
      return "blocks nothing";
    case "family":
      return `nothing of family ${scope.name} is removed`;
    case "item":
      if (familyOfItem(scope.name)) return `${scope.name} is kept`;
      return `nothing of ${scope.couldMean ? `families ${scope.couldMean}…` : "any family"} is removed (${scope.name})`;
  }
}

function happenedText(gap: Gap): string {
  const text = `${CAUSES[gap.cause](sourceText(gap))}${gap.detail && ` (${gap.detail})`}`;
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** `AWS denied reading tasks (…): nothing is removed for any service. Remedy: … Id: tasks`; by its id it is acknowledged. */
export function gapText(gap: Gap): string {
  const happened = happenedText(gap);
  const { acknowledged } = gap;
  if (acknowledged) return `${happened}: acknowledged until ${acknowledged.until} (${acknowledged.reason})`;
  if (gap.cause === "left-out") return happened;
  return `${happened}: ${effectText(gap)}. Remedy: ${gap.remedy}. Id: ${gap.id}`;
}

/** What a service of the report claims, as far as gaps go. */
interface Claim {
  families: Set<string>;
  ignored: Set<string>;
}

/** Whether a gap keeps something of a service from being removed. */
function blocks({ scope, acknowledged, source }: Gap, { families, ignored }: Claim): boolean {
  if (acknowledged || ignored.has(source)) return false;
  if (!("name" in scope)) return scope.kind === "account";
  if (scope.kind === "family") return families.has(scope.name);
  const own = familyOfItem(scope.name);
  if (own !== undefined) return families.has(own);
  return [...families].some((family) => family.startsWith(scope.couldMean ?? ""));
}

function claimsOf({ services }: Report): Claim[] {
  const claims = services.flatMap(({ plan }) => {
    if (!plan) return [];
    const families = new Set([plan.family]);
    for (const { subject } of plan.revisions) families.add(subject.family);
    return { families, ignored: new Set<string>(plan.ignoredSources) };
  });
  return claims.length > 0 ? claims : [{ families: new Set(), ignored: new Set() }];
}

/** The gaps that keep something of the report's services from being removed; those of the whole account come first. */
export function blockingGaps(report: Report): Gap[] {
  const claims = claimsOf(report);
  const blocking = report.gaps.filter((gap) => claims.some((claim) => blocks(gap, claim)));
  const isNamed = ({ scope }: Gap) => Number("name" in scope);
  return blocking.sort((one, other) => isNamed(one) - isNamed(other));
}

/** Whether nothing is removed for any service. */
export function isAllBlocked(report: Report): boolean {
  const account = report.gaps.filter(({ scope }) => scope.kind === "account");
  return claimsOf(report).every((claim) => account.some((gap) => blocks(gap, claim)));
}

/** All gaps in the order in which people need them. */
interface SortedGaps {
  blocking: Gap[];
  /** Of families that are not the report's, or that block nothing. */
  others: Gap[];
  /** Acknowledged ones, then sources that were left out on purpose. */
  accepted: Gap[];
  notCovered: Gap[];
}

export function sortedGaps(report: Report): SortedGaps {
  const blocking = blockingGaps(report);
  const groups = Map.groupBy(report.gaps, (gap): keyof SortedGaps => {
    if (blocking.includes(gap)) return "blocking";
    if (gap.acknowledged || gap.cause === "left-out") return "accepted";
    return gap.cause === "not-covered" ? "notCovered" : "others";
  });
  const of = (group: keyof SortedGaps) => groups.get(group) ?? [];
  const leftOutLast = of("accepted").sort((one, other) => Number(!one.acknowledged) - Number(!other.acknowledged));
  return { blocking, others: of("others"), accepted: leftOutLast, notCovered: of("notCovered") };
}

/** What is not read at all, in one sentence. */
export function notCoveredText(gaps: Gap[]): string | undefined {
  const texts = gaps.map((gap) => `${sourceText(gap)} (${gap.detail.replace("not read by this version: ", "")})`);
  return gaps.length > 0 ? `Not read by this version, which blocks nothing: ${texts.join("; ")}` : undefined;
}
