/** What the roles and resources of this product are called in a proof, by their ARNs. */
const NAMES: [arn: RegExp, name: string][] = [
  [/:role\/ecs-retention-[a-z0-9-]+$/, "function's role"],
  [/:role\/.*-scheduler-[0-9a-f]{7}$/, "schedule's role"],
  [/:role\/ecs-retention\/[a-z0-9-]+\/(.+)-[0-9a-f]{8}$/, "cleanup role of $1"],
  [/:role\/(.+?)(?:-execution)?-role-[0-9a-f]{7}$/, "execution role of $1"],
  [/:sqs:.*-failures-[0-9a-f]{7}$/, "on-failure queue"],
  [/:s3:::.*-store-bucket-[0-9a-f]{7}$/, "store"],
];

/** In the order of the list; of the same kind, by name. */
export function byName(one: string, other: string): number {
  const place = (arn: string) => NAMES.findIndex(([pattern]) => pattern.test(arn));
  return place(one) - place(other) || (nameOf(one) ?? "").localeCompare(nameOf(other) ?? "");
}

/** Undefined: it is none of the product's. */
export function nameOf(arn: string): string | undefined {
  const found = NAMES.find(([pattern]) => pattern.test(arn));
  return found && arn.replace(/^.*?(?=:role\/|:s3:::|:sqs:)/, "").replace(...found);
}
