import { readContainerDefinitions, readVolumes } from "../../../permissions/containers";
import { executionGrants, executionStatements, grantContext } from "../../../permissions/execution";
import type { Grant, GrantSettings } from "../../../permissions/grants/grant";
import { policyDocuments } from "../../../permissions/split";
import { policyDocument, type Statement } from "../../../permissions/statement";
import { tasksTrust } from "../../../permissions/trust";
import { problemText } from "../../../retention/errors";
import type { Problem } from "../../../retention/types";
import { type Evidence, type Held, heldBy } from "../../../scripts/prove/evidence";
import { type RecordedCall, type Scope, World } from "../../../simulator";
import { partition } from "../../../simulator/operation";
import { type RefusedCall, startAsAgent } from "../../../simulator/services/ecs-agent";
import { attachRolePolicy, createPolicy, createRole, putRolePolicy } from "../../../simulator/services/iam";
import { prepare, variantsOf } from "./execution-world";
import { singleStatements } from "./single-statements";

type Definition = Parameters<typeof startAsAgent>[1];

/** A task definition, where it runs, and what its author says of it. */
export interface ExecutionCase extends Definition {
  name: string;
  account: string;
  region: string;
  settings?: Partial<GrantSettings>;
  policyCount?: number;
}

/** What the product derives, or what it tells is wrong with the definition. */
export function derive(
  of: ExecutionCase,
): { grants: Grant[]; wrong?: undefined } | { grants?: undefined; wrong: string[] } {
  const { account, region, settings } = of;
  const { containers, problems = [] } = readContainerDefinitions(JSON.stringify(of.containerDefinitions), "containers");
  const { volumes, problems: ofVolumes = [] } = readVolumes(of.volumes, "volumes");
  if (!containers || !volumes) return { wrong: [...problems, ...ofVolumes].map(problemText) };
  const context = grantContext({ partition: partition(region), region, account }, settings);
  return { grants: executionGrants(containers, volumes, context) };
}

/** Of a case that can be derived. */
export function grantsOf(of: ExecutionCase): Grant[] {
  const { grants, wrong } = derive(of);
  if (!grants) throw new Error(`${of.name}: ${wrong.join("; ")}`);
  return grants;
}

/** What is deployed for it, or something else in its place. */
export interface Deployed {
  statements: Statement[];
  /** @default the product's */
  trust?: Statement[];
}

export interface Start {
  started: boolean;
  refused: RefusedCall[];
  evidence: Evidence;
}

/**
 * Deploys the role in each world that is as the definition and its author say, and starts the task there as ECS's agent
 * does: the calls are the agent's, whatever the role was given.
 */
export async function* startsOf(of: ExecutionCase, deployed: Deployed): AsyncGenerator<Start> {
  const newWorld = () => new World({ seed: seedOf(of) });
  const { containerDefinitions = [] } = of;
  const calls = named.get(containerDefinitions) ?? (await start(newWorld(), of, ANYTHING)).evidence.calls;
  named.set(containerDefinitions, calls);
  for (const variant of variantsOf(of)) {
    const world = newWorld();
    prepare(world, of, calls, variant);
    yield await start(world, of, deployed);
  }
}

/** Tasks of different definitions have different ids. */
const seedOf = ({ name }: ExecutionCase) => Buffer.from(name).reduce((seed, byte) => (seed * 31 + byte) >>> 0, 7);

const ANYTHING: Deployed = { statements: [{ sid: "Anything", actions: ["*"], resources: ["*"] }] };
/** What the agent calls for under a role that may do anything, by the containers: it tells what to make. */
const named = new WeakMap<object, RecordedCall[]>();

async function start(world: World, of: ExecutionCase, deployed: Deployed): Promise<Start> {
  const scope = world.scope(of.account, of.region);
  const { executionRoleArn, held } = deploy(scope, of, deployed);
  const from = world.gate.calls.length;
  const { started, refused } = await startAsAgent(scope, of, { executionRoleArn });
  return { started, refused, evidence: { held, calls: world.gate.calls.slice(from) } };
}

/** The same calls, as evidence about another role in its place. */
export function insteadOf({ evidence: { calls } }: Start, of: ExecutionCase, deployed: Deployed): Evidence {
  return { calls, held: deploy(new World().scope(of.account, of.region), of, deployed).held };
}

function deploy(scope: Scope, of: ExecutionCase, deployed: Deployed): { executionRoleArn: string; held: Held } {
  const executionRoleArn = deployRole(scope, of, deployed);
  return { executionRoleArn, held: singly(heldBy(scope.world, [of.account], () => false)) };
}

function deployRole(scope: Scope, of: ExecutionCase, { statements, trust }: Deployed): string {
  const { account, region } = scope;
  const trusted = trust ?? tasksTrust({ partition: partition(region), region, account });
  const role = createRole(scope, { name: of.name, trust: policyDocument(trusted) });
  const { documents, problem } = policyDocuments(statements, of.policyCount);
  if (problem) throw new Error(`${of.name}: ${problemText(problem as Problem)}`);
  documents.forEach((document, index) => {
    if (of.policyCount === undefined) putRolePolicy(scope, role.name, "policy", document);
    else attachRolePolicy(scope, role.name, createPolicy(scope, { name: `${of.name}-${index}`, document }).arn);
  });
  return role.arn;
}

/** As deployed, but one policy for each action, resource and value of a condition: what each alone is needed for. */
function singly({ roles, resources }: Held): Held {
  const single = roles.map(({ policies, ...role }) => {
    const all = policies.flatMap(([, json]) => singleStatements(json));
    return { ...role, policies: all.map((policy, index): [string, string] => [`${index}`, policy]) };
  });
  return { roles: single, resources };
}

export const statementsOf = (of: ExecutionCase): Statement[] => executionStatements(grantsOf(of));
