import type { World } from "../../../simulator";
import { type Evidence, heldBy } from "../evidence";
import { nameOf } from "../names";

/** Keeps what is called under what was deployed then. */
export class Recorder {
  readonly evidence: Evidence[] = [];
  readonly #world: World;
  readonly #accounts: string[];
  #from = 0;

  constructor(world: World, ...accounts: string[]) {
    this.#world = world;
    this.#accounts = accounts;
  }

  /** To be called before what is deployed changes. */
  take(): void {
    const { calls } = this.#world.gate;
    const held = heldBy(this.#world, this.#accounts, (arn) => nameOf(arn) !== undefined);
    const unnamed = held.roles.filter(({ arn }) => nameOf(arn) === undefined).map(({ arn }) => arn);
    if (unnamed.length > 0)
      throw new Error(`roles that nothing proves: ${unnamed}; name them in scripts/prove/names.ts`);
    this.evidence.push({ held, calls: calls.slice(this.#from) });
    this.#from = calls.length;
  }
}
