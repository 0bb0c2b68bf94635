import { memoryStore } from "../../aws/memory-store";
import type { GoodRegistration } from "../../cleanup/registrations";
import { run } from "../../cleanup/run";
import { DAY } from "../../retention/duration";
import { policyHash, readPolicy } from "../../retention/policy";
import type { Report, RetentionPolicy } from "../../retention/types";
import { World } from "../../simulator/index";
import { deregisterTaskDefinition, registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { connectTo } from "../../simulator/wire/middleware";

const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
/** What a Lambda function has. */
const TIMEOUT = 15 * 60_000;

/** A policy by which everything stale may go at once, so that pace alone decides. */
const STALE_AT_ONCE = { taskDefinitions: { unusedFor: "0h", keepSuccessful: 0 }, limits: { maxRemovals: 25_000 } };

export function policyOf(family: string, mode: "report" | "enforce" = "report"): RetentionPolicy {
  const { policy } = readPolicy({ family, mode, ...STALE_AT_ONCE });
  if (!policy) throw new Error(`no policy for family ${family}`);
  return policy;
}

/** An account in the simulator with a store, and runs over it in process, all as its administrator. */
export class Account {
  readonly world = new World();
  readonly scope = this.world.scope(ACCOUNT, REGION);
  readonly #store = memoryStore();
  #runs = 0;

  register(family: string): string {
    const containerDefinitions = [{ name: "app", image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${family}:1` }];
    return registerTaskDefinition(this.scope, { family, containerDefinitions }).arn;
  }

  deregister(arn: string): void {
    deregisterTaskDefinition(this.scope, arn);
  }

  /** Past every age that the policy's defaults ask for. */
  age(): Promise<void> {
    return this.world.clock.advance(60 * DAY);
  }

  async run(policies: RetentionPolicy[]): Promise<Report> {
    this.#runs += 1;
    const { clock } = this.world;
    const connect = connectTo(this.world, this.world.admin(ACCOUNT), REGION);
    const registrations = policies.map(
      (policy): GoodRegistration => ({
        key: `policies/bench/dev/${policy.family}.json`,
        registration: { version: 1, policy },
        hash: policyHash(policy),
      }),
    );
    const { report } = await clock.actor(() =>
      run({
        connect,
        clock,
        account: ACCOUNT,
        region: REGION,
        runId: `bench-${this.#runs}`,
        registrations,
        store: this.#store,
        remembers: true,
        settings: { acknowledgedGaps: [], ignoredSources: [] },
        deadline: clock.now() + TIMEOUT,
        removerFor: async () => connect.ecs(),
      }),
    );
    if (!report) throw new Error("the lease of the run before was not released");
    return report;
  }
}

export const sum = (calls: Record<string, number>) => Object.values(calls).reduce((total, count) => total + count, 0);
