/**
 * `npm run simulate -- --steps N [--seed N]`: random histories of an account with the cleanup running in between, one after
 * the other from that seed on, in two processes; fails at the first in which a rule is broken, with the shortest history
 * that still breaks it. `npm run replay -- --seed N [--events 3,17,20]` lives through one again and tells it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { describeFailure } from "../tests/simulation/failure";
import { type History, randomHistory } from "../tests/simulation/history";
import { type Result, simulate } from "../tests/simulation/run";
import { retimed } from "../tests/simulation/shrink";

/** What a worker answers about the history of one seed. */
type Answer = Pick<Result, "steps" | "removals" | "violations"> & { seed: number };

const WORKERS = 2;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      steps: { type: "string", default: "100000" },
      events: { type: "string" },
      replay: { type: "boolean" },
      worker: { type: "boolean" },
    },
  });
  const seed = numberOf("--seed", values.seed);
  if (values.worker) await work();
  else if (values.replay) await replay(seed, values.events);
  else await run(seed, numberOf("--steps", values.steps));
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name}: got "${text}", expected a whole number of at least 1`);
}

/** In a process of its own: lives through the history of each seed that it is sent. */
async function work(): Promise<void> {
  process.on("message", async (seed: number) => {
    const { steps, removals, violations } = await simulate(randomHistory(seed));
    process.send?.({ seed, steps, removals, violations } satisfies Answer);
  });
  await once(process, "disconnect");
}

async function run(first: number, wanted: number): Promise<void> {
  const began = Date.now();
  const answers: Answer[] = [];
  let next = first;
  const total = (of: "steps" | "removals") => answers.reduce((sum, answer) => sum + answer[of], 0);
  const isOver = () => total("steps") >= wanted || answers.some(({ violations }) => violations.length > 0);

  async function drive(worker: ChildProcess): Promise<void> {
    const ended = gone(worker);
    // In the end it goes, and nobody waits for it any more.
    ended.catch(() => {});
    while (!isOver()) {
      worker.send(next++);
      const [answer] = (await Promise.race([once(worker, "message"), ended])) as [Answer];
      answers.push(answer);
      process.stderr.write(`\r${total("steps")} of ${wanted} steps, ${total("removals")} removals …`);
    }
    worker.disconnect();
  }

  const workers = Array.from({ length: WORKERS }, () => fork(__filename, ["--worker"]));
  await Promise.all(workers.map(drive));
  process.stderr.write("\n");
  const failed = answers
    .filter(({ violations }) => violations.length > 0)
    .sort((one, other) => one.seed - other.seed)[0];
  const rate = Math.round((total("steps") / (Date.now() - began)) * 1000);
  if (failed) console.log(await describeFailure(randomHistory(failed.seed)));
  const violations = answers.reduce((sum, answer) => sum + answer.violations.length, 0);
  console.log(
    `seed ${first}: ${total("steps")} steps, ${total("removals")} removals, ${violations} violations, ${rate} steps a second`,
  );
  process.exitCode = failed ? 1 : 0;
}

async function gone(worker: ChildProcess): Promise<never> {
  const [code] = await once(worker, "exit");
  throw new Error(`a worker ended with ${code}; its error stands above`);
}

async function replay(seed: number, only: string | undefined): Promise<void> {
  const whole = randomHistory(seed);
  const ids = only?.split(",").map(Number);
  const events = ids
    ? retimed(
        whole.events,
        whole.events.filter(({ id }) => ids.includes(id)),
      )
    : whole.events;
  const history: History = { ...whole, events };
  const { violations, steps } = await simulate(history, { onTold: (line) => console.log(line) });
  for (const { rule, text } of violations) console.log(`BROKEN ${rule}: ${text}`);
  if (violations.length > 0 && !ids) console.log(await describeFailure(history));
  console.log(`seed ${seed}: ${events.length} events, ${steps} steps, ${violations.length} violations`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

void main();
