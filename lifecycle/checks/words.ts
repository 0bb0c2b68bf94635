import { shown } from "../../retention/errors";
import type { LifecycleRule, TagSelection } from "../types";

/** `expires all images but the newest 10`, `archives images pushed more than 30 days ago`. */
export function taking({ action, selection }: LifecycleRule, images: string): string {
  const verb = action === "expire" ? "expires" : "archives";
  const { countType, countNumber: number } = selection;
  if (countType === "imageCountMoreThan")
    return `${verb} all ${images} but the newest${number > 1 ? ` ${number}` : ""}`;
  const days = number === 1 ? "a day" : `${number} days`;
  const since = {
    sinceImagePushed: `pushed more than ${days} ago`,
    sinceImagePulled: `not pulled for ${days}`,
    sinceImageTransitioned: `archived more than ${days} ago`,
  };
  return `${verb} ${images} ${since[countType]}`;
}

/** `rule 1`, `rules 1, 2 and 5`. */
export function rulesText(rules: readonly LifecycleRule[]): string {
  return `rule${rules.length > 1 ? "s" : ""} ${joined(rules.map(({ rulePriority }) => String(rulePriority)))}`;
}

/** Entries of a tag list as they are written; none where there is no list. */
export function entriesOf(selection: TagSelection): string[] {
  return selection.tagStatus === "tagged" ? (selection.tagPatternList ?? selection.tagPrefixList) : [];
}

/** `"alpha*" and "beta*"`. */
export function entriesText(selection: TagSelection): string {
  return joined(entriesOf(selection).map(shown));
}

/** `a, b and c`. */
export function joined(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" and ");
}
