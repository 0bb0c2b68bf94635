/** What the ARN of a task definition's revision says, in any partition. */
export interface RevisionArn {
  region: string;
  account: string;
  family: string;
  revision: number;
}

const REVISION_ARN = /^arn:aws[a-z0-9-]*:ecs:([a-z0-9-]+):(\d{12}):task-definition\/([A-Za-z0-9_-]{1,255}):([1-9]\d*)$/;

/** `undefined` where it is not the ARN of exactly one revision. */
export function parseRevisionArn(arn: string): RevisionArn | undefined {
  const [, region = "", account = "", family = "", revision] = REVISION_ARN.exec(arn) ?? [];
  return revision === undefined ? undefined : { region, account, family, revision: Number(revision) };
}

/** Whether it is the ARN of a revision of exactly this family, in this account and Region. */
export function isRevisionOf(arn: string, owner: Pick<RevisionArn, "account" | "region" | "family">): boolean {
  const parsed = parseRevisionArn(arn);
  return parsed?.account === owner.account && parsed.region === owner.region && parsed.family === owner.family;
}
