import type { RecordedCall, World } from "../../../simulator";
import { createPullThroughCacheRule } from "../../../simulator/services/ecr-pull-operations";
import { trustsAccounts } from "../../../simulator/services/iam";
import { createBucket, putObject } from "../../../simulator/services/s3";
import type { ExecutionCase } from "./execution";

/** One of the worlds that the author's settings leave possible. */
export interface Variant {
  /** Each of several keys and accounts has its turn. */
  turn: number;
  /** Whether buckets ask their key for themselves instead of for each object. */
  bucketKey: boolean;
}

export function variantsOf({ settings = {} }: ExecutionCase): Variant[] {
  const { keys, bucketAccountIds = [] } = settings;
  const turns = Math.max(1, bucketAccountIds.length, ...Object.values(keys ?? {}).map(({ length }) => length));
  const forms = keys?.s3.length ? [false, true] : [false];
  return Array.from({ length: turns }, (_, turn) => forms.map((bucketKey) => ({ turn, bucketKey }))).flat();
}

/** Makes what an earlier start called for, as the author's settings describe it. */
export function prepare(world: World, of: ExecutionCase, calls: RecordedCall[], { turn, bucketKey }: Variant): void {
  const { keys, bucketAccountIds = [], pullThroughCachePrefixes = [], additionalSecretArns = [] } = of.settings ?? {};
  const next = (all: string[] = []): string | undefined => all[turn % all.length];
  /** A key of the resource's own Region: no other can encrypt it. */
  const keyFor = (arn: string, all: string[] = []) => next(all.filter((key) => placeOf(key) === placeOf(arn)));
  const { secretsmanager, ssm, s3 } = world.services;
  const makeSecret = (arn: string) => {
    const { account, region, name } = parts(arn);
    const [, id = ""] = /^secret:(.+)-[A-Za-z0-9]{6}$/.exec(name) ?? [];
    const secret = { name: id, arn, kmsKeyArn: keyFor(arn, keys?.secretsManager) };
    secretsmanager.at(world.scope(account, region)).secrets.set(arn, secret);
  };
  const addRule = (repository: string, prefix: string) => {
    const { account, region } = parts(repository);
    createPullThroughCacheRule(world.scope(account, region), prefix);
  };
  const domainless = domainlessSpecs(of);
  const specOf = (arn: string) => additionalSecretArns[domainless.indexOf(arn)] ?? "";

  additionalSecretArns.forEach(makeSecret);
  for (const { operation, region, resources } of calls) {
    for (const arn of resources) {
      const { name } = parts(arn);
      switch (operation) {
        case "GetSecretValue":
          makeSecret(arn);
          break;
        case "GetParameters": {
          // AWS's own parameters, and those that stand for a secret, are not encrypted themselves.
          const kmsKeyArn = name.startsWith("parameter/aws/") ? undefined : keyFor(arn, keys?.systemsManager);
          ssm.parameters.set(arn, { arn, value: specOf(arn), kmsKeyArn });
          break;
        }
        case "GetObject": {
          const [bucket = "", ...key] = name.split("/");
          const kmsKeyArn = next(keys?.s3);
          const at = world.scope(next(bucketAccountIds) ?? of.account, kmsKeyArn ? parts(kmsKeyArn).region : region);
          const made = s3.buckets.get(bucket) ?? createBucket(at, { name: bucket });
          if (at.account !== of.account) made.policy = trustsAccounts(at, of.account);
          putObject(at, { bucket, key: key.join("/"), body: specOf(arn), kmsKeyArn, bucketKey });
          break;
        }
        case "BatchGetImage":
          for (const prefix of pullThroughCachePrefixes) addRule(arn, prefix);
      }
    }
  }
}

/** ARNs of the credential specs that name a secret in turn. */
function domainlessSpecs({ containerDefinitions }: ExecutionCase): string[] {
  const specs = JSON.stringify(containerDefinitions).matchAll(/"credentialspecdomainless:([^"]+)"/g);
  return [...specs].map(([, arn = ""]) => arn);
}

function parts(arn: string): { account: string; region: string; name: string } {
  const [, , , region = "", account = "", ...name] = arn.split(":");
  return { account, region, name: name.join(":") };
}

const placeOf = (arn: string) => arn.replace(/^arn:([^:]*):[^:]*:([^:]*):.*$/s, "$1 $2");
