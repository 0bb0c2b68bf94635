import { AwsError, arn, type Operations, type Scope, sortedPage } from "../operation";

export interface StateMachine {
  name: string;
  arn: string;
  /** JSON in the Amazon States Language. */
  definition: string;
  createdAt: Date;
  /** Definitions by number; they stay as they were published. */
  versions: Map<number, { definition: string; createdAt: Date }>;
  lastVersion: number;
}

/** By name. */
export const newStatesState = () => new Map<string, StateMachine>();

const now = (scope: Scope) => new Date(scope.world.clock.now());

/** `definition` is JSON in the Amazon States Language. */
export function createStateMachine(scope: Scope, name: string, definition: string): StateMachine {
  const machine = {
    name,
    arn: arn(scope, "states", `stateMachine:${name}`),
    definition,
    createdAt: now(scope),
    versions: new Map(),
    lastVersion: 0,
  };
  scope.world.services.states.at(scope).set(name, machine);
  return machine;
}

export function updateStateMachine(scope: Scope, name: string, definition: string): void {
  machineOf(scope, name).definition = definition;
}

/** Publishes the present definition; returns the version's ARN. */
export function publishVersion(scope: Scope, name: string): string {
  const machine = machineOf(scope, name);
  machine.lastVersion += 1;
  machine.versions.set(machine.lastVersion, { definition: machine.definition, createdAt: now(scope) });
  return `${machine.arn}:${machine.lastVersion}`;
}

export function deleteStateMachine(scope: Scope, name: string): void {
  scope.world.services.states.at(scope).delete(name);
}

/** Of an ARN, or a name. */
function parsed(reference: string): { name: string; qualifier?: string } {
  const [name = "", qualifier] = reference.replace(/^.*:stateMachine:/, "").split(":");
  return { name, qualifier };
}

function machineOf(scope: Scope, reference: string): StateMachine {
  const machine = scope.world.services.states.at(scope).get(parsed(reference).name);
  if (!machine) throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${reference}'`);
  return machine;
}

/** IAM is asked about the state machine; which version it is about is a condition key. */
const machine = ({ stateMachineArn }: { stateMachineArn: string }, scope: Scope) => [
  arn(scope, "states", `stateMachine:${parsed(stateMachineArn).name}`),
];

export const statesOperations: Operations = {
  ListStateMachines: {
    action: "states:ListStateMachines",
    resources: () => ["*"],
    run: ({ nextToken, maxResults }, scope) => {
      const found = [...scope.world.services.states.at(scope).values()];
      const { items, next } = sortedPage(scope, found, (each) => each.name, nextToken, maxResults || 100);
      const stateMachines = items.map(({ name, arn: stateMachineArn, createdAt: creationDate }) => ({
        ...{ name, stateMachineArn, creationDate, type: "STANDARD" },
      }));
      return { stateMachines, nextToken: next };
    },
  },
  ListStateMachineVersions: {
    action: "states:ListStateMachineVersions",
    resources: machine,
    run: ({ stateMachineArn, nextToken, maxResults }, scope) => {
      const found = machineOf(scope, stateMachineArn);
      const numbers = [...found.versions.keys()];
      const { items, next } = sortedPage(scope, numbers, padded, nextToken, maxResults || 100, true);
      const stateMachineVersions = items.map((number) => ({
        stateMachineVersionArn: `${found.arn}:${number}`,
        creationDate: found.versions.get(number)?.createdAt,
      }));
      return { stateMachineVersions, nextToken: next };
    },
  },
  DescribeStateMachine: {
    action: "states:DescribeStateMachine",
    resources: machine,
    context: ({ stateMachineArn }): Record<string, string> => {
      const { qualifier } = parsed(stateMachineArn);
      return qualifier === undefined ? {} : { "states:StateMachineQualifier": qualifier };
    },
    run: ({ stateMachineArn }, scope) => {
      const found = machineOf(scope, stateMachineArn);
      const { qualifier } = parsed(stateMachineArn);
      const version = qualifier === undefined ? found : found.versions.get(Number(qualifier));
      if (!version) {
        throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${stateMachineArn}'`);
      }
      return {
        stateMachineArn: qualifier === undefined ? found.arn : `${found.arn}:${qualifier}`,
        name: found.name,
        status: "ACTIVE",
        type: "STANDARD",
        definition: version.definition,
        roleArn: arn(scope, "iam", "role/states"),
        creationDate: version.createdAt,
      };
    },
  },
};

const padded = (number: number) => String(number).padStart(10, "0");
