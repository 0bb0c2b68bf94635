import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../permissions/statement";
import { shown } from "../retention/errors";
import type { Problem } from "../retention/types";
import { inputError } from "./inputs";

/** What services of the same or another stack need to join a cleanup function: plain data, for a stack output. */
export interface CleanupFunctionReference {
  /** Bucket of the store. */
  bucketName: string;
  /** The function's own role. */
  roleArn: string;
  /** Path below which the function takes on cleanup roles. */
  rolePath: string;
  /** Region whose services it serves. */
  region: string;
  /** Account whose services it serves: 12 digits. */
  account: string;
}

/** Where a service is and what it needs of its cleanup function, all of it known in a preview. */
type Place = Scope & Pick<CleanupFunctionReference, "roleArn" | "rolePath">;

/**
 * Joins a service to a cleanup function.
 *
 * @throws InputPropertiesError where the reference is none, or is that of another account or Region: such a function
 * would never see the service's revisions.
 */
export function joined(
  component: string,
  reference: pulumi.Output<CleanupFunctionReference>,
  scope: pulumi.Output<Scope>,
): pulumi.Output<Place> {
  // Field by field, since the name of a new bucket is unknown in a preview and would hide the others.
  const { roleArn, rolePath, region, account } = reference;
  return pulumi.all([scope, { roleArn, rolePath, region, account }]).apply(([scope, given]) => {
    const problems: Problem[] = [];
    const add = (field: keyof typeof given, expected: string, fix: string) =>
      problems.push({ path: `cleanupFunction.${field}`, given: shown(given[field]), expected, fix });
    for (const field of ["roleArn", "rolePath", "region", "account"] as const) {
      if (typeof given[field] !== "string")
        add(field, "a string", "pass the reference of a CleanupFunction, unchanged");
    }
    const fix = "join a function of the service's own account and Region, or make one there";
    if (problems.length === 0 && given.region !== scope.region) add("region", shown(scope.region), fix);
    if (problems.length === 0 && given.account !== scope.account) add("account", shown(scope.account), fix);
    if (problems.length > 0) throw inputError(component, problems);
    return { ...scope, roleArn: given.roleArn, rolePath: given.rolePath };
  });
}
