/**
 * `npm run bench`: what the product costs, each figure beside a floor or a formula from the same run. `-- --json` prints
 * an array of {@link Figure}. Benchmarks are no tests: they fail only where calls exceed the published formula.
 */
import { backlogs } from "./backlogs";
import { planning } from "./planning";
import { reads } from "./reads";

export interface Figure {
  name: string;
  unit: string;
  measured: number;
  reference: number;
  referenceName: string;
  ratio: number;
}

export function figure(name: string, unit: string, measured: number, reference: number, referenceName: string): Figure {
  return { name, unit, measured, reference, referenceName, ratio: Number((measured / reference).toFixed(3)) };
}

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
  const over = figures.filter(({ referenceName, ratio }) => referenceName.startsWith("formula") && ratio > 1);
  for (const { name, measured, reference } of over) {
    process.stderr.write(`${name}: ${measured} calls, the formula of docs/references.md allows ${reference}\n`);
  }
  process.exitCode = over.length > 0 ? 1 : 0;
}

if (require.main === module) void main();
