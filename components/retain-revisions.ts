import type * as pulumi from "@pulumi/pulumi";

/**
 * Keeps the old revision ACTIVE when a task definition is replaced, for a rollback to return to: sets `skipDestroy` on
 * every `aws.ecs.TaskDefinition` that does not set it itself. The provider deletes by its old state, so adopt it in an
 * update without other changes.
 *
 * ```ts
 * pulumi.runtime.registerResourceTransform(retainRevisions); // before any resource, or in a resource's `transforms`
 * ```
 */
export function retainRevisions({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  const applies = type === "aws:ecs/taskDefinition:TaskDefinition" && props.skipDestroy === undefined;
  return applies ? { props: { ...props, skipDestroy: true }, opts } : undefined;
}
