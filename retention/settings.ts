import { DAY } from "./duration";
import { shown } from "./errors";
import { type Fields, readFields } from "./fields";
import { REFERENCE_SOURCES } from "./reference-sources";
import type { AcknowledgedGap, IgnoredSource, Millis, Problem, ReferenceSourceId } from "./types";

/** What the cleanup function is told besides the policies, as JSON in its environment. */
export interface Settings {
  acknowledgedGaps: AcknowledgedGap[];
  /** Not read at all, for no service. */
  ignoredSources: IgnoredSource[];
}

/** Sources that may be left out by name; without the others there is no telling what runs. */
export const IGNORABLE_SOURCES: readonly ReferenceSourceId[] = REFERENCE_SOURCES.filter(
  ({ ignorable }) => ignorable,
).map(({ id }) => id);

/** Lambda gives all variables of a function 4 KB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LONGEST_SETTINGS = 3_500;

// biome-ignore lint/suspicious/noControlCharactersInRegex: both go into log lines and tables
const TEXT = /^[^\u0000-\u001f\u007f]{1,255}$/;
const LONGEST_ID = 1_024;

/** Why somebody takes responsibility. */
export const REASON = {
  accepts: (value: unknown) => typeof value === "string" && TEXT.test(value) && value.trim() !== "",
  expected: "a reason of 1 to 255 characters without control characters",
  fix: "say in a sentence why this is safe; reports show it",
};

/** The fields of one {@link IgnoredSource}, for settings and policies alike. */
export const IGNORED_SOURCE: Fields<IgnoredSource> = {
  source: {
    accepts: (value) => IGNORABLE_SOURCES.some((source) => source === value),
    expected: `one of ${IGNORABLE_SOURCES.map((source) => `"${source}"`).join(", ")}`,
    fix: "services, their deployments and tasks cannot be left out; name another source",
  },
  reason: REASON,
};

const SETTINGS: Fields<Settings> = {
  acknowledgedGaps: {
    items: {
      id: {
        accepts: (value) => typeof value === "string" && value.length > 0 && value.length <= LONGEST_ID,
        expected: "the id of a gap",
        fix: "copy it from a report",
      },
      reason: REASON,
      until: {
        accepts: (value) => endOfDay(value) !== undefined,
        expected: 'a day such as "2027-03-31"',
        fix: "name the last day on which the gap is to block nothing",
      },
    } satisfies Fields<AcknowledgedGap>,
  },
  ignoredSources: { items: IGNORED_SOURCE },
};

/** Narrow it by `result.settings` or `result.problems`. */
export type ReadSettings = { settings: Settings; problems?: undefined } | { settings?: undefined; problems: Problem[] };

/** The one validator of the cleanup function's settings: of the component's arguments and of the function's environment. */
export function readSettings(value: unknown): ReadSettings {
  const problems: Problem[] = [];
  const settings = readFields<Settings>(value, SETTINGS, problems, { root: "settings" }) as Settings;
  problems.push(...namedTwice("acknowledgedGaps", "id", settings.acknowledgedGaps));
  problems.push(...namedTwice("ignoredSources", "source", settings.ignoredSources));
  const bytes = Buffer.byteLength(JSON.stringify(settings));
  if (problems.length === 0 && bytes > LONGEST_SETTINGS) {
    problems.push({
      path: "acknowledgedGaps",
      given: `${bytes} bytes together with ignoredSources`,
      expected: `at most ${LONGEST_SETTINGS}, which fit into the function's environment`,
      fix: "shorten reasons, remove what is past its date, or leave a whole source out in ignoredSources",
    });
  }
  return problems.length > 0 ? { problems } : { settings };
}

/** A list in which two entries are about the same thing contradicts itself. */
export function namedTwice<T>(path: string, by: keyof T & string, list: readonly Partial<T>[] = []): Problem[] {
  const named = new Set<unknown>();
  return list.flatMap((entry, index) => {
    const name = entry[by];
    if (name === undefined || !named.has(name)) {
      named.add(name);
      return [];
    }
    const fix = "keep one of the two";
    return [{ path: `${path}[${index}].${by}`, given: `${shown(name)} again`, expected: "each once", fix }];
  });
}

/** When the day (UTC) is over; undefined where the text names none. */
export function endOfDay(day: unknown): Millis | undefined {
  if (typeof day !== "string" || !/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const start = Date.parse(`${day}T00:00:00Z`);
  // 30 February would be read as 2 March.
  return new Date(start || 0).toISOString().startsWith(day) ? start + DAY : undefined;
}
