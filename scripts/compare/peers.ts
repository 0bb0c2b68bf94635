import { readContainerDefinitions } from "../../permissions/containers";
import { executionGrants, executionStatements, grantContext } from "../../permissions/execution";
import { policyDocument } from "../../permissions/statement";
import { readJson, SCOPE, type Task } from "./tasks";

/** A statement as IAM takes it. */
export interface PolicyStatement {
  Sid?: string;
  Effect: "Allow";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export type Source = { url: string } | ({ path: string } & Record<"repository" | "commit", string>) | PackageSource;

interface PackageSource {
  package: string;
  path: string;
  version: string;
}

/** What one maker of execution roles gives a task definition. */
export interface Role {
  /** What its user passes for this task definition, besides the task definition. */
  inputs?: Record<string, string[]>;
  statements: PolicyStatement[];
  /** What the task needs and the peer does not derive: through what the user writes it. */
  byHand: { actions: string[]; through: string }[];
}

/** One maker of execution roles. */
export interface Peer {
  name: string;
  version: string;
  /** Whether it was run to render its statements, or its source was read. */
  obtained: "run" | "read";
  how: string;
  sources: Source[];
  /** The program that was run, a file beside. */
  program?: string;
  role(task: Task): Role;
}

export interface PeerFile extends Omit<Peer, "role"> {
  /** Statements that do not depend on the task definition. */
  everyTask: PolicyStatement[];
  tasks: Record<Task["id"], Role>;
}

/** The makers of roles that are compared: those in peers/, in the order of their names, and this project. */
export function readPeers(): Peer[] {
  const recorded = readJson<PeerFile>("peers").map(({ json: { everyTask, tasks, ...peer } }) => ({
    ...peer,
    role: ({ id }: Task) => ({ ...tasks[id], statements: [...everyTask, ...tasks[id].statements] }),
  }));
  return [...recorded, OURS];
}

/** What the component ExecutionRole renders. */
const OURS: Peer = {
  name: "ecs-retention",
  version: "this version",
  obtained: "run",
  how: "The builder that the component ExecutionRole renders its policy with, given the container definitions and, for B, the key.",
  sources: [],
  role: ({ containerDefinitions, keys }) => {
    const { containers, problems } = readContainerDefinitions(JSON.stringify(containerDefinitions), "containers");
    if (problems)
      throw new Error(problems.map(({ path, given, expected }) => `${path}: ${given}, not ${expected}`).join());
    const grants = executionGrants(containers, [], grantContext(SCOPE, { keys }));
    const { Statement } = JSON.parse(policyDocument(executionStatements(grants))) as { Statement: PolicyStatement[] };
    const given = Object.entries(keys).filter(([, arns]) => arns.length > 0);
    return {
      ...(given.length > 0 && { inputs: Object.fromEntries(given.map(([name, arns]) => [`keys.${name}`, arns])) }),
      statements: Statement,
      byHand: [],
    };
  },
};
