import { LEAST_DAYS_ARCHIVED } from "../lifecycle/mark";
import type { LifecycleRule, TagSelection } from "../lifecycle/types";
import type { LifecycleVerdict } from "../lifecycle/verdict";
import { dayOf } from "../retention/dates";
import type { Millis } from "../retention/types";
import { count, number, when } from "./sentences";
import { oneLine } from "./table";

const VERBS = { expire: "expires", transition: "archives" };

/** Nothing is so old that it matters from then on, and later years have more than four digits. */
const LAST_DATE: Millis = Date.UTC(9999, 11, 31);

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
  if (tagPatternList?.every(isAnyTag)) return `tagged ${noun}`;
  return `${noun} with ${inWords(tagPatternList?.map(patternText) ?? tagPrefixList.map(prefixText))}`;
}

function isAnyTag(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

function patternText(pattern: string): string {
  if (isAnyTag(pattern)) return "any tag";
  return pattern.includes("*") ? `a tag like ${word(pattern)}` : `the tag ${word(pattern)}`;
}

/** AWS takes a `*` in a prefix for itself. */
function prefixText(prefix: string): string {
  return `a tag that begins with ${prefix.includes("*") ? JSON.stringify(prefix) : word(prefix)}`;
}

/** In quotes where the sentence could be misread for what it is made of. */
function word(entry: string): string {
  return /^[\w.*-]*[\w*-]$/.test(entry) ? entry : JSON.stringify(entry);
}

/** `a, b and c` */
export function inWords(parts: string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${last}` : last;
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
  const rules = `${shieldedFrom.length === 1 ? "rule" : "rules"} ${inWords(shieldedFrom.map(String))}`;
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
