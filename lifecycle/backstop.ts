import type { LifecyclePolicy } from "./types";

/**
 * The policy of a repository for which nobody wrote one: what lies in the archive for a year is deleted.
 *
 * It cannot hurt. An archived image cannot be pulled, so nothing that runs or starts needs it; a year is time to restore
 * it; no image that can be pulled is ever selected, and a repository that archives nothing loses nothing. What goes with an
 * archived image are its own signatures and SBOMs, even restored ones. Whoever archives for the record writes a policy of
 * their own.
 *
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html
 */
export const BACKSTOP: LifecyclePolicy = {
  rules: [
    {
      rulePriority: 1,
      description: "Backstop: delete what was archived a year ago",
      selection: {
        tagStatus: "any",
        storageClass: "archive",
        countType: "sinceImageTransitioned",
        countNumber: 365,
      },
      action: "expire",
    },
  ],
};
