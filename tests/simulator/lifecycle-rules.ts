export type Rule = { rulePriority?: unknown; selection?: object; action?: object; [key: string]: unknown };

export const EXPIRE = { type: "expire" };
export const ARCHIVE = { type: "transition", targetStorageClass: "archive" };
export const count = (countNumber: number) => ({ countType: "imageCountMoreThan", countNumber });
export const days = (countNumber: number, countType = "sinceImagePushed") => ({
  countType,
  countUnit: "days",
  countNumber,
});
export const archived = (countNumber: number) => ({
  ...days(countNumber, "sinceImageTransitioned"),
  storageClass: "archive",
});
export const tagged = (...tagPatternList: string[]) => ({ tagStatus: "tagged", tagPatternList });
export const prefixed = (...tagPrefixList: string[]) => ({ tagStatus: "tagged", tagPrefixList });
export const UNTAGGED = { tagStatus: "untagged" };
export const ANY = { tagStatus: "any" };

/** Each rule with the next priority and `expire`, where it says nothing else; padded to AWS's least length. */
export const policyOf = (...rules: Rule[]) =>
  JSON.stringify({
    rules: rules.map((rule, index) => ({ rulePriority: index + 1, action: EXPIRE, ...rule })),
  }).padEnd(100);
