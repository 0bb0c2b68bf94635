/** What a service's retention does. */
export const RetentionMode = {
  /** Reports what would be removed; no role that could remove it exists. */
  Report: "report",
  /** Removes it. */
  Enforce: "enforce",
} as const;
export type RetentionMode = (typeof RetentionMode)[keyof typeof RetentionMode];
