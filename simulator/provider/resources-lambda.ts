import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AwsError, type Scope } from "../operation";
import { roleByArn } from "../services/iam";
import { createFunction, deleteFunction, functionOf, updateFunction } from "../services/lambda";
import { block, kind, nameOf, optionalNumber, optionalText, type ResourceTable, tagsOf, text } from "./resource";
import { contentOf, hashOf, type Values } from "./values";

/** Keeps a copy of the deployed files, so that a later build does not change what runs. */
function storeCode(code: unknown): { code: string; codeSha256: string } {
  const files = contentOf(code);
  if (files.size === 0) throw new AwsError("InvalidParameterValueException", "Uploaded file must be a non-empty zip");
  const digest = hashOf(files);
  const folder = join(tmpdir(), "simulated-lambda", digest.toString("hex"));
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    for (const [name, content] of files) {
      mkdirSync(dirname(join(unfinished, name)), { recursive: true });
      writeFileSync(join(unfinished, name), content);
    }
    renameSync(unfinished, folder);
  }
  return { code: folder, codeSha256: digest.toString("base64") };
}

function settingsOf(scope: Scope, inputs: Values) {
  const roleArn = text(inputs.role);
  if (!roleByArn(scope, roleArn)) {
    throw new AwsError(
      "InvalidParameterValueException",
      `The role defined for the function cannot be assumed by Lambda: there is no role ${roleArn}`,
    );
  }
  return {
    name: text(inputs.name),
    roleArn,
    handler: text(inputs.handler),
    runtime: text(inputs.runtime),
    ...storeCode(inputs.code),
    environment: block(block(inputs.environment).variables) as Record<string, string>,
    timeout: Number(inputs.timeout),
    memorySize: Number(inputs.memorySize),
    architectures: (inputs.architectures ?? ["x86_64"]) as string[],
    reservedConcurrentExecutions: optionalNumber(inputs.reservedConcurrentExecutions),
    logGroup: optionalText(block(inputs.loggingConfig).logGroup) ?? `/aws/lambda/${inputs.name}`,
    tags: tagsOf(inputs),
  };
}

const find = (scope: Scope, nameOrArn: unknown) =>
  scope.world.services.lambda.at(scope).functions.get(nameOf(nameOrArn));

function setEventInvoke(scope: Scope, inputs: Values): string {
  functionOf(scope, nameOf(inputs.functionName)).eventInvoke = {
    maximumRetryAttempts: optionalNumber(inputs.maximumRetryAttempts),
    maximumEventAgeInSeconds: optionalNumber(inputs.maximumEventAgeInSeconds),
    onFailureArn: optionalText(block(block(inputs.destinationConfig).onFailure).destination),
  };
  return text(inputs.functionName);
}

export const lambdaResources: ResourceTable = {
  "aws:lambda/function:Function": kind({
    autoName: { property: "name", maxLength: 64 },
    defaults: { timeout: 3, memorySize: 128 },
    replaceOn: ["packageType"],
    computed: ["arn", "lastModified", "codeSha256"],
    create: (scope, inputs) => createFunction(scope, settingsOf(scope, inputs)).name,
    find,
    describe: ({ name, roleArn, arn, lastModified, codeSha256 }) => ({
      name,
      role: roleArn,
      arn,
      lastModified: new Date(lastModified).toISOString(),
      codeSha256,
    }),
    update: ({ name }, inputs, scope) => void updateFunction(scope, name, settingsOf(scope, inputs)),
    delete: ({ name }, scope) => deleteFunction(scope, name),
  }),
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": kind({
    replaceOn: ["functionName", "qualifier"],
    create: setEventInvoke,
    find: (scope, id) => {
      const found = find(scope, id);
      return found?.eventInvoke && { target: found, ...found.eventInvoke };
    },
    describe: ({ target, onFailureArn, ...numbers }) => ({
      functionName: target.name,
      ...numbers,
      ...(onFailureArn && { destinationConfig: { onFailure: { destination: onFailureArn } } }),
    }),
    update: (_found, inputs, scope) => void setEventInvoke(scope, inputs),
    delete: ({ target }) => {
      target.eventInvoke = undefined;
    },
  }),
};
