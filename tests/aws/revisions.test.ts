import assert from "node:assert/strict";
import { calls } from "../../aws/retry";
import { describeRevision, factOf, LISTED_BY_FAMILY, listRevisions, type Wanted } from "../../aws/revisions";
import { AwsError, type World } from "../../simulator";
import { deleteTaskDefinition, tagTaskDefinition } from "../../simulator/services/ecs-definitions";
import {
  answering,
  arnOf,
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

function list(world: World, families: (string | Wanted)[], connect = connectAdmin(world)) {
  const { clock } = world;
  const wanted = families.map((each) =>
    typeof each === "string" ? { family: each, familyMatch: "exact" as const } : each,
  );
  return clock.actor(() => listRevisions(connect.ecs(), calls(clock, clock.now() + HOUR), wanted));
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

  it("lists the account for families that differ by a hash, and takes no other that begins alike", async () => {
    const world = newWorld();
    const line = ["checkout-0a1b2c3d", "checkout-ffffffff"];
    const others = ["checkout", "checkout-blue", "checkout-0A1B2C3D", "checkout-0a1b2c3d4", "checkout-x-0a1b2c3d"];
    for (const family of [...line, ...others, "basket"]) await register(world, family, 2);
    const { revisions } = await list(world, [{ family: "checkout", familyMatch: "hash-suffix" }, "basket"]);
    assert.deepEqual([...new Set(revisions.map(({ family }) => family))].sort(), ["basket", ...line]);
    assert.equal(revisions.length, 6);
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

describe("describeRevision", () => {
  const describeIn = (world: World, name: string, include: "TAGS"[] = [], connect = connectAdmin(world)) =>
    world.clock.actor(() =>
      describeRevision(connect.ecs(), calls(world.clock, world.clock.now() + HOUR), arnOf(name), include),
    );

  it("reads tags only where they are asked for", async () => {
    const world = await account(["checkout"]);
    tagTaskDefinition(scopeOf(world), "checkout:5", { team: "shop" });
    assert.deepEqual((await describeIn(world, "checkout:5"))?.tags, []);
    assert.deepEqual((await describeIn(world, "checkout:5", ["TAGS"]))?.tags, [{ key: "team", value: "shop" }]);
  });

  it("gives nothing for a revision that vanished, and refuses the description of another one", async () => {
    const world = await account(["checkout"]);
    assert.equal(await describeIn(world, "checkout:99"), undefined);
    const odd = answering(connectAdmin(world), "DescribeTaskDefinition", () => ({
      taskDefinition: { taskDefinitionArn: arnOf("checkout:4"), status: "INACTIVE" },
    }));
    await assert.rejects(describeIn(world, "checkout:5", [], odd), {
      message: "ecs:DescribeTaskDefinition: UnexpectedAnswer",
    });
  });

  it("gives the facts that never change, and says where AWS knows no date of deregistration", async () => {
    const world = await account(["checkout"]);
    const { definition } = (await describeIn(world, "checkout:2")) ?? assert.fail("it is gone");
    const fact = factOf(definition, ["app: environment TOKEN"]);
    assert.deepEqual([fact.revision, fact.plaintextSecrets], ["checkout:2", ["app: environment TOKEN"]]);
    assert.ok((fact.registeredAt ?? 0) < (fact.deregisteredAt ?? 0));
    assert.equal(fact.undated, undefined);
    const { deregisteredAt: _, ...undated } = definition;
    assert.equal(factOf(undated, []).undated, true);
    assert.equal(factOf({ ...undated, status: "ACTIVE" }, []).undated, undefined);
  });
});
