// A function that does what its event says; tests/simulator/lambda.test.ts bundles it.
import { setTimeout as wait } from "node:timers/promises";
import { ECSClient, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

let invocations = 0;
const ecs = new ECSClient({ maxAttempts: 1 });
const s3 = new S3Client({ maxAttempts: 1 });
const sts = new STSClient({ maxAttempts: 1 });

const steps = {
  say: (text) => console.log(text),
  complain: (text) => console.error(text),
  sleep: (ms) => wait(ms),
  sleepTheOldWay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  interval: (ms) =>
    new Promise((resolve) => {
      const times = [];
      const timer = setInterval(() => {
        times.push(Date.now());
        if (times.length === 3) {
          clearInterval(timer);
          resolve(times);
        }
      }, ms);
    }),
  race: (times) => Promise.race(times.map((ms) => wait(ms, ms))),
  yield: () => new Promise((resolve) => setTimeout(() => resolve("yielded"), 0)),
  now: () => Date.now(),
  date: () => new Date().toISOString(),
  environment: (name) => process.env[name],
  list: async () => (await ecs.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns,
  whoAmI: async () => (await sts.send(new GetCallerIdentityCommand({}))).Arn,
  put: async (body) => (await s3.send(new PutObjectCommand({ Bucket: "store", Key: "k", Body: body }))).ETag,
  get: async () => (await s3.send(new GetObjectCommand({ Bucket: "store", Key: "k" }))).Body.transformToString(),
  /** A call with a timer beside it, as clients set them for timeouts. */
  listBesideTimer: async (ms) => {
    const timer = setTimeout(() => {}, ms);
    await ecs.send(new ListTaskDefinitionsCommand({}));
    clearTimeout(timer);
    return Date.now();
  },
  leaveTimer: (ms) => void setTimeout(() => console.log("left behind"), ms),
  unreadObject: async () => void (await s3.send(new GetObjectCommand({ Bucket: "store", Key: "k" }))),
  hang: () => new Promise(() => {}),
  throw: (message) => {
    throw new TypeError(message);
  },
  exit: (code) => process.exit(code),
};

export async function handler(event, context) {
  invocations += 1;
  const results = [];
  for (const [step, argument] of event.steps ?? []) {
    results.push((await steps[step](argument)) ?? null);
  }
  return { invocations, results, requestId: context.awsRequestId, remaining: context.getRemainingTimeInMillis() };
}
