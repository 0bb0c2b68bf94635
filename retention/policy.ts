import { createHash } from "node:crypto";
import { HOUR, parseDuration } from "./duration";
import { shown } from "./errors";
import { type Fields, readFields } from "./fields";
import type { Millis, Mode, Problem, RetentionPolicy } from "./types";

/** What a policy says where its writer says nothing. */
export const DEFAULTS = {
  version: 1,
  mode: "report",
  taskDefinitions: { keepRevisions: 10, keepFor: "30d", deleteAfter: "7d", pinned: [] as readonly string[] },
} as const;

const FAMILY = /^[A-Za-z0-9_-]{1,255}$/;
const REVISION = /^[1-9][0-9]*$/;
const MODES: readonly unknown[] = ["report", "enforce"] satisfies Mode[];
// biome-ignore lint/suspicious/noControlCharactersInRegex: a label goes into log lines and tables
const LABEL = /^[^\u0000-\u001f\u007f]{1,255}$/;

const TASK_DEFINITIONS = {
  keepRevisions: {
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
    expected: "a whole number of at least 1",
    fix: "keep at least the newest revision, which deployments without a revision run",
    default: DEFAULTS.taskDefinitions.keepRevisions,
  },
  keepFor: {
    accepts: isDuration(0),
    expected: 'a duration of whole hours, days or weeks, up to 36500 days, such as "36h", "30d" or "2w"',
    fix: `write for example "${DEFAULTS.taskDefinitions.keepFor}"`,
    default: DEFAULTS.taskDefinitions.keepFor,
  },
  deleteAfter: {
    accepts: isDuration(HOUR),
    expected: 'a duration of whole hours, days or weeks, at least "1h", up to 36500 days',
    fix: `write for example "${DEFAULTS.taskDefinitions.deleteAfter}"`,
    default: DEFAULTS.taskDefinitions.deleteAfter,
  },
  pinned: {
    accepts: Array.isArray,
    expected: 'a list of "family:revision"',
    fix: 'write for example ["checkout:17"]',
    default: DEFAULTS.taskDefinitions.pinned,
  },
} satisfies Fields<RetentionPolicy["taskDefinitions"]>;

const POLICY: Fields<RetentionPolicy> = {
  version: {
    accepts: (value) => value === DEFAULTS.version,
    expected: "1",
    fix: "leave it out, or use a version of ecs-retention that knows it",
    default: DEFAULTS.version,
  },
  service: {
    accepts: (value) => typeof value === "string" && LABEL.test(value),
    expected: "a label of 1 to 255 characters without control characters",
    fix: "shorten it, or leave it out to use the family",
    optional: true,
  },
  family: {
    accepts: (value) => typeof value === "string" && FAMILY.test(value),
    expected: "the family of the service's task definition: 1 to 255 letters, digits, - and _",
    fix: "name the family alone, without ARN or revision",
  },
  mode: {
    accepts: (value) => MODES.includes(value),
    expected: '"report" or "enforce"',
    fix: 'use "report" to change nothing, "enforce" to remove',
    default: DEFAULTS.mode,
  },
  taskDefinitions: { fields: TASK_DEFINITIONS },
};

/** Narrow it by `result.policy` or `result.problems`. */
export type ReadPolicy =
  | { policy: RetentionPolicy; problems?: undefined }
  | { policy?: undefined; problems: Problem[] };

/**
 * The one validator of retention policies: of the component's arguments, of registrations and of policy files.
 *
 * @param value The policy as its writer gave it, nothing filled in.
 * @param options.origin Put before each path, such as a file's name. Default: none.
 * @returns The policy complete with defaults, or everything that is wrong with it at once.
 */
export function readPolicy(value: unknown, options: { origin?: string } = {}): ReadPolicy {
  const problems: Problem[] = [];
  const { service, ...given } = readFields<RetentionPolicy>(value, POLICY, problems);
  const { family, taskDefinitions } = given;
  const pinned: unknown[] = taskDefinitions?.pinned ?? [];
  for (const [index, pin] of pinned.entries()) {
    if (isPin(pin, family)) continue;
    problems.push({
      path: `taskDefinitions.pinned[${index}]`,
      given: shown(pin),
      expected: `"${family ?? "family"}:" and a revision number`,
      fix: "pin revisions of this policy's own family only",
    });
  }
  if (problems.length > 0) {
    const where = options.origin ? `${options.origin}: ` : "";
    return { problems: problems.map((problem) => ({ ...problem, path: where + problem.path })) };
  }
  const complete = {
    ...given,
    service: service ?? family,
    taskDefinitions: { ...taskDefinitions, pinned: [...pinned] },
  };
  return { policy: complete as RetentionPolicy };
}

/** Whether the text is `family:revision` of that family; of any where the policy's own is not known. */
function isPin(pin: unknown, family: string | undefined): boolean {
  if (typeof pin !== "string") return false;
  const [named = "", revision = "", ...more] = pin.split(":");
  const isNumber = REVISION.test(revision) && Number.isSafeInteger(Number(revision));
  return FAMILY.test(named) && named === (family ?? named) && isNumber && more.length === 0;
}

function isDuration(atLeast: Millis): (value: unknown) => boolean {
  return (value) => (parseDuration(value) ?? -1) >= atLeast;
}

/** JSON with the keys of every object sorted and no white space: the same text for the same policy. */
export function canonicalPolicy(policy: unknown): string {
  if (Array.isArray(policy)) return `[${policy.map(canonicalPolicy).join(",")}]`;
  if (typeof policy !== "object" || policy === null) return JSON.stringify(policy) ?? "null";
  const members = Object.entries(policy)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalPolicy(member)}`);
  return `{${members.join(",")}}`;
}

/**
 * The external id that the cleanup role of this policy wants: hex sha256 of {@link canonicalPolicy}.
 *
 * @param policy As it was parsed, before any default is filled in.
 */
export function policyHash(policy: unknown): string {
  return createHash("sha256").update(canonicalPolicy(policy)).digest("hex");
}
