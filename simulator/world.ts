import type { Millis } from "../retention/types";
import { SimulatedClock } from "./clock";
import { Gate } from "./gate";
import type { Principal, Scope } from "./operation";
import { Random } from "./random";
import { newServices, type Services } from "./services/index";
import type { LambdaFunction } from "./services/lambda";

export interface WorldOptions {
  /** @default 1 */
  seed?: number;
  /** @default 2026-01-05T00:00:00Z */
  startsAt?: Millis;
  /** Caps every page that a list call gives. @default AWS's own page sizes */
  pageSize?: number;
}

/** What lambda/ plugs in: without it functions can be deployed but not invoked. */
export interface Hooks {
  /** Starts an invocation; resolves with its end. */
  invoke?(scope: Scope, target: LambdaFunction, payload: string): Promise<{ payload: string; error?: string }>;
  /** An asynchronous invocation, with its retries; resolves once nothing more comes of it. */
  invokeLater?(scope: Scope, target: LambdaFunction, payload: string): Promise<void>;
  /** A schedule was created, changed or deleted. */
  scheduleChanged?(scope: Scope, group: string, name: string): void;
}

/** AWS, as far as this project needs it: several accounts and Regions on one simulated clock. */
export class World {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly gate: Gate;
  readonly services: Services = newServices();
  hooks: Hooks = {};
  pageSize: number | undefined;
  /** Milliseconds for which a deregistered revision may still be run and deployed; on AWS up to ten minutes. */
  inactiveLag = 0;

  constructor(options: WorldOptions = {}) {
    const seed = options.seed ?? 1;
    this.random = new Random(seed);
    this.clock = new SimulatedClock(options.startsAt ?? Date.UTC(2026, 0, 5));
    this.pageSize = options.pageSize;
    this.gate = new Gate(this, new Random(seed ^ 0x5eed));
  }

  scope(account: string, region: string): Scope {
    return { world: this, account, region };
  }

  /** The account's administrator: a user whom IAM allows everything in this account. */
  admin(account: string): Principal {
    const { principals } = this.services.sts;
    const accessKeyId = `AKIAADMIN${account}`;
    const arn = `arn:aws:iam::${account}:user/admin`;
    const admin = principals.get(accessKeyId) ?? {
      arn,
      account,
      accessKeyId,
      secretAccessKey: `secret-of-${accessKeyId}`,
    };
    principals.set(accessKeyId, admin);
    return admin;
  }

  /** Who an access key belongs to. */
  principalOf(accessKeyId: string): Principal | undefined {
    const admin = /^AKIAADMIN(\d{12})$/.exec(accessKeyId);
    return admin?.[1] ? this.admin(admin[1]) : this.services.sts.principals.get(accessKeyId);
  }
}
