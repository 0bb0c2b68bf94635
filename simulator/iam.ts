import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { Millis } from "../retention/types";
import {
  type CallScope,
  type Context,
  type Input,
  type Need,
  type Operation,
  type Principal,
  SimulatorError,
} from "./operation";
import { alike, type PolicyText, readPolicies } from "./policy-text";
import { roleByArn, rolePolicies } from "./services/iam";
import type { World } from "./world";

/** One question to IAM about one resource. */
export interface Question {
  principal: Principal;
  action: string;
  resource: string;
  /** Account that owns the resource. */
  owner: string;
  context: Context;
  /** JSON of the resource's own policy. */
  resourcePolicy?: string;
}

/** What a principal holds itself. */
export type Policies = { identity: [name: string, json: string][]; boundary?: string };

export const ADMINISTRATOR: Policies = {
  identity: [
    ["AdministratorAccess", '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'],
  ],
};

/** The condition keys that every call has. */
export function globalContext({ principal, region }: { principal: Principal; region: string }, at: Millis): Context {
  const context: Context = {
    "aws:RequestedRegion": region,
    "aws:SecureTransport": "true",
    "aws:CurrentTime": new Date(at).toISOString(),
  };
  if (principal.arn.startsWith("arn:")) {
    context["aws:PrincipalArn"] = principal.roleArn ?? principal.arn;
    context["aws:PrincipalAccount"] = principal.account;
  } else {
    context["aws:PrincipalIsAWSService"] = "true";
    context["aws:PrincipalServiceName"] = principal.arn;
  }
  return context;
}

/**
 * Decisions of \@cloud-copilot/iam-simulate, remembered by everything that can change them: policies, principal, action,
 * what the policies tell apart of the resource, and those context values that a policy mentions.
 */
export class Iam {
  readonly #world: World;
  readonly #decisions = new Map<string, boolean>();
  readonly #texts = new Map<string, PolicyText>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The first of the needed resources for which IAM says no. */
  async refused(
    need: Need,
    operation: Operation,
    input: Input,
    scope: CallScope,
    context: Context,
  ): Promise<string | undefined> {
    const { principal } = scope;
    const owner = operation.owner?.(input, scope) ?? principal.account;
    const resourcePolicy = operation.resourcePolicy?.(input, scope);
    for (const resource of need.resources) {
      if (!(await this.allows({ principal, action: need.action, resource, owner, context, resourcePolicy }))) {
        return resource;
      }
    }
    return undefined;
  }

  /** @throws SimulatorError where the question makes no sense in IAM, or a policy is no policy. */
  allows(question: Question): Promise<boolean> {
    return this.decide(question, this.#policiesOf(question.principal));
  }

  /** As `allows`, for a principal that holds these policies. */
  async decide(question: Question, policies: Policies): Promise<boolean> {
    const { principal, action, resource, owner, resourcePolicy } = question;
    const text = this.#textOf(policies, resourcePolicy);
    const context = mentioned(question.context, text);
    // Sessions of one role differ only for a resource policy that names them.
    const who = resourcePolicy?.includes(":assumed-role/") ? principal.arn : (principal.roleArn ?? principal.arn);
    const key = [text.id, who, action, alike(resource, text), owner, JSON.stringify(context)].join("\n");
    let decision = this.#decisions.get(key);
    if (decision === undefined) {
      decision = await simulate({ ...question, context }, policies);
      this.#decisions.set(key, decision);
    }
    return decision;
  }

  #policiesOf(principal: Principal): Policies {
    if (principal.roleArn) {
      const scope = this.#world.scope(principal.account, "us-east-1");
      const role = roleByArn(scope, principal.roleArn);
      return role ? rolePolicies(scope, role) : { identity: [] };
    }
    return principal.arn.startsWith("arn:") ? ADMINISTRATOR : { identity: [] };
  }

  #textOf({ identity, boundary }: Policies, resourcePolicy: string | undefined): PolicyText {
    // Which of them is a boundary or a resource policy decides too.
    const key = JSON.stringify([identity.map(([, json]) => json), boundary, resourcePolicy]);
    let text = this.#texts.get(key);
    if (!text) {
      const all = [...identity.map(([, json]) => json), boundary, resourcePolicy];
      text = readPolicies(
        this.#texts.size,
        all.filter((each) => each !== undefined),
      );
      this.#texts.set(key, text);
    }
    return text;
  }
}

/** A key that no policy mentions cannot change a decision; without it, decisions of other moments can be reused. */
function mentioned(context: Context, { text }: PolicyText): Context {
  return Object.fromEntries(Object.entries(context).filter(([key]) => text.includes(key.toLowerCase())));
}

/**
 * What the simulation cannot be asked about, under a name that it knows and that nothing else has in this world: keys of
 * an encryption context as tags of the principal, and AWS's own parameters as those of an account `aws`.
 */
const parsed = (json: string) =>
  JSON.parse(
    json
      .replace(/"kms:EncryptionContext:/gi, '"aws:PrincipalTag/')
      .replace(/(:ssm:[^:"]*:)(?=:parameter\/aws\/service\/)/g, "$1aws"),
  );

async function simulate(question: Question, policies: Policies): Promise<boolean> {
  const { principal, action, resource, owner, context, resourcePolicy } = question;
  const result = await runSimulation(
    {
      request: {
        principal: principal.arn,
        action,
        resource: { resource: parsed(JSON.stringify(resource)), accountId: owner },
        contextVariables: parsed(JSON.stringify(context)),
      },
      identityPolicies: policies.identity.map(([name, json]) => ({ name, policy: parsed(json) })),
      permissionBoundaryPolicies: policies.boundary
        ? [{ name: "boundary", policy: parsed(policies.boundary) }]
        : undefined,
      resourcePolicy: resourcePolicy ? parsed(resourcePolicy) : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  // With a wildcard in the question any narrower policy would count as a yes.
  if (result.resultType !== "single") {
    const why = result.resultType === "error" ? JSON.stringify(result.errors) : "the resource holds a wildcard";
    throw new SimulatorError(
      `IAM cannot be asked whether ${principal.arn} may ${action} on ${resource}: ${why}; ` +
        "correct the operation's action and resources in simulator/services, or the policy",
    );
  }
  return result.overallResult === "Allowed";
}
