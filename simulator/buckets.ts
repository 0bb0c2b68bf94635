import type { Millis } from "../retention/types";
import { AwsError, type Scope, SimulatorError } from "./operation";

/** AWS's token buckets, each per account and Region: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html */
export const BUCKETS: Record<string, { burst: number; perSecond: number }> = {
  "task definition modify": { burst: 20, perSecond: 1 },
  "task definition delete": { burst: 5, perSecond: 1 },
  "task definition read": { burst: 50, perSecond: 20 },
  "cluster read": { burst: 50, perSecond: 20 },
  "service read": { burst: 100, perSecond: 20 },
  "service deployment": { burst: 50, perSecond: 20 },
  "service revision": { burst: 50, perSecond: 20 },
  "cluster resource read": { burst: 100, perSecond: 20 },
};

/** How full each is now. */
export class TokenBuckets {
  readonly #buckets = new Map<string, { tokens: number; at: Millis }>();

  /** @throws AwsError ThrottlingException */
  draw(bucket: string | undefined, { world, account, region }: Scope): void {
    if (bucket === undefined) return;
    const size = BUCKETS[bucket];
    if (!size) {
      throw new SimulatorError(`Bucket ${bucket} is not in BUCKETS of simulator/buckets.ts; add its burst and rate`);
    }
    const key = `${account}/${region}/${bucket}`;
    const at = world.clock.now();
    const before = this.#buckets.get(key) ?? { tokens: size.burst, at };
    const tokens = Math.min(size.burst, before.tokens + ((at - before.at) / 1000) * size.perSecond);
    // Fractions of a second add up to a hair less than a token.
    const enough = tokens > 1 - 1e-9;
    this.#buckets.set(key, { tokens: enough ? tokens - 1 : tokens, at });
    if (!enough) throw new AwsError("ThrottlingException", "Rate exceeded");
  }
}
