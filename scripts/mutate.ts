/**
 * `npm run mutate`: breaks the product on purpose, one break at a time, and lists which of them a test noticed. First
 * every rule, source, guard, constraint, check and grant is left out of its list in turn; then Stryker mutates the
 * operators of what decides and removes. What no test of a unit notices, 500 steps of the simulation must. `-- --shard
 * 1/4` takes every fourth break. Fails where a break survives that docs/mutants.md does not explain.
 */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DROPS } from "./mutate/drop";

const ROOT = join(__dirname, "..");
const SANDBOX = join(ROOT, ".stryker-tmp");
const REPORT = join(ROOT, "reports", "mutation.json");
const EXPLAINED = join(ROOT, "docs", "mutants.md");

/** Stryker mutates these, each noticed by the tests of its folder. */
const MUTATED = [
  "retention/decide.ts",
  "retention/revisions/rules.ts",
  "retention/limits.ts",
  "retention/ledger.ts",
  "cleanup/store/lease.ts",
  "cleanup/guards.ts",
  "aws/apply-revisions.ts",
  "lifecycle/evaluate.ts",
  "lifecycle/mark.ts",
  "lifecycle/tags.ts",
];

/** The tests of units, the quickest first: all that need neither a deployment nor a simulated history. */
const UNITS = [
  "tests/lifecycle/!(against-simulator|corpus|checks-corpus|checks-properties).test.ts",
  "tests/retention/**/*.test.ts",
  "tests/aws/**/*.test.ts",
  "tests/cleanup/store/*.test.ts",
  "tests/cleanup/!(crash|store-faults).test.ts",
  "tests/cleanup/crash.test.ts",
  "tests/cleanup/store-faults.test.ts",
];
/** Those of lists of which nothing but entries is left out. */
const OF_LISTS = ["tests/checks/checks.test.ts", "tests/permissions/execution*.test.ts"];
const SIMULATE = ["--import", "tsx", "scripts/simulate.ts", "--steps", "500", "--seed", "1"];

interface Break {
  /** One line: what stands in docs/mutants.md where it may survive. */
  name: string;
  noticedBy: "tests" | "simulation" | undefined;
}

function node(args: string[], { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  return new Promise<boolean>((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: "ignore" });
    child.once("close", (code) => resolve(code === 0));
  });
}

/** Two at a time: so many cores are reckoned with. */
async function each<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    [1, 2].map(async () => {
      for (const item of rest) await work(item);
    }),
  );
}

const mocha = ["node_modules/mocha/bin/mocha.js", "--bail", "--reporter", "min"];

async function dropEach(drops: string[]): Promise<Break[]> {
  const breaks: Break[] = [];
  await each(drops, async (drop) => {
    const env = { DROP: drop };
    const preload = ["--require", "tsx/cjs", "--require", "./scripts/mutate/drop.ts"];
    const unseen = await node([...mocha, ...preload, ...OF_LISTS, ...UNITS], { env });
    const noticedBy = unseen
      ? await felt(["--import", "tsx", "--require", "./scripts/mutate/drop.ts"], { env })
      : "tests";
    breaks.push(progress({ name: drop, noticedBy }));
  });
  return breaks;
}

interface Location {
  start: { line: number; column: number };
  end: { line: number; column: number };
}

interface Mutant {
  id: string;
  mutatorName: string;
  replacement: string;
  location: Location;
  status: "Killed" | "Survived" | "NoCoverage" | "Timeout" | "RuntimeError" | "CompileError" | "Ignored";
}

async function mutate(files: string[]): Promise<Break[]> {
  if (files.length === 0) return [];
  rmSync(SANDBOX, { recursive: true, force: true });
  const stryker = ["node_modules/@stryker-mutator/core/bin/stryker.js", "run", "scripts/mutate/stryker.mjs"];
  spawnSync(process.execPath, [...stryker, "--mutate", files.join(",")], {
    cwd: ROOT,
    // Its own processes need it as well.
    env: {
      ...process.env,
      NODE_OPTIONS: `--require ${join(__dirname, "mutate/cjs.cjs")}`,
      UNITS: JSON.stringify(UNITS),
      REPORT,
      SANDBOX,
    },
    stdio: ["ignore", 2, 2],
  });
  const report = JSON.parse(readFileSync(REPORT, "utf8")) as {
    files: Record<string, { source: string; mutants: Mutant[] }>;
  };
  const [sandbox = ""] = readdirSync(SANDBOX).filter((name) => name.startsWith("sandbox"));
  const breaks: Break[] = [];
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    await each(
      mutants.filter(({ status }) => status !== "Ignored" && status !== "CompileError"),
      async ({ id, mutatorName, replacement, status, location }) => {
        const name = `${file} ${mutatorName}: ${describe(source, location)} -> ${oneLine(replacement)}`;
        const unseen = status === "Survived" || status === "NoCoverage";
        const where = { cwd: join(SANDBOX, sandbox), env: { __STRYKER_ACTIVE_MUTANT__: id } };
        breaks.push(unseen ? progress({ name, noticedBy: await felt([], where) }) : { name, noticedBy: "tests" });
      },
    );
  }
  rmSync(SANDBOX, { recursive: true, force: true });
  return breaks;
}

/** What was changed, and the line that it stands in: by its text, since its number changes with every line above it. */
function describe(source: string, { start, end }: Location): string {
  const lines = source.split("\n");
  const line = lines[start.line - 1] ?? "";
  const changed = start.line === end.line ? line.slice(start.column - 1, end.column - 1) : line.slice(start.column - 1);
  return `${oneLine(line)} | ${oneLine(changed)}`;
}

const oneLine = (text: string) => text.trim().replace(/\s+/g, " ").slice(0, 120);

/** Whether the simulation notices what no test did. */
async function felt(preload: string[], where: Parameters<typeof node>[1]): Promise<Break["noticedBy"]> {
  return (await node([...preload, ...SIMULATE], where)) ? undefined : "simulation";
}

function progress(one: Break): Break {
  process.stderr.write(`${one.noticedBy ? `noticed by ${one.noticedBy}` : "SURVIVED"}: ${one.name}\n`);
  return one;
}

function shardOf<T>(items: T[], shard: string): T[] {
  const [, at, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(shard) ?? [];
  if (!at || !of || Number(at) > Number(of)) throw new Error(`--shard: got "${shard}", expected such as 1/4`);
  return items.filter((_, index) => index % Number(of) === Number(at) - 1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { shard: { type: "string", default: "1/1" } } });
  const started = Date.now();
  const breaks = [...(await dropEach(shardOf(DROPS, values.shard))), ...(await mutate(shardOf(MUTATED, values.shard)))];
  const explained = new Set(readFileSync(EXPLAINED, "utf8").split("\n"));
  const survivors = breaks.filter(({ noticedBy }) => !noticedBy);
  const unexplained = survivors.filter(({ name }) => !explained.has(name));
  const by = (who: string) => breaks.filter(({ noticedBy }) => noticedBy === who).length;
  for (const { name } of survivors) {
    console.log(`${unexplained.some((each) => each.name === name) ? "SURVIVED" : "survived, explained"}: ${name}`);
  }
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  console.log(
    `${breaks.length} breaks: ${by("tests")} noticed by tests, ${by("simulation")} by the simulation, ` +
      `${survivors.length} survived, ${unexplained.length} of them unexplained; ${minutes} min`,
  );
  process.exitCode = unexplained.length > 0 ? 1 : 0;
}

void main();
