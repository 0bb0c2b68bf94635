import assert from "node:assert/strict";
import type { Principal, World } from "../../simulator";
import {
  deregisterTaskDefinition,
  findTaskDefinition,
  tagTaskDefinition,
} from "../../simulator/services/ecs-definitions";
import { createService, runTask, stopTask, updateService } from "../../simulator/services/ecs-services";
import { roleOf } from "../../simulator/services/iam";
import { createStateMachine } from "../../simulator/services/states";
import { openSession } from "../../simulator/services/sts";
import { ACCOUNT, Account, BUCKET, PLACE, REGION, registrationKey } from "./account";
import { claimsAt, readClaim } from "./claims";
import { type ObservedRun, Observer } from "./observer";
import { SAFETY_RULES } from "./safety";
import { DAY, HOUR, tolerancesOf } from "./tolerances";

const MINUTE = 60_000;

/** One removal by one run, which is right in everything but what a test changes. */
class Stage {
  readonly account = new Account(1, { pageSize: 100, staleness: 0 });
  readonly world: World = this.account.world;
  readonly observer: Observer;
  run: ObservedRun = { id: "run-1", startedAt: 0, registered: [], acknowledged: [] };
  role = "cleanup-checkout";
  lease = "run-1";
  intended = true;
  archived = true;

  constructor(given: Given) {
    const { scope } = this.account;
    for (let count = 0; count < 6; count++) this.account.register("checkout", count === 1);
    this.account.register("basket");
    createService(scope, { cluster: "shop", service: "checkout", taskDefinition: "checkout:6" });
    this.account.deploy("checkout", {
      ...POLICY,
      ...given.policy,
      taskDefinitions: { ...POLICY.taskDefinitions, ...given.taskDefinitions },
    });
    this.observer = new Observer(
      scope,
      BUCKET,
      tolerancesOf({ staleness: 0, slowest: 0, skew: 0 }),
      this.account.denied,
    );
    this.world.gate.observe = (call) => this.observer.afterCall(call);
    this.writesLedger(registrationKey("checkout"));
  }

  async wait(ms: number): Promise<void> {
    await this.world.clock.advance(ms);
    this.observer.afterEvent();
  }

  does(what: () => void): void {
    what();
    this.observer.afterEvent();
  }

