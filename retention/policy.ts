import { createHash } from "node:crypto";
import { HOUR, parseDuration } from "./duration";
import { shown } from "./errors";
import { type FamilyClaim, matchesFamily, SUFFIX_LENGTH } from "./families";
import { type Fields, isOneOf, isWhole, quoted, readFields } from "./fields";
import { IGNORED_SOURCE, namedTwice } from "./settings";
import type { FamilyMatch, Millis, Mode, Problem, RetentionPolicy } from "./types";

/**
 * What a policy says where its writer says nothing. A registration of an older version lacks the keys that came later:
 * their default must keep at least what was kept without them.
 */
export const DEFAULTS = {
  version: 1,
  familyMatch: "exact",
  mode: "report",
  taskDefinitions: {
    keepRevisions: 10,
    keepSuccessful: 3,
    keepFor: "30d",
    unusedFor: "30d",
    deleteAfter: "7d",
    pinned: [] as readonly string[],
    plaintextSecrets: "report",
  },
  limits: { maxRemovals: 500 },
} as const;

const LONGEST_FAMILY = 255;
const FAMILY = /^[A-Za-z0-9_-]{1,255}$/;
const REVISION = /^[1-9][0-9]*$/;
const MODES = ["report", "enforce", "retire"] satisfies Mode[];
const FAMILY_MATCHES = ["exact", "hash-suffix"] satisfies FamilyMatch[];
const PLAINTEXT_SECRETS = [
  "report",
  "remove-when-unreferenced",
] satisfies RetentionPolicy["taskDefinitions"]["plaintextSecrets"][];
const MOST_SUCCESSFUL = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a label goes into log lines and tables
const LABEL = /^[^\u0000-\u001f\u007f]{1,255}$/;

const ANY_DURATION = 'a duration of whole hours, days or weeks, up to 36500 days, such as "36h", "30d" or "2w"';

const TASK_DEFINITIONS = {
  keepRevisions: {
    accepts: isWhole(1),
    expected: "a whole number of at least 1",
    fix: "keep at least the newest revision, which deployments without a revision run",
    default: DEFAULTS.taskDefinitions.keepRevisions,
  },
  keepSuccessful: {
    accepts: isWhole(0, MOST_SUCCESSFUL),
    expected: `a whole number of 0 to ${MOST_SUCCESSFUL}`,
    fix: `write for example ${DEFAULTS.taskDefinitions.keepSuccessful}`,
    default: DEFAULTS.taskDefinitions.keepSuccessful,
  },
  keepFor: {
    accepts: isDuration(0),
    expected: ANY_DURATION,
    fix: `write for example "${DEFAULTS.taskDefinitions.keepFor}"`,
    default: DEFAULTS.taskDefinitions.keepFor,
  },
  unusedFor: {
    accepts: isDuration(0),
    expected: ANY_DURATION,
    fix: `write for example "${DEFAULTS.taskDefinitions.unusedFor}"`,
    default: DEFAULTS.taskDefinitions.unusedFor,
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
  plaintextSecrets: {
    accepts: isOneOf(PLAINTEXT_SECRETS),
    expected: quoted(PLAINTEXT_SECRETS),
    fix: 'use "report" to be told of them, "remove-when-unreferenced" to have them removed ahead of the rules that keep',
    default: DEFAULTS.taskDefinitions.plaintextSecrets,
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
  familyMatch: {
    accepts: isOneOf(FAMILY_MATCHES),
    expected: quoted(FAMILY_MATCHES),
    fix: 'use "exact", or "hash-suffix" for all families that are this name, - and eight hexadecimal digits',
    default: DEFAULTS.familyMatch,
  },
  mode: {
    accepts: isOneOf(MODES),
    expected: quoted(MODES),
    fix: 'use "report" to change nothing, "enforce" to remove, "retire" to remove what a service that is gone left',
    default: DEFAULTS.mode,
  },
  taskDefinitions: { fields: TASK_DEFINITIONS },
  ignoredSources: { items: IGNORED_SOURCE },
  limits: {
    fields: {
      maxRemovals: {
        accepts: isWhole(1),
        expected: "a whole number of at least 1",
        fix: 'use the mode "report" to remove nothing',
        default: DEFAULTS.limits.maxRemovals,
      },
    } satisfies Fields<RetentionPolicy["limits"]>,
  },
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
  const { family, familyMatch, taskDefinitions } = given;
  const hashed = familyMatch === "hash-suffix";
  if (family && hashed && family.length + SUFFIX_LENGTH > LONGEST_FAMILY) {
    const expected = `at most ${LONGEST_FAMILY - SUFFIX_LENGTH} characters, so that a hash suffix has room`;
    problems.push({ path: "family", given: `${family.length} characters`, expected, fix: 'use familyMatch "exact"' });
  }
  problems.push(...namedTwice("ignoredSources", "source", given.ignoredSources));
  const pinned: unknown[] = taskDefinitions?.pinned ?? [];
  const pinnable = `${family ?? "family"}${hashed ? "-<8 hexadecimal digits>" : ""}`;
  for (const [index, pin] of pinned.entries()) {
    if (isPin(pin, given)) continue;
    problems.push({
      path: `taskDefinitions.pinned[${index}]`,
      given: shown(pin),
      expected: `"${pinnable}:" and a revision number`,
      fix: `pin revisions of this policy's own ${hashed ? "families" : "family"} only`,
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

/** Whether the text is `family:revision` of the policy's own; of any family where that is not known. */
function isPin(pin: unknown, policy: Partial<FamilyClaim>): boolean {
  if (typeof pin !== "string") return false;
  const [named = "", revision = "", ...more] = pin.split(":");
  const isNumber = REVISION.test(revision) && Number.isSafeInteger(Number(revision));
  const isOwn = policy.family === undefined || matchesFamily(policy as FamilyClaim, named);
  return FAMILY.test(named) && isOwn && isNumber && more.length === 0;
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
