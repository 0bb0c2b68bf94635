import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");

function start(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = join(root, "scripts/start.ts");
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], { cwd: root, encoding: "utf8" });
}

describe("npm start", function () {
  this.timeout(120_000);

  it("prints what the README shows of it, and where the page of the report lies", () => {
    const { status, stdout, stderr } = start();
    assert.equal(status, 0, stderr);
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const [, excerpt = ""] = /^```text\n(.*?)\n```$/ms.exec(readme) ?? [];
    assert.equal(excerpt.split("\n").length, 4);
    // Grants are for reading: no JSON, and no line of space too many.
    assert.match(stdout, / by Service +.*aws:SourceAccount =/);
    assert.doesNotMatch(stdout, /\{"|\n\n\n/);
    for (const line of excerpt.split("\n")) assert.ok(stdout.includes(line), `missing: ${line}`);
    const [, page = ""] = /^Report: (.+\.html)$/m.exec(stdout) ?? [];
    assert.ok(existsSync(join(root, page)), page);
  });

  it("prints one JSON document with --json, for a task definition of the user's own", () => {
    const file = join(mkdtempSync(join(tmpdir(), "task-definition-")), "basket.json");
    writeFileSync(
      file,
      JSON.stringify([{ name: "web", image: "nginx:1.29", environment: [{ name: "A", value: "b" }] }]),
    );
    const { status, stdout, stderr } = start("--json", "--task-definition", file);
    assert.equal(status, 0, stderr);
    const { resources, statements, runs, calls, report } = JSON.parse(stdout);
    assert.deepEqual(Object.keys(resources[0]), ["type", "name", "parent"]);
    assert.ok(statements.some(({ sid }: { sid: string }) => sid === "DeleteRevisions"));
    const deregister = statements.find(({ sid }: { sid: string }) => sid === "DeregisterRevisions");
    assert.deepEqual(deregister.conditions, { StringEquals: { "aws:RequestedRegion": "eu-west-1" } });
    assert.equal(runs[0].mode, "report");
    assert.deepEqual(runs[0].outcomes, []);
    const enforced = runs.slice(1);
    assert.deepEqual([...new Set(enforced.map(({ mode }: { mode: string }) => mode))], ["enforce"]);
    const outcomes = enforced.flatMap((run: { outcomes: { subject: string; result: string }[] }) => run.outcomes);
    assert.ok(outcomes.length > 0);
    for (const { subject, result } of outcomes) {
      assert.match(subject, /:task-definition\/basket:\d+$/);
      assert.equal(result, "done");
    }
    assert.ok(calls["ecs:DeregisterTaskDefinition"] > 0);
    assert.ok(existsSync(report));
  });

  it("says how it is used where an option is not one of its own", () => {
    const { status, stderr } = start("basket.json");
    assert.equal(status, 1);
    assert.match(stderr, /basket\.json.*\nUsage: npm start -- \[--task-definition FILE\] \[--json\]\n$/s);
    assert.match(start("--help").stdout, /^Usage: npm start/);
  });

  it("says what is wrong with a file that is no task definition, and where, and exits with 1", () => {
    const { status, stdout, stderr } = start("--task-definition", join(root, "package.json"));
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /package\.json: got no container definitions.*expected.*fix/);
  });
});