  /** A run notes what a registration's revisions are used for: from here on that is known. */
  writesLedger(key: string, more: Partial<ObservedRun> = {}): void {
    const run = { ...this.run, id: "writer", startedAt: this.observer.now, registered: this.#registered, ...more };
    this.observer.runs.set(run.id, run);
    const object = `ledger/${PLACE}/${encodeURIComponent(key)}`;
    this.account.put(object, "{}");
    const resources = [`arn:aws:s3:::${BUCKET}/${object}`];
    const call = { at: run.startedAt, principal: "session/writer", account: ACCOUNT, region: REGION, service: "s3" };
    this.observer.afterCall({ ...call, operation: "PutObject", action: "s3:PutObject", resources, context: {} });
  }

  /** A run of its own, which nothing disturbs, reads the account. */
  async reads(): Promise<void> {
    const run = { ...this.run, id: "reader", startedAt: this.world.clock.now(), registered: this.#registered };
    this.observer.runs.set(run.id, run);
    await this.wait(MINUTE);
    this.observer.afterRun(run);
  }

  async removes(action: "deregister" | "delete", revision: string): Promise<void> {
    const { account, world } = this;
    const now = world.clock.now();
    const arn = findTaskDefinition(account.scope, revision)?.arn ?? "";
    this.run = { ...this.run, startedAt: this.run.startedAt || now };
    this.observer.runs.set(this.run.id, this.run);
    account.put(`lease/${PLACE}.json`, JSON.stringify({ runId: this.lease, expiresAt: now + 10 * MINUTE }));
    const intents = this.intended ? [{ registration: registrationKey("checkout"), action, subjects: [arn] }] : [];
    account.put(`journal/${PLACE}/2026-01-01/run-1-1-1.json`, JSON.stringify({ runId: "run-1", intents }));
    const [family, number] = revision.split(":");
    if (this.archived) account.put(`archive/${PLACE}/${family}/${number}.full.json`, JSON.stringify({ family }));
    const principal: Principal = this.run.given
      ? account.user(this.run.id)
      : openSession(account.scope, roleOf(account.scope, this.role), { name: this.run.id });
    const call = { principal, region: REGION, service: "ecs" };
    if (action === "deregister") {
      await world.gate.call({ ...call, operation: "DeregisterTaskDefinition", input: { taskDefinition: arn } });
    } else await world.gate.call({ ...call, operation: "DeleteTaskDefinitions", input: { taskDefinitions: [arn] } });
  }

  get #registered() {
    return claimsAt(this.observer.bucket, this.world.clock.now());
  }

  get rules(): string[] {
    return this.observer.violations.map(({ rule }) => rule);
  }
}

interface Given {
  policy?: object;
  taskDefinitions?: object;
}

const POLICY = {
  version: 1,
  family: "checkout",
  mode: "enforce",
  taskDefinitions: {
    ...{
      keepRevisions: 2,
      keepSuccessful: 1,
      keepFor: "1d",
      unusedFor: "3d",
      deleteAfter: "2d",
      pinned: ["checkout:5"],
    },
    plaintextSecrets: "report",
  },
  limits: { maxRemovals: 3 },
};

type Act = (stage: Stage) => Promise<void>;

const deregisters =
  (revision: string, before: Act = async () => {}): Act =>
  async (stage) => {
    await stage.wait(40 * DAY);
    await before(stage);
    await stage.removes("deregister", revision);
  };

const deletes =
  (before: Act = async () => {}, waits = 3 * DAY): Act =>
  async (stage) => {
    await stage.wait(40 * DAY);
    stage.does(() => deregisterTaskDefinition(stage.account.scope, "checkout:1"));
    await stage.wait(waits);
    await before(stage);
    await stage.removes("delete", "checkout:1");
  };

const computed = '{"States":{"Run":{"Parameters":{"TaskDefinition.$":"States.Format(\'check{}\', $.which)"}}}}';
const run = (stage: Stage, taskDefinition: string) => runTask(stage.account.scope, { cluster: "shop", taskDefinition });

/** For each rule what breaks it, and what is just within it. */
const PLANTED: Record<string, { given?: Given; broken: Act; kept?: Act; also?: string }[]> = {
  "in-use": [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.does(() => run(stage, "checkout:3"));
        await stage.wait(6 * MINUTE);
      }),
      kept: deregisters("checkout:3", async (stage) => {
        stage.does(() => run(stage, "checkout:3"));
        await stage.wait(4 * MINUTE);
      }),
    },
    {
      broken: async (stage) => {
        await stage.wait(40 * DAY);
        stage.does(() => run(stage, "checkout:1"));
        stage.does(() => deregisterTaskDefinition(stage.account.scope, "checkout:1"));
        await stage.wait(3 * DAY);
        await stage.removes("delete", "checkout:1");
      },
    },
  ],
  "retire-in-use": [{ given: { policy: { mode: "retire" } }, broken: deregisters("checkout:3") }],
  "could-be-meant": [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.does(() => void createStateMachine(stage.account.scope, "nightly", computed));
        await stage.wait(6 * MINUTE);
      }),
    },
  ],
  "foreign-family": [
    {
      broken: deregisters("basket:1", async (stage) => {
        stage.account.register("basket");
        stage.account.register("basket");
      }),
    },
  ],
  "claimed-twice": [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.account.deploy("twin", POLICY);
        await stage.wait(6 * MINUTE);
      }),
      kept: deregisters("checkout:3", async (stage) => {
        stage.account.deploy("twin", POLICY);
        await stage.wait(4 * MINUTE);
      }),
    },
  ],
  mode: [{ given: { policy: { mode: "report" } }, broken: deregisters("checkout:3") }],
  "report-run": [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.run.mode = "report";
      }),
    },
  ],
  services: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.run.services = ["basket"];
      }),
    },
  ],
  "newest-active": [
    {
      given: { taskDefinitions: { keepRevisions: 1 } },
      broken: deregisters("checkout:4", async (stage) => {
        const { scope } = stage.account;
        for (const revision of [5, 6]) stage.does(() => deregisterTaskDefinition(scope, `checkout:${revision}`));
        await stage.wait(6 * MINUTE);
      }),
      kept: deregisters("checkout:4", async (stage) => {
        const { scope } = stage.account;
        for (const revision of [5, 6]) stage.does(() => deregisterTaskDefinition(scope, `checkout:${revision}`));
        await stage.wait(4 * MINUTE);
      }),
    },
  ],
  "among-newest": [{ given: { taskDefinitions: { keepRevisions: 3 } }, broken: deregisters("checkout:4") }],
  pinned: [{ given: { taskDefinitions: { keepRevisions: 1 } }, broken: deregisters("checkout:5") }],
  "within-24h": [
    {
      given: { taskDefinitions: { keepFor: "0h" } },
      broken: async (stage) => {
        await stage.wait(23 * HOUR);
        await stage.removes("deregister", "checkout:3");
      },
    },
  ],
  "too-young": [
    {
      given: { taskDefinitions: { keepFor: "10d" } },
      broken: async (stage) => {
        await stage.wait(9 * DAY);
        await stage.removes("deregister", "checkout:3");
      },
    },
  ],
  "recently-used": [
    { broken: deregisters("checkout:3", usedUntil(2 * DAY)), kept: deregisters("checkout:3", usedUntil(4 * DAY)) },
  ],
  "unknown-use": [
    {
      broken: async (stage) => {
        for (let count = 0; count < 4; count++) stage.account.register("mail");
        await stage.wait(40 * DAY);
        stage.account.deploy("checkout", {
          ...POLICY,
          family: "mail",
          taskDefinitions: { ...POLICY.taskDefinitions, pinned: [] },
        });
        await stage.wait(2 * DAY);
        await stage.removes("deregister", "mail:1");
      },
    },
  ],
  "among-successful": [
    {
      broken: deregisters("checkout:3", async (stage) => {
        const { scope } = stage.account;
        stage.does(() => updateService(scope, { cluster: "shop", service: "checkout", taskDefinition: "checkout:3" }));
        await stage.wait(HOUR);
        await stage.reads();
        // It is in use no more, but no other deployment completed since.
        const [service] = scope.world.services.ecsServices.at(scope).clusters.get("shop")?.services.values() ?? [];
        stage.does(() => Object.assign(service ?? {}, { status: "INACTIVE" }));
        for (const task of scope.world.services.ecsServices.at(scope).clusters.get("shop")?.tasks.values() ?? []) {
          stage.does(() => stopTask(scope, task));
        }
        await stage.wait(5 * DAY);
      }),
    },
  ],
  "delete-after": [{ broken: deletes(undefined, DAY), kept: deletes() }],
  limit: [
    {
      given: { policy: { limits: { maxRemovals: 2 } } },
      broken: deregisters("checkout:1", async (stage) => {
        await stage.removes("deregister", "checkout:3");
        await stage.removes("deregister", "checkout:4");
      }),
      kept: deregisters("checkout:1", async (stage) => {
        await stage.removes("deregister", "checkout:3");
        await stage.removes("deregister", "checkout:4");
        await stage.wait(25 * HOUR);
      }),
    },
  ],
  held: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.does(() =>
          tagTaskDefinition(stage.account.scope, "checkout:3", { "ecs-retention:keep-until": "2030-01-01" }),
        );
        await stage.wait(5 * MINUTE);
      }),
      kept: deregisters("checkout:3", async (stage) => {
        stage.does(() =>
          tagTaskDefinition(stage.account.scope, "checkout:3", { "ecs-retention:keep-until": "2026-01-20" }),
        );
        await stage.wait(5 * MINUTE);
      }),
    },
  ],
  stopped: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.account.put("control/STOP", "");
        await stage.wait(6 * MINUTE);
      }),
      kept: deregisters("checkout:3", async (stage) => {
        stage.account.put("control/STOP", "");
        await stage.wait(4 * MINUTE);
      }),
    },
  ],
  journal: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.intended = false;
      }),
    },
  ],
  archive: [
    {
      broken: deletes(async (stage) => {
        stage.archived = false;
      }),
    },
  ],
  lease: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.lease = "run-2";
      }),
    },
  ],
  gap: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        stage.account.denied.set("ListPipes", stage.world.clock.now());
        await stage.wait(MINUTE);
      }),
    },
  ],
  vanished: [
    {
      broken: deregisters("checkout:3", async (stage) => {
        await stage.reads();
        stage.account.remove(registrationKey("checkout"));
        stage.account.deploy("other", { ...POLICY, taskDefinitions: { ...POLICY.taskDefinitions, keepRevisions: 1 } });
        stage.writesLedger(registrationKey("other"));
        await stage.wait(5 * DAY);
        stage.role = "cleanup-other";
      }),
      given: { taskDefinitions: { keepRevisions: 5 } },
    },
  ],
};

