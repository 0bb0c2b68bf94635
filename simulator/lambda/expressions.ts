import type { Millis } from "../../retention/types";
import { AwsError } from "../operation";

const MINUTE = 60_000;
const UNITS: Record<string, number> = { minute: MINUTE, hour: 60 * MINUTE, day: 24 * 60 * MINUTE };
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** When a schedule fires. */
export interface Recurrence {
  first(createdAt: Millis): Millis | undefined;
  after(previous: Millis): Millis | undefined;
}

/**
 * Reads `rate(…)`, `cron(…)` or `at(…)`, all in UTC.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function recurrence(expression: string): Recurrence {
  const [, kind, content = ""] = /^(rate|cron|at)\((.+)\)$/.exec(expression) ?? [];
  if (kind === "rate") return rate(content, expression);
  if (kind === "cron") {
    const matches = cron(content, expression);
    const after = (time: Millis) => nextMinute(time, matches);
    return { first: after, after };
  }
  const once = kind === "at" ? Date.parse(`${content}Z`) : Number.NaN;
  if (Number.isNaN(once)) throw invalid(expression);
  return { first: (createdAt) => Math.max(once, createdAt), after: () => undefined };
}

/** Without a start date the first time is at once. */
function rate(content: string, expression: string): Recurrence {
  const [, count, unit = ""] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(content) ?? [];
  const every = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (Number.isNaN(every)) throw invalid(expression);
  return { first: (createdAt) => createdAt, after: (previous) => previous + every };
}

type Matches = { minute: Set<number>; hour: Set<number>; day(date: Date): boolean };

function cron(content: string, expression: string): Matches {
  const fields = content.trim().split(/\s+/);
  const [minutes = "", hours = "", days = "", months = "", weekdays = "", years = ""] = fields;
  if (fields.length !== 6 || (days === "?") === (weekdays === "?")) throw invalid(expression);
  const read = (field: string, from: number, to: number, names: string[] = []) => {
    const values = field.split(",").flatMap((part) => valuesOf(part, from, to, names));
    if (values.length === 0 || values.some((value) => !(value >= from && value <= to))) throw invalid(expression);
    return new Set(values);
  };
  const day = days === "?" ? undefined : read(days, 1, 31);
  const month = read(months, 1, 12, MONTHS);
  const weekday = weekdays === "?" ? undefined : read(weekdays, 1, 7, WEEKDAYS);
  const year = read(years, 1970, 2199);
  return {
    minute: read(minutes, 0, 59),
    hour: read(hours, 0, 23),
    day: (date) =>
      year.has(date.getUTCFullYear()) &&
      month.has(date.getUTCMonth() + 1) &&
      (day?.has(date.getUTCDate()) ?? true) &&
      (weekday?.has(date.getUTCDay() + 1) ?? true),
  };
}

/** `*`, `3`, `MON-FRI`, and both with `/step`. `L`, `W` and `#` are refused. */
function valuesOf(part: string, from: number, to: number, names: string[]): number[] {
  const [range = "", step] = part.split("/");
  const value = (text: string) => (names.includes(text) ? names.indexOf(text) + from : Number(text || Number.NaN));
  const [low = "", high] = range === "*" ? [String(from), String(to)] : range.split("-");
  const last = high !== undefined ? value(high) : step !== undefined ? to : value(low);
  const values: number[] = [];
  for (let each = value(low); each <= last; each += step === undefined ? 1 : Math.max(1, Number(step))) {
    values.push(each);
  }
  return values;
}

function nextMinute(after: Millis, { minute, hour, day }: Matches): Millis | undefined {
  const { day: dayLength = 0, hour: hourLength = 0 } = UNITS;
  let time = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const end = after + 5 * 366 * dayLength;
  while (time < end) {
    const date = new Date(time);
    if (!day(date)) {
      time = Math.floor(time / dayLength) * dayLength + dayLength;
    } else if (!hour.has(date.getUTCHours())) {
      time = Math.floor(time / hourLength) * hourLength + hourLength;
    } else if (!minute.has(date.getUTCMinutes())) {
      time += MINUTE;
    } else {
      return time;
    }
  }
  return undefined;
}

function invalid(expression: string): AwsError {
  return new AwsError("ValidationException", `Invalid Schedule Expression ${expression}.`);
}
