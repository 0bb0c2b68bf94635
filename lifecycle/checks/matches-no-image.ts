import { selects } from "../tags";
import type { LifecycleCheck } from "./check";
import { selectsNothing } from "./never-matches";
import { entriesText } from "./words";

export const matchesNoImage: LifecycleCheck = {
  id: "matches-no-image",
  kind: "seeming",
  question: "Does a rule ask for tags that no image of the repository has?",
  why: "When tags change their shape, rules that nobody changes stop to take or to protect anything, and nothing tells.",
  fix: "Write the list as tags look now. If such images have only all gone, or are still to come, accept this.",
  link: "https://github.com/ustaxcourt/ef-cms/issues/10265",
  find({ rules }, { evaluated }) {
    // Archived images and those of the other storage class show too that such tags are in use.
    const tagged = (evaluated?.verdicts ?? []).map(({ image }) => image).filter(({ tags }) => tags.length > 0);
    if (tagged.length === 0) return [];
    return rules
      .filter(({ selection }) => selection.tagStatus === "tagged" && !selectsNothing(selection))
      .filter(({ selection }) => !tagged.some(({ tags }) => selects(selection, tags)))
      .map(({ rulePriority, selection }) => ({
        rule: rulePriority,
        what: `no image meets ${entriesText(selection)}; images with tags: ${tagged.length}`,
      }));
  },
};
