import { joined } from "../lifecycle/checks/words";
import { LEAST_DAYS_ARCHIVED } from "../lifecycle/mark";
import { matchesEveryTag } from "../lifecycle/tags";
import type { LifecycleRule, TagSelection } from "../lifecycle/types";
import type { LifecycleVerdict } from "../lifecycle/verdict";
import { dayOf, LAST_DATE } from "../retention/dates";
import type { Millis } from "../retention/types";
import { count, number, when } from "./sentences";
import { oneLine } from "./table";

const VERBS = { expire: "expires", transition: "archives" };

/**
 * What a rule does, on its own, for people who do not know ECR's JSON.
 *
 * @returns Such as `keeps the newest 10 images with a tag like pr-*, expires the others`, on one line.
 */
export function ruleSentence(rule: LifecycleRule): string {
  return oneLine(sentence(rule));
}

function sentence({ selection, action }: LifecycleRule): string {
  const verb = VERBS[action];
  const { countNumber: n } = selection;
  const images = imagesText(selection, "images");
  const days = count(n, "day");
  switch (selection.countType) {
    case "imageCountMoreThan": {
      const kept = n === 1 ? imagesText(selection, "image") : `${number(n)} ${images}`;
      return `keeps the newest ${kept}, ${verb} the others`;
    }
    case "sinceImagePushed":
      return `${verb} ${images} once they are ${days} old`;
    case "sinceImagePulled":
      return `${verb} ${images} that nobody pulled for ${days}`;
    case "sinceImageTransitioned": {
      const waits = `${LEAST_DAYS_ARCHIVED} days (the rule says ${n}, ECR waits longer)`;
      return `${verb} ${images} that have been archived for ${n < LEAST_DAYS_ARCHIVED ? waits : days}`;
    }
  }
}

function imagesText(selection: TagSelection, noun: "image" | "images"): string {
  if (selection.tagStatus !== "tagged") return selection.tagStatus === "any" ? noun : `untagged ${noun}`;
  const { tagPatternList, tagPrefixList = [] } = selection;
  if (tagPatternList?.every(matchesEveryTag)) return `tagged ${noun}`;
  return `${noun} with ${tagsText(tagPatternList?.map(patternEntry) ?? tagPrefixList.map(prefixEntry))}`;
}

/** How three or more entries that ask for the same are introduced. */
const MANY: Record<string, string> = {
  "the tag": "the tags",
  "a tag like": "a tag like each of",
  "a tag that begins with": "a tag that begins with each of",
};

/** What an entry of a tag list asks for, and its word of the tag. */
type Entry = [asks: string, word: string];

function patternEntry(pattern: string): Entry {
  if (matchesEveryTag(pattern)) return ["any", "tag"];
  return [pattern.includes("*") ? "a tag like" : "the tag", word(pattern)];
}

/** AWS takes a `*` in a prefix for itself. */
function prefixEntry(prefix: string): Entry {
  return ["a tag that begins with", prefix.includes("*") ? JSON.stringify(prefix) : word(prefix)];
}

/** `the tag latest and a tag like v*`, `a tag like each of a-*, b-* and c-*`. */
function tagsText(entries: Entry[]): string {
  const byAsking = Map.groupBy(entries, ([asks]) => asks);
  const parts = entries.flatMap((entry) => {
    const [asks, word] = entry;
    const alike = byAsking.get(asks) ?? [];
    const many = MANY[asks];
    if (many === undefined || alike.length < 3) return `${asks} ${word}`;
    return entry === alike[0] ? `${many} ${joined(alike.map(([, each]) => each))}` : [];
  });
  return joined(parts);
}

/** In quotes where the sentence could be misread for what it is made of. */
function word(entry: string): string {
  return /^[\w.*-]*[\w*-]$/.test(entry) ? entry : JSON.stringify(entry);
}

/** `3f9a1b2c3d4e`, as Docker shortens them. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** From when a rule applies: the day, month or year (10, 7, 4 characters) in UTC, as far as there is one to tell. */
export function startText(at: Millis | undefined, length = 10): string {
  if (at === undefined) return "unknown";
  return at > LAST_DATE ? "after 9999" : dayOf(at).slice(0, length);
}

/** What comes of an image, or why it stays; it fits one image as well as many. */
export function verdictText(verdict: LifecycleVerdict): string {
  const { action, image, rule, shieldedFrom } = verdict;
  if (action !== "keep") return goneText(action, rule);
  const where = { ACTIVE: "", ARCHIVED: "archived; ", ACTIVATING: "being restored; " }[image.status];
  const rules = `${shieldedFrom.length === 1 ? "rule" : "rules"} ${joined(shieldedFrom.map(String))}`;
  return `${where}${keptText(verdict)}${shieldedFrom.length > 0 ? `; shielded from ${rules}` : ""}`;
}

/** `expired by rule 2` */
export function goneText(action: "archive" | LifecycleRule["action"], rule: number | undefined): string {
  return `${action === "expire" ? "expired" : "archived"} by rule ${rule}`;
}

function keptText({ because, rule, with: indexes = [], at }: LifecycleVerdict): string {
  switch (because) {
    case "index": {
      const gone = indexes.length > 1 ? "those are gone" : "that is gone";
      return `named by ${indexesText(indexes)}; rule ${rule} waits until ${gone}`;
    }
    case "not-yet":
      if (at === undefined) return `rule ${rule} applies from an unknown date on`;
      return `rule ${rule} applies ${at > LAST_DATE ? "after the year 9999" : `from ${when(at)} on`}`;
    case "newest":
      return `among the newest that rule ${rule} keeps`;
    default:
      return "selected by no rule";
  }
}

/** `index 3f9a1b2c3d4e and 2 more` */
function indexesText([first, ...others]: string[]): string {
  if (first === undefined) return "an index";
  return `index ${shortDigest(first)}${others.length > 0 ? ` and ${number(others.length)} more` : ""}`;
}
