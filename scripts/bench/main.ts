/**
 * `npm run bench`: what the product costs, each figure beside a floor or a formula from the same run. `-- --json` prints
 * an array of {@link Figure}. Benchmarks are no tests: they fail only where calls differ from the published formula, where
 * a backlog takes more than {@link MOST} times its floor, or where a deployment was throttled.
 */
import { backlogs } from "./backlogs";
import { EXACTLY, type Figure } from "./figure";
import { planning } from "./planning";
import { reads } from "./reads";

/** Active time on a backlog, in times of its floor. */
const MOST = 1.15;

async function main(): Promise<void> {
  const json = process.argv.includes("--json");
  const figures: Figure[] = [];
  for (const part of [reads, backlogs, planning]) {
    if (!json) process.stderr.write(`${part.name} …\n`);
    figures.push(...(await part()));
  }
  if (json) console.log(JSON.stringify(figures, undefined, 2));
  else {
    const rows = figures.map(({ name, unit, measured, reference, referenceName, ratio }) => ({
      name,
      measured: `${measured} ${unit}`,
      beside: `${reference} ${unit}: ${referenceName}`,
      ratio,
    }));
    console.table(rows);
  }
  const wrong = figures.filter(({ name, measured, referenceName, ratio }) => {
    if (referenceName.startsWith(EXACTLY)) return ratio !== 1;
    if (name.endsWith("active time")) return ratio > MOST;
    return name.endsWith("throttled deployments") && measured > 0;
  });
  for (const { name, measured, reference, referenceName } of wrong) {
    process.stderr.write(`${name}: ${measured}, beside ${reference} (${referenceName})\n`);
  }
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

if (require.main === module) void main();
