import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AwsError, type Scope } from "../operation";
import { roleByArn } from "../services/iam";
import { createFunction, deleteFunction, functionOf, type LambdaFunction, updateFunction } from "../services/lambda";
import { block, nameOf, optionalNumber, optionalText, type ResourceTable, tagsOf, text } from "./resource";
import { contentOf, type Values } from "./values";

/** Keeps a copy of the deployed files, so that a later build does not change what runs. */
function storeCode(code: unknown): { code: string; codeSha256: string } {
  const hash = createHash("sha256");
  const files = [...contentOf(code)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, content] of files) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  if (files.length === 0) throw new AwsError("InvalidParameterValueException", "Uploaded file must be a non-empty zip");
  const digest = hash.digest();
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
  const { code, codeSha256 } = storeCode(inputs.code);
  return {
    name: text(inputs.name),
    roleArn,
    handler: text(inputs.handler),
    runtime: text(inputs.runtime),
    code,
    codeSha256,
    environment: block(block(inputs.environment).variables) as Record<string, string>,
    timeout: Number(inputs.timeout),
    memorySize: Number(inputs.memorySize),
    architectures: (inputs.architectures ?? ["x86_64"]) as string[],
    reservedConcurrentExecutions: optionalNumber(inputs.reservedConcurrentExecutions),
    logGroup: optionalText(block(inputs.loggingConfig).logGroup) ?? `/aws/lambda/${inputs.name}`,
    tags: tagsOf(inputs),
  } satisfies Partial<LambdaFunction>;
}

const find = (scope: Scope, nameOrArn: unknown): LambdaFunction | undefined =>
  scope.world.services.lambda.at(scope).functions.get(nameOf(nameOrArn));

function setEventInvoke(scope: Scope, inputs: Values): { id: string } {
  const target = functionOf(scope, nameOf(inputs.functionName));
  target.eventInvoke = {
    maximumRetryAttempts: optionalNumber(inputs.maximumRetryAttempts),
    maximumEventAgeInSeconds: optionalNumber(inputs.maximumEventAgeInSeconds),
    onFailureArn: optionalText(block(block(inputs.destinationConfig).onFailure).destination),
  };
  return { id: text(inputs.functionName) };
}

export const lambdaResources: ResourceTable = {
  "aws:lambda/function:Function": {
    autoName: { property: "name", maxLength: 64 },
    defaults: { timeout: 3, memorySize: 128, packageType: "Zip", publish: false, skipDestroy: false },
    replaceOn: ["name", "packageType"],
    settings: ["skipDestroy", "publish"],
    computed: [
      "arn",
      "invokeArn",
      "qualifiedArn",
      "qualifiedInvokeArn",
      "lastModified",
      "codeSha256",
      "sourceCodeHash",
      "version",
    ],
    changedByUpdate: ["lastModified", "codeSha256", "sourceCodeHash"],
    create: (scope, inputs) => ({ id: createFunction(scope, settingsOf(scope, inputs)).name }),
    describe: (scope, id) => {
      const found = find(scope, id);
      if (!found) return undefined;
      const invokeArn = `arn:aws:apigateway:${scope.region}:lambda:path/2015-03-31/functions/${found.arn}/invocations`;
      return {
        name: id,
        role: found.roleArn,
        arn: found.arn,
        invokeArn,
        qualifiedArn: `${found.arn}:$LATEST`,
        qualifiedInvokeArn: invokeArn.replace("/invocations", ":$LATEST/invocations"),
        lastModified: new Date(found.lastModified).toISOString(),
        codeSha256: found.codeSha256,
        sourceCodeHash: found.codeSha256,
        version: "$LATEST",
      };
    },
    update: (scope, id, inputs) => void updateFunction(scope, id, settingsOf(scope, inputs)),
    delete: (scope, id, state) => {
      if (!state.skipDestroy) deleteFunction(scope, id);
    },
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    replaceOn: ["functionName", "qualifier"],
    computed: [],
    create: setEventInvoke,
    describe: (scope, id) => {
      const found = find(scope, id)?.eventInvoke;
      if (!found) return undefined;
      const { onFailureArn, ...numbers } = found;
      const destination = onFailureArn ? { destinationConfig: { onFailure: { destination: onFailureArn } } } : {};
      return { functionName: id, ...numbers, ...destination };
    },
    update: (scope, _id, inputs) => void setEventInvoke(scope, inputs),
    delete: (scope, id) => {
      const found = find(scope, id);
      if (found) found.eventInvoke = undefined;
    },
  },
  "aws:lambda/permission:Permission": {
    autoName: { property: "statementId", maxLength: 100 },
    replaceOn: [
      "action",
      "function",
      "principal",
      "statementId",
      "statementIdPrefix",
      "sourceArn",
      "sourceAccount",
      "qualifier",
    ],
    computed: [],
    create: (scope, inputs) => {
      const target = functionOf(scope, nameOf(inputs.function));
      const id = text(inputs.statementId);
      const principal = text(inputs.principal);
      target.permissions.set(id, {
        Sid: id,
        Effect: "Allow",
        Principal: principal.includes(".amazonaws.com") ? { Service: principal } : { AWS: principal },
        Action: text(inputs.action),
        Resource: target.arn,
        Condition: {
          ...(inputs.sourceArn ? { ArnLike: { "AWS:SourceArn": inputs.sourceArn } } : {}),
          ...(inputs.sourceAccount ? { StringEquals: { "AWS:SourceAccount": inputs.sourceAccount } } : {}),
        },
      });
      return { id };
    },
    describe: (scope, id, state) =>
      find(scope, state.function)?.permissions.has(id) ? { statementId: id } : undefined,
    delete: (scope, id, state) => void find(scope, state.function)?.permissions.delete(id),
  },
};
