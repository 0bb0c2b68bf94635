import assert from "node:assert/strict";
import { listRevisions } from "../../simulator/services/ecs-definitions";
import { describeFailure } from "./failure";
import { type History, randomHistory } from "./history";
import { doesNothing, keepsNewest } from "./naive";
import { Simulation, simulate } from "./run";
import { retimed, shrink } from "./shrink";

const STEPS = 20_000;

describe("random histories", () => {
  it(`break no rule in ${STEPS} steps, and what may go is gone in time`, async () => {
    for (let seed = 1, steps = 0; steps < STEPS; seed++) {
      const history = randomHistory(seed);
      const result = await simulate(history);
      steps += result.steps;
      assert.deepEqual(result.violations, [], result.violations.length > 0 ? await describeFailure(history) : "");
    }
  }).timeout(300_000);

  it("go the same way each time", async () => {
    const history = randomHistory(3);
    const [once, again] = [await simulate(history), await simulate(history)];
    assert.deepEqual(once, again);
    assert.notEqual((await simulate(randomHistory(4))).hash, once.hash);
  }).timeout(60_000);

  it("show what a cleaner does wrong that keeps only the newest, in the fewest events", async () => {
    const cleaner = keepsNewest(2);
    const history = randomHistory(1);
    const first = (await simulate(history, { cleaner })).violations[0];
    assert.ok(first);
    const violated = async (candidate: History) => (await simulate(candidate, { cleaner })).violations[0];
    const shortest = await shrink(history, first.rule, violated);
    assert.ok(shortest.events.length <= 3, `${shortest.events.length} events`);
    assert.match(await describeFailure(history, cleaner), /npm run replay -- --seed 1 --events/);
  }).timeout(60_000);

  it("show that a cleaner which does nothing leaves what should be gone", async () => {
    const { violations } = await simulate(randomHistory(2), { cleaner: doesNothing });
    assert.deepEqual([...new Set(violations.map(({ rule }) => rule))], ["liveness"]);
  });
});

describe("a run that is killed", () => {
  const whole = randomHistory(13);
  const runs = whole.events.filter(({ kind }) => kind === "run-function").slice(0, 8);
  /** Nothing but eight days of runs; the fourth one deregisters and deletes. */
  const history: History = {
    ...whole,
    world: { ...whole.world, skew: 0, slowest: 0, staleness: 0 },
    events: retimed(whole.events, runs),
  };
  const event = runs[3]?.id ?? 0;

  async function endOf(killAt?: { event: number; nth: number; when: "before" | "after" }) {
    const simulation = new Simulation(history, { liveness: false, ...(killAt && { killAt }) });
    const { violations } = await simulation.run();
    assert.deepEqual(violations, []);
    const { removals } = simulation.observer;
    return {
      state: listRevisions(simulation.account.scope).map((each) => `${each.family}:${each.revision} ${each.status}`),
      removed: removals.filter(({ runId }) => runId === `function-${event}`).length,
      killed: simulation.killed,
    };
  }

  for (const when of ["before", "after"] as const) {
    it(`at any call, ${when} it had its effect, and repeated ends as an undisturbed one does`, async () => {
      const undisturbed = await endOf();
      assert.ok(undisturbed.removed > 0, "the run to be killed removes nothing");
      let nth = 1;
      for (; ; nth++) {
        const { state, killed } = await endOf({ event, nth, when });
        if (!killed) break;
        assert.deepEqual(state, undisturbed.state, `killed ${when} call ${nth}`);
      }
      assert.ok(nth > 30, `only ${nth} calls`);
    }).timeout(120_000);
  }
});
