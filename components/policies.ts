import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

interface RolePolicies {
  role: pulumi.Input<string>;
  /** One for the inline policy, or as many as there are managed ones. */
  documents: pulumi.Output<string[]>;
  /** How many managed policies; absent: one inline policy. */
  count?: number;
  path?: pulumi.Input<string>;
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/**
 * Adds a role's policies: one inline, or managed ones, each attached.
 *
 * @returns Those without which the role is not ready.
 */
export function addPolicies(
  name: string,
  { role, documents, count, path, tags }: RolePolicies,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const document = (index: number) => documents.apply((all) => all[index] as string);
  if (count === undefined) return [new aws.iam.RolePolicy(`${name}-policy`, { role, policy: document(0) }, options)];
  return Array.from({ length: count }, (_, index) => {
    const policy = new aws.iam.Policy(
      `${name}-policy-${index + 1}`,
      { description: "What ECS needs to start tasks of a service, in part", path, policy: document(index), tags },
      options,
    );
    const attachment = `${name}-attachment-${index + 1}`;
    return new aws.iam.RolePolicyAttachment(attachment, { role, policyArn: policy.arn }, options);
  });
}

/** The role's ARN, for whoever has to wait for its policies as well. */
export function arnAfter(arn: pulumi.Input<string>, policies: pulumi.Resource[]): pulumi.Output<string> {
  // Not by their ids: those of new policies are unknown in a preview, which would then replace what has the ARN.
  return pulumi.all([arn, ...policies.map(({ urn }) => urn)]).apply(([arn]) => arn as string);
}
