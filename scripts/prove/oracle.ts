import { ADMINISTRATOR, type Iam, type Policies } from "../../simulator/iam";
import { accountOf, type Principal } from "../../simulator/operation";
import { OPERATIONS } from "../../simulator/services/index";
import { type Call, policyOf } from "./calls";
import { type Held, holderOf } from "./evidence";

/** A call, and what is not as it is deployed. */
export interface Ask extends Call {
  /** Account that owns a thing of that name instead. Default: as deployed, or the one in the ARN. */
  owner?: string;
  /** The caller may do anything, as far as its own policies go. */
  isAdministrator?: true;
}

/** Actions on things that can have a policy of their own. */
const GUARDED = new Set(
  Object.values(OPERATIONS)
    .flatMap((operations) => Object.values(operations))
    .filter(({ resourcePolicy }) => resourcePolicy)
    .map(({ action }) => action),
);

export const canHavePolicy = (action: string) => GUARDED.has(action);

/** What IAM says to a call where this is deployed. */
export async function allows(iam: Iam, held: Held, ask: Ask): Promise<boolean> {
  const { principal: arn, account, role, action, resource, context } = ask;
  const principal: Principal = { arn, account, roleArn: role?.arn, accessKeyId: "", secretAccessKey: "" };
  const owner = ask.owner ?? ownerOf(held, resource) ?? account;
  const deployed = ask.owner ? undefined : policyOf(held, resource);
  const resourcePolicy =
    deployed ?? (canHavePolicy(action) && (ask.owner || !isDeployed(held, resource)) ? opened(ask) : undefined);
  return iam.decide({ principal, action, resource, owner, context, resourcePolicy }, rightsOf(held, ask));
}

export function isDeployed({ roles, resources }: Held, resource: string): boolean {
  return [...roles, ...resources].some(({ arn }) => arn === holderOf(resource));
}

function rightsOf(held: Held, { role, isAdministrator }: Ask): Policies {
  if (isAdministrator) return ADMINISTRATOR;
  const own = role && held.roles.find(({ arn }) => arn === role.arn);
  return { identity: own?.policies ?? [], boundary: own?.boundary };
}

function ownerOf(held: Held, resource: string): string | undefined {
  return held.resources.find(({ arn }) => arn === holderOf(resource))?.owner ?? (accountOf(resource) || undefined);
}

/** What nobody deployed trusts the caller's account: then the caller's own policies decide. */
function opened({ account, action, resource }: Ask): string {
  const [, partition] = resource.split(":");
  const Principal = { AWS: `arn:${partition}:iam::${account}:root` };
  const Resource = action.startsWith("sts:") ? {} : { Resource: "*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal, Action: "*", ...Resource } });
}
