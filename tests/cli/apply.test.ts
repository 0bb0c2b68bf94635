import assert from "node:assert/strict";
import type { AccountState, Ledger, Report } from "../../retention/types";
import type { World } from "../../simulator";
import { AwsError } from "../../simulator/operation";
import { findTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createService } from "../../simulator/services/ecs-services";
import {
  ACCOUNT,
  checkoutWorld,
  cli,
  DAY,
  Policies,
  policyOf,
  REGION,
  register,
  removals,
  SECRET,
  scopeOf,
} from "./support";

describe("ecs-retention apply", () => {
  let policies: Policies;
  let world: World;
  let file: string;
  beforeEach(async () => {
    policies = new Policies();
    world = await checkoutWorld();
    file = policies.write("checkout.json", policyOf("checkout"));
    await policies.remember();
  });
  afterEach(() => policies.remove());

  const apply = (args: string[], options: Parameters<typeof cli>[2] = {}) =>
    cli(world, ["apply", "--store", policies.store, ...args], options);

  const statusOf = (revision: number) => findTaskDefinition(scopeOf(world), `checkout:${revision}`)?.status;
  const fault = (operation: string, name: string) => {
    world.gate.faults = (call) => (call.operation === operation ? { before: new AwsError(name, "no") } : undefined);
  };

  it("removes without asking with --yes and exits with 0", async () => {
    const { code, stdout, stderr } = await apply(["--policy", file, "--yes"]);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.deepEqual([6, 5, 4].map(statusOf), ["ACTIVE", "ACTIVE", "INACTIVE"]);
    assert.deepEqual(removals(world).sort(), ["DeleteTaskDefinitions", "DeregisterTaskDefinition"]);
    assert.match(stdout, /checkout:4 .*deregister .*deregistered\n/);
    assert.match(stdout, /checkout:1-3 .*delete .*deleted\n/);
    assert.match(stdout, /\nRevisions: 1 deregistered, 3 deleted\.\n/);
  });

  it("keeps the JSON of what it deletes in the store and prints the call that restores it", async () => {
    const { stdout } = await apply(["--policy", file, "--yes"]);
    const archived = await policies.keys("archive/");
    assert.equal(archived.length, 3, archived.join());
    const pattern = `archive/${ACCOUNT}-${REGION}/checkout/REVISION.partial.json`;
    const call = `aws ecs register-task-definition --region ${REGION} --cli-input-json file://${policies.store}/${pattern}`;
    const what = "checkout:1-3 (3): partial: put back app: environment TOKEN first";
    assert.ok(stdout.includes(`  ${what}\n    ${call}\n`), stdout);
    for (const key of archived) assert.doesNotMatch(JSON.stringify(await policies.get(key)), new RegExp(SECRET));
  });

  it("counts what it removed in the policy's ledger, under cli/ and the family", async () => {
    await apply(["--policy", file, "--yes"]);
    const ledger = await policies.get<Ledger>(`ledger/${ACCOUNT}-${REGION}/cli%2Fcheckout`);
    assert.equal(
      ledger?.removed.reduce((sum, { count }) => sum + count, 0),
      4,
    );
  });

  it("goes on past five minutes until everything is gone", async () => {
    await register(world, "basket", 420);
    await world.clock.advance(40 * DAY);
    await policies.remember("cli/basket");
    const many = policies.write("basket.json", policyOf("basket"));
    const startedAt = world.clock.now();
    const { code, stdout } = await apply(["--policy", many, "--yes"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\nRevisions: 418 deregistered, 0 deleted\.\n/);
    assert.ok(world.clock.now() - startedAt > 10 * 60_000);
  });

  it("stops at the policy's limit, tells when the rest will be gone, and exits with 3", async () => {
    const limited = policies.write("limited.json", policyOf("checkout", { limits: { maxRemovals: 1 } }));
    const { code, stdout } = await apply(["--policy", limited, "--yes"]);
    assert.equal(code, 3, stdout);
    assert.equal(removals(world).length, 1);
    assert.match(stdout, /3 postponed; at maxRemovals a day the rest is gone by \d{4}-\d\d-\d\d/);
  });

  it("removes nothing that came into use while the question stood", async () => {
    const ask = async () => {
      createService(scopeOf(world), { cluster: "shop", service: "old", taskDefinition: "checkout:4" });
      await world.clock.advance(60 * 60_000);
      return "y";
    };
    const { code, stdout } = await apply(["--policy", file], { ask });
    assert.equal(code, 0, stdout);
    assert.equal(statusOf(4), "ACTIVE");
    assert.match(stdout, /checkout:4 .*spared: now in use by .*service shop\/old/);
    assert.match(stdout, /checkout:1-3 .*deleted/);
  });

  it("removes by a policy in mode retire what nothing uses, the newest too", async () => {
    await register(world, "gone", 2);
    await world.clock.advance(40 * DAY);
    await policies.remember("cli/gone");
    const retire = policies.write("gone.json", policyOf("gone", { mode: "retire" }));
    const { stdout } = await apply(["--policy", retire, "--yes"]);
    assert.match(stdout, /\nRevisions: 2 deregistered, 0 deleted\.\n/);
  });

  it("is stopped by an object below control/, and exits with 3", async () => {
    await policies.put("control/STOP", {});
    const { code, stdout } = await apply(["--policy", file, "--yes"]);
    assert.deepEqual([code, removals(world)], [3, []], stdout);
    assert.match(stdout, /stopped: Removals are stopped for every service: .*control\/STOP/);
  });

  it("does nothing while another run holds the store, says who and until when, and exits with 3", async () => {
    const expiresAt = world.clock.now() + 5 * 60_000;
    const lease = { version: 1, number: 7, runId: "nightly-run", writer: "nightly-run-1", expiresAt };
    await policies.put(`lease/${ACCOUNT}-${REGION}.json`, lease);
    const { code, stdout, stderr } = await apply(["--policy", file, "--yes"]);
    assert.deepEqual([code, stdout, removals(world)], [3, "", []]);
    const until = new Date(expiresAt).toISOString().slice(0, 16).replace("T", " ");
    assert.ok(stderr.includes(`run nightly-run works with ${policies.store} until ${until} UTC`), stderr);
  });

  describe("where the store holds the function's registrations", () => {
    const KEY = "policies/shop/prod/checkout-0a1b2c3d4e5f.json";
    const registered = (policy: object) => ({ version: 1, policy });

    it("shares clocks and limits with the one about the same family, and says so", async () => {
      await policies.put(KEY, registered({ family: "checkout" }));
      await policies.remember(KEY);
      const { code, stdout } = await apply(["--policy", file, "--yes"]);
      assert.equal(code, 0, stdout);
      assert.match(stdout, new RegExp(`note: clocks and limits are shared with ${KEY}`));
      assert.ok(stdout.includes(`checkout · mode enforce · ${file}`), stdout);
      const ledger = await policies.get<Ledger>(`ledger/${ACCOUNT}-${REGION}/${KEY}`);
      assert.equal(ledger?.removed.length !== 0, true);
      const own = await policies.get<Ledger>(`ledger/${ACCOUNT}-${REGION}/cli%2Fcheckout`);
      assert.deepEqual(own?.removed, []);
    });

    it("shares them with a line of families that the policy's family belongs to", async () => {
      await register(world, "web-0a1b2c3d", 3);
      await world.clock.advance(40 * DAY);
      await policies.put(KEY, registered({ family: "web", familyMatch: "hash-suffix" }));
      await policies.remember(KEY);
      const web = policies.write("web.json", policyOf("web-0a1b2c3d"));
      const { stdout } = await apply(["--policy", web, "--yes"]);
      assert.match(stdout, /\nRevisions: 1 deregistered/);
      assert.match(stdout, new RegExp(`note: clocks and limits are shared with ${KEY}`));
    });

    it("begins a ledger of its own where the policy is about more families than the registration", async () => {
      await register(world, "web-0a1b2c3d", 1);
      await register(world, "web-ffffffff", 3);
      await world.clock.advance(40 * DAY);
      await policies.put(KEY, registered({ family: "web-0a1b2c3d" }));
      await policies.remember(KEY);
      const web = policies.write("web.json", { ...policyOf("web"), familyMatch: "hash-suffix" });
      const { stdout } = await apply(["--policy", web, "--yes"]);
      assert.doesNotMatch(stdout, /shared with/);
      assert.deepEqual(removals(world), []);
      assert.match(stdout, /its ledger begins on/);
    });

    it("leaves what the function remembers of other registrations as it is", async () => {
      const other = "policies/shop/prod/basket-0a1b2c3d4e5f.json";
      await policies.put(other, registered({ family: "basket" }));
      await apply(["--policy", file, "--yes"]);
      const state = await policies.get<AccountState>(`state/${ACCOUNT}-${REGION}.json`);
      const gone = Object.entries(state?.lastClaims ?? {}).filter(([, { goneSince }]) => goneSince !== undefined);
      assert.deepEqual(gone, []);
      assert.equal(Object.keys(state?.lastClaims ?? {}).includes("cli/checkout"), false);
    });
  });

  it("removes with the caller's own credentials", async () => {
    await apply(["--policy", file, "--yes"]);
    assert.ok(world.gate.calls.every((call) => call.operation !== "AssumeRole"));
  });

  it("shows the plan and asks on stderr, and removes after a yes", async () => {
    const { code, stdout, stderr, questions } = await apply(["--policy", file, "--json"], {
      answer: "yes",
    });
    assert.equal(code, 0);
    assert.deepEqual(questions, ["Deregister 1 and delete 3 revisions in account 111111111111, eu-central-1? [y/N] "]);
    assert.match(stderr, /checkout:1-3 .*delete/);
    assert.equal((JSON.parse(stdout) as Report).services[0]?.outcomes.length, 4);
  });

  for (const answer of ["", "n", "what?"]) {
    it(`removes nothing and exits with 3 after the answer "${answer}"`, async () => {
      const { code, stdout, stderr } = await apply(["--policy", file], { answer });
      // The plan stands above the question already.
      assert.deepEqual([code, removals(world), stdout], [3, [], ""]);
      assert.match(stderr, /\nDeclined: nothing was removed\n$/);
    });
  }

  it("prints the report with --json also after a no", async () => {
    const { stdout } = await apply(["--policy", file, "--json"], { answer: "n" });
    const outcomes = (JSON.parse(stdout) as Report).services.flatMap((service) => service.outcomes);
    assert.deepEqual([...new Set(outcomes.map(({ cause }) => cause))], ["declined"]);
  });

  it("leaves a policy in mode report alone, says so, and neither asks nor fails", async () => {
    const report = policies.write("report.json", policyOf("checkout", { mode: "report" }));
    const { code, stderr, questions } = await apply(["--policy", report], { answer: "yes" });
    assert.deepEqual([code, questions, removals(world)], [0, [], []]);
    assert.match(
      stderr,
      /^checkout: left alone, its policy is in mode "report"; set "mode": "enforce" in .*report\.json/,
    );
  });

  it("exits with 1 where a removal failed, and shows the cause", async () => {
    fault("DeregisterTaskDefinition", "ClientException");
    const { code, stdout } = await apply(["--policy", file, "--yes"]);
    assert.equal(code, 1);
    assert.match(stdout, /checkout:4 .*failed: .*ClientException/);
  });

  it("exits with 3 where AWS throttled and the rest was postponed", async () => {
    world.gate.faults = ({ operation }) =>
      operation === "DeregisterTaskDefinition" || operation === "DeleteTaskDefinitions"
        ? { before: new AwsError("ThrottlingException", "Rate exceeded") }
        : undefined;
    const { code, stdout } = await apply(["--policy", file, "--yes"]);
    assert.equal(code, 3, stdout);
    assert.match(stdout, /postponed/);
  });

  it("exits with 3 and removes nothing where the account could not be read", async () => {
    fault("ListClusters", "AccessDeniedException");
    const { code } = await apply(["--policy", file, "--yes"]);
    assert.deepEqual([code, removals(world)], [3, []]);
  });

  it("exits with 1 where one policy is broken, though the other was applied", async () => {
    const bad = policies.write("bad.json", "{");
    const { code, stdout } = await apply(["--policy", file, bad, "--yes"]);
    assert.equal(code, 1);
    assert.equal(statusOf(4), "INACTIVE", stdout);
  });

  it("shows no value of a container's environment", async () => {
    const { stdout, stderr } = await apply(["--policy", file], { answer: "y" });
    assert.doesNotMatch(stdout + stderr, new RegExp(SECRET));
  });
});
