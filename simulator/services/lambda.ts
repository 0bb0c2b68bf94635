import type { Millis } from "../../retention/types";
import { AwsError, arn, type Operations, type Scope } from "../operation";

export interface LambdaFunction {
  name: string;
  arn: string;
  roleArn: string;
  /** `index.handler`. */
  handler: string;
  runtime: string;
  /** Folder or zip on this machine that holds what was deployed. */
  code: string;
  codeSha256: string;
  environment: Record<string, string>;
  /** Seconds. */
  timeout: number;
  /** MB. */
  memorySize: number;
  architectures: string[];
  reservedConcurrentExecutions?: number;
  /** Log group; AWS's default is `/aws/lambda/<name>`. */
  logGroup: string;
  lastModified: Millis;
  tags: Record<string, string>;
  /** Asynchronous invocations: AWS's defaults are 2 retries and 6 hours. */
  eventInvoke?: { maximumRetryAttempts?: number; maximumEventAgeInSeconds?: number; onFailureArn?: string };
}

export const newLambdaState = () => ({ functions: new Map<string, LambdaFunction>() });

type Settings = Pick<LambdaFunction, "name" | "roleArn" | "handler" | "runtime" | "code"> &
  Partial<Omit<LambdaFunction, "arn" | "lastModified">>;

export function createFunction(scope: Scope, settings: Settings): LambdaFunction {
  const { functions } = scope.world.services.lambda.at(scope);
  if (functions.has(settings.name)) {
    throw new AwsError("ResourceConflictException", `Function already exist: ${settings.name}`, 409);
  }
  const created: LambdaFunction = {
    codeSha256: "",
    environment: {},
    timeout: 3,
    memorySize: 128,
    architectures: ["x86_64"],
    logGroup: `/aws/lambda/${settings.name}`,
    tags: {},
    ...settings,
    arn: arn(scope, "lambda", `function:${settings.name}`),
    lastModified: scope.world.clock.now(),
  };
  functions.set(settings.name, created);
  return created;
}

/** Changes an existing function in place. */
export function updateFunction(scope: Scope, name: string, settings: Partial<Settings>): LambdaFunction {
  const found = functionOf(scope, name);
  return Object.assign(found, settings, { lastModified: scope.world.clock.now() });
}

export function deleteFunction(scope: Scope, name: string): void {
  scope.world.services.lambda.at(scope).functions.delete(name);
}

/** By name or ARN. */
export function functionOf(scope: Scope, nameOrArn: string): LambdaFunction {
  const [account, name] = target(scope, nameOrArn);
  const found = scope.world.services.lambda.at({ ...scope, account }).functions.get(name);
  if (!found) {
    throw new AwsError(
      "ResourceNotFoundException",
      `Function not found: ${arn(scope, "lambda", `function:${name}`, account)}`,
      404,
    );
  }
  return found;
}

function target(scope: Scope, nameOrArn: string): [account: string, name: string] {
  const [, , , , account, , name] = nameOrArn.split(":");
  return account && name ? [account, name] : [scope.account, nameOrArn];
}

export const lambdaOperations: Operations = {
  Invoke: {
    action: "lambda:InvokeFunction",
    resources: (input, scope) => {
      const [account, name] = target(scope, input.FunctionName);
      return [arn(scope, "lambda", `function:${name}`, account)];
    },
    owner: (input, scope) => target(scope, input.FunctionName)[0],
    run: (input, scope) => invoke(scope, input),
  },
};

function invoke(scope: Scope, input: { FunctionName: string; InvocationType?: string; Payload?: Uint8Array | string }) {
  const found = functionOf(scope, input.FunctionName);
  const { invoke: start, invokeLater } = scope.world.hooks;
  if (!start || !invokeLater) {
    throw new AwsError("NotImplemented", "No Lambda runtime is plugged in: startLambda(world) was not called", 501);
  }
  const payload = input.Payload === undefined ? "{}" : Buffer.from(input.Payload).toString();
  if (input.InvocationType === "Event") {
    scope.world.clock.start(() => invokeLater(scope, found, payload));
    return { StatusCode: 202 };
  }
  return start(scope, found, payload).then((ended) => ({
    StatusCode: 200,
    ExecutedVersion: "$LATEST",
    FunctionError: ended.error,
    Payload: Buffer.from(ended.payload),
  }));
}
