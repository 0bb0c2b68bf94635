import { shown } from "../../retention/errors";
import type { TagSelection } from "../types";
import type { LifecycleCheck } from "./check";
import { entriesOf } from "./words";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html */
const LONGEST_TAG = 300;

export const neverMatches: LifecycleCheck = {
  id: "never-matches",
  kind: "seeming",
  question: "Does a rule ask for a tag that no image can have?",
  why: 'A tag is made of letters, digits, "_", "." and "-", does not begin with "." or "-", and has at most 300 characters. Each entry of a list must match a tag, so the rule selects no image. Regular expressions are no patterns: "*" is all that a pattern knows, and a prefix knows none.',
  fix: 'Write the entry as tags look, such as "v*", in a pattern list where it has a "*".',
  link: "https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests",
  find: ({ rules }) =>
    rules.flatMap(({ rulePriority, selection }) => {
      const [what] = obstaclesOf(selection);
      return what === undefined ? [] : [{ rule: rulePriority, what }];
    }),
};

/** Whether no image can meet the requirement, whatever its tags. */
export function selectsNothing(selection: TagSelection): boolean {
  return obstaclesOf(selection).length > 0;
}

/** Why no tag can match, for each entry that none can. */
function obstaclesOf(selection: TagSelection): string[] {
  const isPattern = selection.tagStatus === "tagged" && selection.tagPatternList !== undefined;
  return entriesOf(selection).flatMap((entry) => {
    const literal = isPattern ? entry.replaceAll("*", "") : entry;
    const foreign = /[^A-Za-z0-9._-]/u.exec(literal)?.[0];
    if (foreign === "*")
      return [`the prefix ${shown(entry)} has a "*", which is no wildcard there and stands in no tag`];
    if (foreign !== undefined) return [`${shown(entry)} has ${shown(foreign)}, which stands in no tag`];
    if (/^[.-]/.test(entry)) return [`${shown(entry)} begins with ${shown(entry.charAt(0))}, as no tag does`];
    if (literal.length > LONGEST_TAG) return [`${shown(entry)} has ${literal.length} characters, more than any tag`];
    return [];
  });
}
