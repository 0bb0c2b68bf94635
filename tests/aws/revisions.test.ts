import assert from "node:assert/strict";
import { calls } from "../../aws/retry";
import { LISTED_BY_FAMILY, listRevisions } from "../../aws/revisions";
import { AwsError, type World } from "../../simulator";
import { deleteTaskDefinition } from "../../simulator/services/ecs-definitions";
import {
  answering,
  callsOf,
  connectAdmin,
  deregister,
  failing,
  gapsOf,
  HOUR,
  newWorld,
  outcomesOf,
  register,
  registered,
  runIn,
  scopeOf,
} from "../cleanup/support";

function list(world: World, families: string[], connect = connectAdmin(world)) {
  const { clock } = world;
  return clock.actor(() => listRevisions(connect.ecs(), calls(clock, clock.now() + HOUR), new Set(families)));
}

async function account(families: string[]) {
  const world = newWorld();
  for (const family of families) {
    await register(world, family, 5);
    deregister(world, family, 1, 2);
    deleteTaskDefinition(scopeOf(world), `${family}:1`);
  }
  return world;
}

describe("listRevisions", () => {
  it("lists every status of the families, newest first, and no family with a similar name", async () => {
    const world = newWorld();
    for (const family of ["check", "checkout", "checkout-blue"]) await register(world, family, 8);
    deregister(world, "checkout", 1, 4);
    deleteTaskDefinition(scopeOf(world), "checkout:1");
    const { revisions, gaps } = await list(world, ["checkout"]);
    assert.deepEqual(gaps, []);
    assert.deepEqual(
      revisions.map(({ family, revision, status }) => `${family}:${revision} ${status}`),
      [
        ...[8, 7, 6, 5].map((revision) => `checkout:${revision} ACTIVE`),
        ...[4, 3, 2].map((revision) => `checkout:${revision} INACTIVE`),
        "checkout:1 DELETE_IN_PROGRESS",
      ],
    );
  });

  it("lists the account once where there are more families than pay for lists of their own", async () => {
    const families = Array.from({ length: LISTED_BY_FAMILY + 1 }, (_, index) => `family-${index}`);
    const world = newWorld(0);
    for (const family of [...families, "unrelated"]) await register(world, family, 2, 1);
    const { revisions } = await list(world, families);
    assert.equal(revisions.length, families.length * 2);
    assert.equal(callsOf(world, "ListTaskDefinitions").length, 3);

    await world.clock.advance(HOUR);
    const each = await list(world, families.slice(1));
    assert.equal(each.revisions.length, LISTED_BY_FAMILY * 2);
    assert.equal(callsOf(world, "ListTaskDefinitions").length, 3 + 3 * LISTED_BY_FAMILY);
  });

  it("blocks one family alone where its list fails", async () => {
    const world = await account(["checkout", "basket"]);
    await world.clock.advance(240 * HOUR);
    const policy = { taskDefinitions: { keepRevisions: 1, keepFor: "0h" } };
    const denied = new AwsError("AccessDeniedException", "no");
    failing(world, "ListTaskDefinitions", { before: denied }, (nth) => nth === 1);
    const families = ["checkout", "basket"].map((family) => registered(family, policy));
    const report = await runIn(world, families, { runId: "any" });
    const [gap, ...others] = report.gaps.filter(({ scope }) => scope.kind !== "none");
    assert.deepEqual(others, []);
    assert.equal(gap?.scope.kind, "family");
    const blocked = gap?.scope.kind === "family" ? gap.scope.name : "";
    assert.deepEqual(outcomesOf(report, blocked), []);
    assert.ok(outcomesOf(report, blocked === "basket" ? "checkout" : "basket").length > 0);
  });

  it("cuts off a list whose nextToken repeats, and what is not an ARN of a revision is a gap", async () => {
    const world = await account(["checkout"]);
    const repeating = answering(connectAdmin(world), "ListTaskDefinitions", (output) => ({
      ...output,
      nextToken: "x",
    }));
    assert.deepEqual(gapsOf(await list(world, ["checkout"], repeating)), [
      "revisions truncated family: ecs:ListTaskDefinitions: the list repeats its nextToken",
    ]);
    const odd = answering(connectAdmin(world), "ListTaskDefinitions", () => ({ taskDefinitionArns: ["checkout"] }));
    assert.match(gapsOf(await list(world, ["checkout"], odd))[0] ?? "", /"checkout" is not the ARN of a revision/);
  });
});