/** A task used it and had stopped so long ago; a run saw it. */
function usedUntil(ago: number): Act {
  return async (stage) => {
    const task = run(stage, "checkout:3");
    await stage.wait(HOUR);
    await stage.reads();
    stage.does(() => stopTask(stage.account.scope, task));
    await stage.wait(ago);
  };
}

describe("the observer of simulations", () => {
  it("says nothing of removals that are right", async () => {
    for (const act of [deregisters("checkout:3"), deletes()]) {
      const stage = new Stage({});
      await act(stage);
      assert.deepEqual(stage.observer.violations, []);
      assert.equal(stage.observer.removals.length, 1);
    }
  });

  for (const { id } of SAFETY_RULES) {
    it(`sees a removal that breaks ${id}`, async () => {
      const planted = PLANTED[id] ?? [];
      assert.ok(planted.length > 0, "nothing is planted for it");
      for (const { given = {}, broken, kept } of planted) {
        const stage = new Stage(given);
        await broken(stage);
        assert.deepEqual(stage.rules, [id], JSON.stringify(stage.observer.violations));
        if (!kept) continue;
        const within = new Stage(given);
        await kept(within);
        assert.deepEqual(within.observer.violations, []);
      }
    });
  }

  it("sees a removal that no registration claims", async () => {
    const stage = new Stage({});
    await stage.wait(40 * DAY);
    stage.account.remove(registrationKey("checkout"));
    await stage.wait(6 * MINUTE);
    await stage.removes("deregister", "checkout:3");
    assert.deepEqual(stage.rules, ["unclaimed"]);
  });

  it("lets secrets go before the rules that keep by count or age, where the policy says so", async () => {
    const exposed = { keepRevisions: 6, keepFor: "100d", plaintextSecrets: "remove-when-unreferenced" };
    const stage = new Stage({ taskDefinitions: exposed });
    await stage.wait(40 * DAY);
    await stage.removes("deregister", "checkout:2");
    assert.deepEqual(stage.observer.violations, []);
    await stage.removes("deregister", "checkout:3");
    assert.deepEqual(stage.rules, ["among-newest"]);
  });

  it("holds the CLI to the policies that it was given", async () => {
    const stage = new Stage({ policy: { mode: "report" } });
    const body = JSON.stringify({ version: 1, policy: { ...POLICY, familyMatch: "exact", ignoredSources: [] } });
    const { run } = stage;
    run.given = [{ ...readClaim("checkout.json", body), role: undefined, given: true }];
    stage.writesLedger("checkout.json", { given: run.given });
    await stage.wait(40 * DAY);
    await stage.removes("deregister", "checkout:3");
    await stage.removes("deregister", "checkout:5");
    assert.deepEqual(stage.rules, ["among-newest"]);
  });
});
