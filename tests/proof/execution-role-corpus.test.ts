import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readTaskDefinition } from "../../checks/definition";
import { derive, type ExecutionCase, type Start, startsOf, statementsOf } from "./support/execution";
import { disprovedPart } from "./support/execution-proof";

const CORPUS = join(__dirname, "../../../shared/corpus/task-definitions");

/** Placeholders, skeletons of the command line, and mistakes: what is wrong is told instead of derived. */
const REFUSED = ["034", "047", "051", "079", "084", "113", "131", "139", "145", "149", "180", "194"];

/** Runs in the account and Region that the file names first. */
function readCase(file: string): ExecutionCase {
  const text = readFileSync(join(CORPUS, file), "utf8").replace(/^\uFEFF/, "");
  const definition: unknown = readTaskDefinition(JSON.parse(text));
  const [account = "111122223333"] = /\b\d{12}\b/.exec(text) ?? [];
  const [region = "eu-west-1"] = /\b[a-z]{2}-[a-z]+-\d\b/.exec(text) ?? [];
  return { ...(definition as ExecutionCase), name: file.slice(0, -".json".length), account, region };
}

describe("execution roles of the task definitions of public projects", () => {
  const refused: string[] = [];
  const starts: Start[] = [];

  before(async function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    for (const of of readdirSync(CORPUS).sort().map(readCase)) {
      if (derive(of).wrong) refused.push(of.name.slice(0, 3));
      else for await (const start of startsOf(of, { statements: statementsOf(of) })) starts.push(start);
    }
  });

  it("start every task, but of definitions whose mistakes are known", () => {
    assert.deepEqual(starts.flatMap(refusals), []);
    assert.deepEqual(refused, REFUSED);
    assert.ok(starts.length >= 135, `${starts.length}`);
  });

  it("hold nothing that no start needs, and let no start do a neighbour's", async () => {
    assert.deepEqual(await disprovedPart(starts.map(({ evidence }) => evidence)), []);
  });
});

const refusals = ({ refused }: Start) =>
  refused.map(({ principal, container, action, resources }) => `${principal} (${container}): ${action} ${resources}`);
