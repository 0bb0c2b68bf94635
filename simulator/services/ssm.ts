import { accountOf, arn, type CallScope, type Operations, type Scope } from "../operation";
import { trustsAccounts } from "./iam";
import { decryptThrough } from "./kms";

export interface Parameter {
  arn: string;
  value: string;
  /** ARN of the customer key that encrypts it. Absent: none, or AWS's own, which asks nobody. */
  kmsKeyArn?: string;
}

/** By ARN. */
export const newSsmState = () => ({ parameters: new Map<string, Parameter>() });

export function putParameter(scope: Scope, input: { name: string; value?: string; kmsKeyArn?: string }): Parameter {
  const parameter = { value: "", ...input, arn: parameterArn(scope, input.name) };
  scope.world.services.ssm.parameters.set(parameter.arn, parameter);
  return parameter;
}

/** Of a name or an ARN; a version or label behind it is no part of the resource. */
function parameterArn(scope: Scope, nameOrArn: string): string {
  if (nameOrArn.startsWith("arn:")) return nameOrArn.split(":").slice(0, 6).join(":");
  const [name = ""] = nameOrArn.replace(/^\//, "").split(":");
  // AWS's own parameters are no account's.
  return arn(scope, "ssm", `parameter/${name}`, name.startsWith("aws/service/") ? "" : scope.account);
}

/** What nobody put is there without a customer key. */
const parameterOf = (scope: Scope, nameOrArn: string): Parameter =>
  scope.world.services.ssm.parameters.get(parameterArn(scope, nameOrArn)) ?? {
    arn: parameterArn(scope, nameOrArn),
    value: "",
  };

interface Input {
  Names: string[];
}

/** Account of the parameters: those of one call are all of the first one's. */
const ownerOf = ({ Names: [first = ""] }: Input, scope: Scope) =>
  accountOf(parameterArn(scope, first)) || scope.account;

export const ssmOperations: Operations = {
  GetParameters: {
    action: "ssm:GetParameters",
    resources: (input: Input, scope) => input.Names.map((name) => parameterArn(scope, name)),
    owner: ownerOf,
    resourcePolicy: (input: Input, scope) =>
      ownerOf(input, scope) === scope.account ? undefined : trustsAccounts(scope, scope.account),
    run: (input: Input, scope) => {
      const parameters = input.Names.map((name) => parameterOf(scope, name));
      const answer = { Parameters: parameters.map(({ arn: ARN, value: Value }) => ({ ARN, Value })) };
      const closed = parameters.filter((each) => each.kmsKeyArn !== undefined || secretBehind(each) !== undefined);
      return closed.length === 0 ? answer : Promise.all(closed.map((each) => open(scope, each))).then(() => answer);
    },
  },
};

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html */
const secretBehind = ({ arn }: Parameter): string | undefined =>
  /:parameter\/aws\/reference\/secretsmanager\/(.+)$/.exec(arn)?.[1];

async function open(scope: CallScope, parameter: Parameter): Promise<void> {
  const { kmsKeyArn, arn: PARAMETER_ARN } = parameter;
  if (kmsKeyArn !== undefined) await decryptThrough(scope, "ssm", kmsKeyArn, { PARAMETER_ARN });
  const SecretId = secretBehind(parameter);
  if (SecretId === undefined) return;
  await scope.world.gate.onBehalf(scope, {
    service: "secretsmanager",
    operation: "GetSecretValue",
    input: { SecretId },
  });
}
