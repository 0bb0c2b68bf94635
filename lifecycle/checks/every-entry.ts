import { PARAMETERS } from "../sources";
import type { LifecycleCheck } from "./check";
import { entriesOf, entriesText } from "./words";

export const everyEntry: LifecycleCheck = {
  id: "every-entry",
  kind: "seeming",
  question: "Does a list of tags have several entries?",
  why: 'An image is selected where each entry matches a tag of it; one that has a tag for one entry alone is not. Such lists are often meant as "or".',
  fix: "For images with any of the tags write a rule for each entry. If each is to match, accept this.",
  link: PARAMETERS,
  find: ({ rules }) =>
    rules
      .filter(({ selection }) => entriesOf(selection).length > 1)
      .map(({ rulePriority, selection }) => ({
        rule: rulePriority,
        what: `selects only images with a tag for each of ${entriesText(selection)}`,
      })),
};
