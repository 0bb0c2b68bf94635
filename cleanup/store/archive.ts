import type { RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from "@aws-sdk/client-ecs";
import { withoutPlaintextSecrets } from "../../checks/plaintext-secrets";
import { STORE } from "../../retention/store-layout";
import type { Archived, Store } from "../../retention/types";

/** What DescribeTaskDefinition tells and RegisterTaskDefinition does not take. */
const READ_ONLY: Record<Exclude<keyof TaskDefinition, keyof RegisterTaskDefinitionCommandInput>, true> = {
  taskDefinitionArn: true,
  revision: true,
  status: true,
  requiresAttributes: true,
  compatibilities: true,
  registeredAt: true,
  registeredBy: true,
  deregisteredAt: true,
  deleteRequestedAt: true,
};

/**
 * Writes a revision as what `aws ecs register-task-definition --cli-input-json` takes, so that it can be had again once it
 * is deleted. In place of each plaintext secret stands an object, which that call refuses. One PUT.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 *
 * @param tags As described with it; AWS's own, `aws:…`, nobody else can give.
 */
export async function archiveRevision(
  store: Store,
  { account, region }: { account: string; region: string },
  taskDefinition: TaskDefinition,
  tags: Tag[] = [],
): Promise<Archived> {
  const { family, revision } = taskDefinition;
  const taken = Object.entries(taskDefinition).filter(([field]) => !(field in READ_ONLY));
  const given = tags.filter(({ key }) => !key?.startsWith("aws:"));
  // No list of tags may be empty.
  const input = { ...Object.fromEntries(taken), ...(given.length > 0 && { tags: given }) };
  const { definition, missing } = withoutPlaintextSecrets(input);
  const restorable = missing.length > 0 ? "partial" : "full";
  const key = `${STORE.archive}${account}-${region}/${family}/${revision}.${restorable}.json`;
  await store.put(key, JSON.stringify(definition, undefined, 2), "any");
  return { key, restorable, missing };
}
