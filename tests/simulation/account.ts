import { policyDocument } from "../../permissions/statement";
import { cleanupTrust, lambdaTrust } from "../../permissions/trust";
import { policyHash, readPolicy } from "../../retention/policy";
import type { Millis, RetentionPolicy } from "../../retention/types";
import { type Principal, type Scope, World } from "../../simulator";
import type { Random } from "../../simulator/random";
import { registerTaskDefinition, type TaskDefinition } from "../../simulator/services/ecs-definitions";
import { createCluster, createService } from "../../simulator/services/ecs-services";
import { createRole, putRolePolicy, updateTrust } from "../../simulator/services/iam";
import { createBucket, deleteObject, putObject } from "../../simulator/services/s3";
import { openSession } from "../../simulator/services/sts";
import type { WorldSettings } from "./history";

export const ACCOUNT = "111122223333";
export const REGION = "eu-central-1";
export const BUCKET = "retention-store";
export const PLACE = `${ACCOUNT}-${REGION}`;
const SCOPE = { partition: "aws", account: ACCOUNT, region: REGION };
const FUNCTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/ecs-retention-${REGION}`;

/** Secrets that must never leave the archive, the first of a shape that the detector knows. */
const SECRETS = {
  key: "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAsimulated0000000000\n-----END RSA PRIVATE KEY-----",
  plain: "ordinary-value-of-the-environment",
};

const HOUR = 3_600_000;

export const CLUSTERS = ["shop", "batch"];

/** The simulated account that a history happens to: ECS, the store, roles and registrations. */
export class Account {
  readonly world: World;
  readonly scope: Scope;
  /** The session that the deployed function runs under. */
  readonly lambda: Principal;
  /** Of the function, as its environment has them. */
  settings: { acknowledgedGaps: { id: string; reason: string; until: string }[]; ignoredSources: [] } = {
    acknowledgedGaps: [],
    ignoredSources: [],
  };
  /** Told of each object of the store that somebody is about to damage. */
  meddled: (key: string) => void = () => {};
  /** Operations that AWS denies to everybody until further notice, and since when. */
  readonly denied = new Map<string, Millis>();

  constructor(seed: number, { pageSize, staleness }: Pick<WorldSettings, "pageSize" | "staleness">) {
    this.world = new World({ seed, pageSize });
    this.world.inactiveLag = staleness;
    this.scope = this.world.scope(ACCOUNT, REGION);
    createBucket(this.scope, { name: BUCKET }).versioning = "Enabled";
    for (const name of CLUSTERS) createCluster(this.scope, name);
    const role = createRole(this.scope, {
      name: `ecs-retention-${REGION}`,
      trust: policyDocument(lambdaTrust()),
    });
    // IAM's net is taken away here, so that only code is left to stop what must not happen.
    putRolePolicy(this.scope, role.name, "all", allow("*"));
    this.lambda = openSession(this.scope, role, { name: "function" });
  }

  /** A family with some days of history, and its service. */
  addFamily(family: string, revisions: number, random: Random): void {
    for (let age = revisions; age > 0; age--) this.register(family).registeredAt -= age * 9 * HOUR;
    createService(this.scope, {
      cluster: CLUSTERS[random.below(2)],
      service: family,
      taskDefinition: family,
      desiredCount: random.below(3),
      controller: random.next() < 0.15 ? "CODE_DEPLOY" : "ECS",
      strategy: random.next() < 0.4 ? "BLUE_GREEN" : "ROLLING",
      circuitBreaker: random.next() < 0.6,
    });
  }

  register(family: string, secret = false): TaskDefinition {
    const environment = [{ name: "MODE", value: SECRETS.plain }];
    if (secret) environment.push({ name: "SIGNING_KEY", value: SECRETS.key });
    return registerTaskDefinition(this.scope, {
      family,
      containerDefinitions: [{ name: "app", image: "nginx:1.27", environment }],
    });
  }

  /** What `pulumi up` does for one service: the cleanup role and its policy first, the registration after them. */
  deploy(name: string, given: object, { withRole = true } = {}): RetentionPolicy {
    const { policy, problems } = readPolicy(given);
    if (!policy) throw new Error(`the history drew a policy that is none: ${JSON.stringify(problems)}`);
    const role = `cleanup-${name}`;
    const cleanupRoleArn = `arn:aws:iam::${ACCOUNT}:role/ecs-retention/${REGION}/${role}`;
    if (withRole) {
      const trust = policyDocument(cleanupTrust(SCOPE, FUNCTION_ROLE, policyHash(policy)));
      const { roles } = this.world.services.iam.of(ACCOUNT);
      if (roles.has(role)) updateTrust(this.scope, role, trust);
      else createRole(this.scope, { name: role, path: `/ecs-retention/${REGION}/`, trust });
      putRolePolicy(this.scope, role, "cleanup", allow("ecs:De*"));
    }
    const body = JSON.stringify({ version: 1, policy, cleanupRoleArn });
    this.put(registrationKey(name), body);
    return policy;
  }

  put(key: string, body: string): void {
    putObject(this.scope, { bucket: BUCKET, key, body });
  }

  remove(key: string): void {
    deleteObject(this.scope, BUCKET, key);
  }

  /** A user of one name each, so that calls tell who made them. */
  user(name: string): Principal {
    const accessKeyId = `AKIA${name}`;
    const user = {
      arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
      account: ACCOUNT,
      accessKeyId,
      secretAccessKey: `secret-of-${name}`,
    };
    this.world.services.sts.principals.set(accessKeyId, user);
    return user;
  }
}

export const registrationKey = (name: string) => `policies/shop/prod/${name}.json`;

function allow(action: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
  });
}
