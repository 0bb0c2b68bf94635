import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DAY } from "../../retention/duration";
import { newLedger } from "../../retention/ledger";
import type { Registration, Report, ServiceReport } from "../../retention/types";
import { bundleHandlers } from "../../scripts/bundle";
import { AwsError, type Principal, type RecordedCall, World } from "../../simulator";
import { startLambda } from "../../simulator/lambda";
import { type Deployment, deploy, destroy } from "../../simulator/provider/deploy";
import {
  deregisterTaskDefinition,
  listRevisions,
  registerTaskDefinition,
} from "../../simulator/services/ecs-definitions";
import { type Role, rolePolicies } from "../../simulator/services/iam";
import { getObject, listKeys, putObject } from "../../simulator/services/s3";
import { openSession } from "../../simulator/services/sts";

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";
/** Where the first stack of most tests lives, which makes the function. */
export const PLATFORM = "platform/prod";
/** The program of which a test says what it deploys, by its config. */
export const SHOP = "tests/deployment/programs/shop.ts";
/** Config of a stack whose services join that function. */
export const JOINED = { "shop:platform": `acme/${PLATFORM}` };
const ROOT = join(__dirname, "../..");
/** What goes into the function's bundle. */
const SOURCES = ["handlers", "cleanup", "aws", "retention", "checks"];
/** The session in which a test tries what a deployed role may do. */
const ATTEMPT = "attempt";

/** A container of a task definition. */
export const APP = { name: "app", image: "public.ecr.aws/docker/library/nginx:1.29", memory: 128 };

/** Past every default: what was registered before is old enough to go, what was deregistered before as well. */
export const LONG = 40 * DAY;

let bundling: Promise<unknown> | undefined;

/** One AWS account with everything that is deployed into it. */
export class Account {
  readonly world = new World();
  readonly scope = this.world.scope(ACCOUNT, REGION);
  readonly #lambda = startLambda(this.world);

  static async open(): Promise<Account> {
    bundling ??= bundleIsFresh() ? Promise.resolve() : bundleHandlers();
    await bundling;
    return new Account();
  }

  close(): Promise<void> {
    return this.#lambda.close();
  }

  /** Deploys a program below the checkout's root as `project/stack` of organization acme; config as plain data. */
  async deploy(name: string, program: string, config: Record<string, unknown> = {}): Promise<Deployment> {
    const texts = Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const stack = { ...stackOf(name), program: join(ROOT, program), config: Object.fromEntries(texts) };
    const deployment = await deploy(this.world, stack);
    this.#remember();
    return deployment;
  }

