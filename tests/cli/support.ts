import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderStore } from "../../aws/folder-store";
import { command } from "../../cli/command";
import type { Shell } from "../../cli/shell";
import type { Ledger } from "../../retention/types";
import { World } from "../../simulator";
import { deregisterTaskDefinition, registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { createCluster, createService } from "../../simulator/services/ecs-services";
import { connectTo } from "../../simulator/wire/middleware";

export const ACCOUNT = "111111111111";
export const REGION = "eu-central-1";
export const DAY = 86_400_000;

/** What must never be shown. */
export const SECRET = "hunter2-in-the-environment";

export function scopeOf(world: World) {
  return world.scope(ACCOUNT, REGION);
}

/** Registers `revisions` of a family, a day apart; those up to `inactive` are deregistered afterwards. */
export async function register(world: World, family: string, revisions: number, inactive = 0): Promise<void> {
  for (let each = 0; each < revisions; each++) {
    registerTaskDefinition(scopeOf(world), {
      family,
      containerDefinitions: [{ name: "app", image: "nginx:1.27", environment: [{ name: "TOKEN", value: SECRET }] }],
    });
    await world.clock.advance(DAY);
  }
  for (let each = 1; each <= inactive; each++) deregisterTaskDefinition(scopeOf(world), `${family}:${each}`);
}

/**
 * An account with `checkout:1` to `:6`, of which 1 to 3 have been INACTIVE for long, 6 runs and, by {@link policyOf}, 1 to
 * 3 can be deleted and 4 can be deregistered.
 */
export async function checkoutWorld(startsAt?: number): Promise<World> {
  const world = new World({ pageSize: 2, ...(startsAt === undefined ? {} : { startsAt }) });
  await register(world, "checkout", 6, 3);
  createCluster(scopeOf(world), "shop");
  createService(scopeOf(world), { cluster: "shop", service: "checkout", taskDefinition: "checkout:6" });
  await world.clock.advance(40 * DAY);
  return world;
}

/** How long {@link checkoutWorld} takes. */
export const CHECKOUT_AGE = 46 * DAY;

export function policyOf(family: string, more: object = {}): object {
  return { family, mode: "enforce", taskDefinitions: { keepRevisions: 2 }, ...more };
}

/** A folder with policy files and a store, which is gone after the test. */
export class Policies {
  readonly folder = mkdtempSync(join(tmpdir(), "ecs-retention-"));
  readonly store = join(this.folder, "store");

  /** Lets the store know a family since before the world began, as a plan with --store would have. */
  async remember(name = "cli/checkout"): Promise<void> {
    const ledger: Ledger = { version: 1, since: Date.UTC(2020, 0), lastUsed: {}, successful: {}, removed: [] };
    const key = name.startsWith("policies/") ? name : encodeURIComponent(name);
    await this.put(`ledger/${ACCOUNT}-${REGION}/${key}`, ledger);
  }

  async put(key: string, body: object): Promise<void> {
    await folderStore(this.store).put(key, JSON.stringify(body), "any");
  }

  async get<T>(key: string): Promise<T | undefined> {
    const object = await folderStore(this.store).get(key);
    return object && JSON.parse(object.body);
  }

  async keys(prefix: string): Promise<string[]> {
    return (await folderStore(this.store).list(prefix)).map(({ key }) => key);
  }

  /** Writes a policy, or whatever else the text is. */
  write(name: string, policy: object | string): string {
    const file = join(this.folder, name);
    writeFileSync(file, typeof policy === "string" ? policy : JSON.stringify(policy));
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
  questions: string[];
}

/** Runs the tool in process against a world, as its administrator unless `shell.connect` says otherwise. */
export async function cli(
  world: World,
  args: string[],
  options: { answer?: string; terminal?: boolean } & Partial<Shell> = {},
): Promise<Finished> {
  const { answer, terminal = false, ...rest } = options;
  const finished: Finished = { code: -1, stdout: "", stderr: "", questions: [] };
  const shell: Shell = {
    stdout: { write: (text) => (finished.stdout += text), columns: 160 },
    stderr: { write: (text) => (finished.stderr += text), isTTY: terminal },
    stdin: async () => "",
    env: { AWS_REGION: REGION, NO_COLOR: "1" },
    clock: world.clock,
    connect: ({ region }) => connectTo(world, world.admin(ACCOUNT), region),
    profileRegion: async () => undefined,
    ...(answer === undefined
      ? {}
      : {
          ask: async (question) => {
            finished.questions.push(question);
            return answer;
          },
        }),
    ...rest,
  };
  finished.code = await world.clock.actor(() => command(args, shell));
  return finished;
}

/** Calls that changed something, as `operation`. */
export function removals(world: World): string[] {
  const changing = ["DeregisterTaskDefinition", "DeleteTaskDefinitions"];
  return world.gate.calls.map((call) => call.operation).filter((operation) => changing.includes(operation));
}
