import { LEAST_DAYS_ARCHIVED } from "../mark";
import type { LifecycleCheck } from "./check";

export const archiveMinimum: LifecycleCheck = {
  id: "archive-minimum",
  kind: "seeming",
  question: "Does a rule expire archived images in less than 90 days?",
  why: "AWS deletes no image that has been in the archive for less than 90 days, by a rule; it may refuse a smaller number.",
  fix: "Write 90 days or more. What may go earlier need not be archived: expire it.",
  link: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html",
  find: ({ rules }) =>
    rules
      .filter(
        ({ selection }) =>
          selection.countType === "sinceImageTransitioned" && selection.countNumber < LEAST_DAYS_ARCHIVED,
      )
      .map(({ rulePriority, selection }) => ({
        rule: rulePriority,
        what: `says ${selection.countNumber} day${selection.countNumber === 1 ? "" : "s"}, which AWS takes as ${LEAST_DAYS_ARCHIVED}`,
      })),
};
