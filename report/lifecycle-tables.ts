import type { LifecyclePolicy } from "../lifecycle/types";
import type { LifecycleVerdict } from "../lifecycle/verdict";
import { dayOf } from "../retention/dates";
import { goneText, shortDigest, startText, verdictText } from "./lifecycle-sentences";
import { count, number } from "./sentences";
import { type Cell, type Column, type TableOptions, table } from "./table";

const MOST_TAGS = 5;
const MOST_NAMES = 6;
const MOST_DATES = 40;
/** How much of a date is shown. */
const DAY_MONTH_YEAR = [10, 7, 4];

const STYLE = { expire: "red", archive: "yellow" } as const;

const IMAGES: Column = { title: "images", wraps: true };
const COUNT: Column = { title: "count", align: "right" };
const SIZE: Column = { title: "size", align: "right" };
const WHAT: Column = { title: "what" };

/** `1.2 GB`, in powers of 1000. Nothing where no size is known, as of an index. */
export function sizeText(verdicts: LifecycleVerdict[]): string {
  const bytes = verdicts.reduce((sum, { image }) => sum + image.bytes, 0);
  if (bytes === 0) return "";
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/** `3f9a1b2c3d4e pr-7, latest` */
function imageText({ image, because }: LifecycleVerdict): string {
  const { digest, tags, children, subject } = image;
  const rest = tags.length - MOST_TAGS;
  const named = tags.slice(0, MOST_TAGS).join(", ") || "untagged";
  const more = rest > 0 ? ` and ${count(rest, "more tag")}` : "";
  const index = children.length > 0 ? ` (index of ${number(children.length)})` : "";
  const follows = because === "subject" ? "goes with" : "refers to";
  const referrer = subject === undefined ? "" : ` (${follows} ${shortDigest(subject)})`;
  return `${shortDigest(digest)} ${named}${more}${index}${referrer}`;
}

/** The first of them, each by a tag or else by its digest, and the number of the others. */
function namesText(verdicts: LifecycleVerdict[]): string {
  const names = verdicts.slice(0, MOST_NAMES).map(({ image }) => image.tags[0] ?? shortDigest(image.digest));
  const rest = verdicts.length - names.length;
  return `${names.join(", ")}${rest > 0 ? ` and ${number(rest)} more` : ""}`;
}

/** A row for each image, by rule. */
export function nowTable(now: LifecycleVerdict[], options: TableOptions): string {
  const columns = [{ title: "image", wraps: true }, { title: "pushed" }, { title: "pulled" }, { title: "archived" }];
  const rows = now
    .toSorted((one, other) => (one.rule ?? 0) - (other.rule ?? 0))
    .map((verdict): Cell[] => {
      const { pushedAt, pulledAt, archivedAt, status } = verdict.image;
      const inArchive = status !== "ACTIVE" && archivedAt !== undefined;
      return [
        imageText(verdict),
        dayOf(pushedAt),
        pulledAt === undefined ? "never" : dayOf(pulledAt),
        inArchive ? dayOf(archivedAt) : "",
        sizeText([verdict]),
        { text: verdictText(verdict), ...(verdict.action !== "keep" && { style: STYLE[verdict.action] }) },
      ];
    });
  return table([...columns, SIZE, WHAT], rows, options);
}

/** A row for each day and rule; of many days one for each month, of many months one for each year. */
export function laterTable(later: LifecycleVerdict[], policy: LifecyclePolicy, options: TableOptions): string {
  const actions = new Map(policy.rules.map(({ rulePriority, action }) => [rulePriority, action]));
  const start = ({ at = Number.MAX_VALUE }: LifecycleVerdict) => at;
  const byDate = later.toSorted((one, other) => start(one) - start(other));
  const byLength = DAY_MONTH_YEAR.map((length) => [
    ...Map.groupBy(byDate, ({ at, rule }) => `${startText(at, length)}\n${rule}`),
  ]);
  const groups = byLength.find(({ length }) => length <= MOST_DATES) ?? byLength.at(-1);
  const rows = (groups ?? []).map(([key, group]): Cell[] => {
    const [from = "", rule] = key.split("\n");
    const what = goneText(actions.get(Number(rule)) ?? "expire", Number(rule));
    return [from, number(group.length), sizeText(group), what, namesText(group)];
  });
  return table([{ title: "from" }, COUNT, SIZE, WHAT, IMAGES], rows, options);
}

/** A row for each reason, that of most images first. */
export function staysTable(stays: LifecycleVerdict[], options: TableOptions): string {
  const groups = Map.groupBy(stays, ({ with: _, ...verdict }) => verdictText(verdict));
  const rows = [...groups]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([why, group]): Cell[] => [number(group.length), sizeText(group), why, namesText(group)]);
  return table([COUNT, SIZE, { title: "why", wraps: true }, IMAGES], rows, options);
}
