import type { History } from "./history";
import type { Violation } from "./observer";
import { simulate } from "./run";
import type { Cleaner } from "./runs";
import { shrink } from "./shrink";

/** For people: what was broken, the shortest history found in which it still is, and how to see it again. */
export async function describeFailure(history: History, cleaner?: Cleaner): Promise<string> {
  const violated = async (candidate: History): Promise<Violation | undefined> =>
    (await simulate(candidate, { cleaner })).violations[0];
  const first = await violated(history);
  if (!first) return `seed ${history.seed}: nothing is broken`;
  const shortest = await shrink(history, first.rule, violated);
  const { told, violations } = await simulate(shortest, { cleaner });
  return [
    `seed ${history.seed} breaks "${first.rule}": ${first.text}`,
    `${shortest.events.length} of its ${history.events.length} events still do: ${violations[0]?.text}`,
    ...told.map((line) => `  ${line}`),
    `npm run replay -- --seed ${history.seed} --events ${shortest.events.map(({ id }) => id).join(",")}`,
  ].join("\n");
}
