import type { Connect } from "../../aws/clients";
import type { Principal, World } from "../../simulator";
import type { Random } from "../../simulator/random";
import { connectTo } from "../../simulator/wire/middleware";

type Next = (args: object) => Promise<object>;

/** As `connectTo`, over a network: now and then a call is on its way, or its answer, for so many milliseconds at most. */
export function connectSlowly(
  world: World,
  principal: Principal,
  region: string,
  clock: { sleep(ms: number): Promise<void> },
  random: Random,
  slowest: number,
): Connect {
  const connect = connectTo(world, principal, region);
  if (slowest === 0) return connect;
  const slow = (next: Next) => async (args: object) => {
    const takes = random.next() < 0.3 ? random.below(slowest) : 0;
    if (takes > 0 && takes % 2 === 0) await clock.sleep(takes);
    const answer = await next(args);
    if (takes % 2 === 1) await clock.sleep(takes);
    return answer;
  };
  const slowed = Object.entries(connect).map(([name, make]) => [
    name,
    (...given: never[]) => {
      const client = (make as (...given: never[]) => { middlewareStack: { addRelativeTo(...args: unknown[]): void } })(
        ...given,
      );
      client.middlewareStack.addRelativeTo(slow, { relation: "before", toMiddleware: "simulator", name: "network" });
      return client;
    },
  ]);
  return Object.fromEntries(slowed) as Connect;
}