  /** As if the function had known every service for years: a new ledger counts disuse from its first run on. */
  #remember(): void {
    for (const key of listKeys(this.scope, this.bucket, "policies/")) {
      const ledger = `ledger/${ACCOUNT}-${REGION}/${key}`;
      if (getObject(this.scope, this.bucket, ledger)) continue;
      putObject(this.scope, { bucket: this.bucket, key: ledger, body: JSON.stringify(newLedger(Date.UTC(2020, 0))) });
    }
  }

  destroy(name: string): Deployment {
    return destroy(this.world, stackOf(name));
  }

  /** Registers `inactive + active` revisions of each family now, and deregisters the first `inactive` ones. */
  register(families: string[], { inactive = 0, active = 12, containerDefinitions = [APP] } = {}): void {
    for (const family of families) {
      for (let count = 0; count < inactive + active; count += 1) {
        const { arn } = registerTaskDefinition(this.scope, { family, containerDefinitions });
        if (count < inactive) deregisterTaskDefinition(this.scope, arn);
      }
    }
  }

  /** `{ACTIVE: n, INACTIVE: n}` of one family. */
  count(family: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const each of listRevisions(this.scope)) {
      if (each.family === family) counts[each.status] = (counts[each.status] ?? 0) + 1;
    }
    return counts;
  }

  /** Lets time pass; schedules fire on the way. Returns the newest report. */
  async pass(ms: number): Promise<Report> {
    await this.world.clock.advance(ms);
    const reports = listKeys(this.scope, this.bucket, "reports/").map((key) => getObject(this.scope, this.bucket, key));
    const newest = reports.reduce((one, other) => ((one?.at ?? 0) > (other?.at ?? 0) ? one : other));
    return JSON.parse(String(newest?.body)) as Report;
  }

  /** The store of the account's one function. */
  get bucket(): string {
    return [...this.world.services.s3.buckets.keys()][0] ?? "";
  }

  get roles(): Role[] {
    return [...this.world.services.iam.of(ACCOUNT).roles.values()];
  }

  role(start: string): Role {
    const found = this.roles.find(({ name }) => name.startsWith(start));
    if (!found) throw new Error(`role ${start}…: expected one of ${this.roles.map(({ name }) => name)}`);
    return found;
  }

  /** What a role is allowed, statement by statement. */
  grants(role: Role): Grant[] {
    return rolePolicies(this.scope, role).identity.flatMap(([policy, text]) =>
      (JSON.parse(text) as { Statement: Omit<Grant, "policy">[] }).Statement.map((each) => ({ policy, ...each })),
    );
  }

  /** Key of a service's registration. */
  key(service: string): string {
    const found = listKeys(this.scope, this.bucket, "policies/").find((key) => key.includes(`/${service}-`));
    if (!found) throw new Error(`no registration of ${service} in ${this.bucket}`);
    return found;
  }

  registration(service: string): Registration {
    return JSON.parse(String(getObject(this.scope, this.bucket, this.key(service))?.body));
  }

  /** Puts a registration in place of a service's, as somebody with a right to write to the bucket could. */
  edit(service: string, registration: object): void {
    putObject(this.scope, { bucket: this.bucket, key: this.key(service), body: JSON.stringify(registration) });
  }

  /** Whoever has got hold of a role's credentials. */
  as(role: Role): Principal {
    return openSession(this.scope, role, { name: ATTEMPT });
  }

  /** What IAM says to a call; whether AWS could carry it out does not matter. */
  async decision(principal: Principal, call: string, input: object): Promise<string | undefined> {
    const [service = "", operation = ""] = call.split(":");
    await this.world.gate.call({ principal, region: REGION, service, operation, input }).catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error;
    });
    return this.world.gate.calls.at(-1)?.decision;
  }

  /** Calls of the deployed roles and of AWS on their behalf, without what tests tried themselves. */
  get calls(): RecordedCall[] {
    return this.world.gate.calls.filter(
      ({ principal }) => !principal.includes(":user/") && !principal.endsWith(`/${ATTEMPT}`),
    );
  }

  /** Those of them that IAM did not allow, as `action resource`. */
  get refused(): string[] {
    return this.calls
      .filter((call) => call.decision !== "allowed")
      .map(({ action, resources }) => `${action} ${resources}`);
  }
}

/** A statement of an identity policy. */
export interface Grant {
  policy: string;
  Sid: string;
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: object;
}

export function partOf(report: Report, service: string): ServiceReport {
  const found = report.services.find((each) => each.service === service);
  if (!found) throw new Error(`service ${service}: expected one of ${report.services.map((each) => each.service)}`);
  return found;
}

/** How many removals of a service ended how: `{"deregister done": 2}`. */
export function outcomesOf(report: Report, service: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action, result } of partOf(report, service).outcomes) {
    counts[`${action} ${result}`] = (counts[`${action} ${result}`] ?? 0) + 1;
  }
  return counts;
}

function stackOf(name: string) {
  const [project = "", stack = ""] = name.split("/");
  return { organization: "acme", project, stack, account: ACCOUNT, region: REGION };
}

function bundleIsFresh(): boolean {
  const bundle = statSync(join(ROOT, "dist/handlers/cleanup/index.mjs"), { throwIfNoEntry: false });
  const sources = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(ROOT, folder, file)),
  );
  return (
    bundle !== undefined && sources.every((file) => !file.endsWith(".ts") || statSync(file).mtimeMs < bundle.mtimeMs)
  );
}
