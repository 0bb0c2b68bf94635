// The process of a function: what AWS's own Node.js runtime does with the Runtime API, as far as handlers can tell.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ask, freeze, mark, thaw } from "./preload.mjs";

const root = "/2018-06-01/runtime";
const { env } = process;

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function load() {
  const [file, name] = env._HANDLER.split(".");
  const paths = ["mjs", "js", "cjs"].map((extension) => join(env.LAMBDA_TASK_ROOT, `${file}.${extension}`));
  const path = paths.find((each) => existsSync(each));
  if (!path) throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${file}'`);
  const module = await import(pathToFileURL(path));
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  }
  return handler;
}

function described(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") ?? [] }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

let handler;
try {
  handler = await load();
} catch (error) {
  mark();
  await ask("POST", `${root}/init/error`, JSON.stringify(described(error)));
  process.exit(1);
}
let next = ask("GET", `${root}/invocation/next`);
for (;;) {
  freeze();
  const { headers, body } = await next.catch(() => process.exit(1));
  const id = headers["lambda-runtime-aws-request-id"];
  thaw(Number(headers["simulator-now"]));
  let outcome;
  try {
    outcome = ["response", JSON.stringify((await handler(JSON.parse(body), contextOf(headers))) ?? null)];
  } catch (error) {
    outcome = ["error", JSON.stringify(described(error))];
  }
  mark();
  // Answered with the next invocation: most do so little that a request to ask for it would count.
  next = ask("POST", `${root}/invocation/${id}/${outcome[0]}`, outcome[1]);
}
