import assert from "node:assert/strict";
import { inspect } from "node:util";
import { htmlReport } from "../../report/html";
import { textReport } from "../../report/report";
import { DAY } from "../../retention/duration";
import type { Report } from "../../retention/types";
import { stackOf } from "../../simulator/provider/deploy";
import { registerTaskDefinition } from "../../simulator/services/ecs-definitions";
import { logEvents } from "../../simulator/services/logs";
import { PLANTED, PLANTED_URLS, PLANTED_VALUES } from "../support/planted-secrets";
import { Account, SHOP } from "./support";

const FAMILY = "checkout";
const ORDINARY = "an-ordinary-value-of-the-environment";
/** Secrets by their shape alone, then those that only a telling name gives away. */
const SHAPED = [...Object.values(PLANTED).flat(), ...PLANTED_URLS];
const ALL = [...SHAPED, ...PLANTED_VALUES];

/** A container with a secret in every field that can hold one. */
function container(secret: string, index: number) {
  const named = { API_TOKEN: secret };
  return {
    name: `c${index}`,
    image: "public.ecr.aws/docker/library/nginx:1.29",
    memory: 128,
    environment: [
      { name: "MODE", value: ORDINARY },
      { name: "API_TOKEN", value: secret },
    ],
    command: ["serve", "--api-token", secret],
    entryPoint: ["sh", "-c", `API_TOKEN=${secret} exec "$@"`],
    healthCheck: { command: ["CMD-SHELL", `probe --password=${secret}`] },
    logConfiguration: { logDriver: "splunk" as const, options: { "splunk-token": secret } },
    firelensConfiguration: { type: "fluentbit" as const, options: named },
    dockerLabels: named,
  };
}

/** The same, with something to grant. */
const started = (secret: string, index: number) => ({
  ...container(secret, index),
  secrets: [{ name: "KEY", valueFrom: `/shop/key-${index}` }],
});

describe("plaintext secrets of every shape, in every field that can hold one", function () {
  this.timeout(120_000);
  let account: Account;
  const reports: Report[] = [];
  const objects = () =>
    [...(account.world.services.s3.buckets.get(account.bucket)?.objects ?? [])].flatMap(([key, versions]) =>
      versions.map(({ body }) => ({ key, text: String(body) })),
    );

  before(async () => {
    account = await Account.open();
    for (const [index, secret] of ALL.entries()) {
      registerTaskDefinition(account.scope, {
        family: FAMILY,
        containerDefinitions: [container(secret, index)],
        proxyConfiguration: { containerName: "envoy", properties: [{ name: "auth_token", value: secret }] },
      });
    }
    for (let clean = 0; clean < 3; clean += 1) account.register([FAMILY], { active: 1 });
    await account.deploy("platform/prod", SHOP, {
      "shop:services": {
        checkout: {
          family: FAMILY,
          mode: "enforce",
          taskDefinitions: {
            keepRevisions: ALL.length,
            deleteAfter: "24h",
            plaintextSecrets: "remove-when-unreferenced",
          },
          executionRole: {
            containers: Object.fromEntries(ALL.map((secret, index) => [`c${index}`, started(secret, index)])),
          },
        },
      },
    });
    for (let day = 0; day < 5; day += 1) reports.push(await account.pass(DAY));
  });
  after(() => account?.close());

  it("are found: each revision that carries one was reported, deregistered and deleted, though the newest are kept", () => {
    const [first] = reports;
    const found = first?.services[0]?.plan?.revisions.filter(({ subject }) => subject.plaintextSecrets?.length);
    assert.equal(found?.length, ALL.length);
    assert.deepEqual(account.count(FAMILY), { ACTIVE: 3 });
  });

  it("are named by container, field and name wherever they stand", () => {
    const secrets = reports[0]?.services[0]?.plan?.revisions.at(-1)?.subject.plaintextSecrets;
    assert.deepEqual(secrets, [
      "c0: FireLens option API_TOKEN",
      "c0: command[2]",
      "c0: entryPoint[2]",
      "c0: environment API_TOKEN",
      "c0: healthCheck.command[1]",
      "c0: label API_TOKEN",
      "c0: log option splunk-token",
      "proxy property auth_token",
    ]);
  });

  it("stand in no log line and no metric", () => {
    const { groups } = account.world.services.logs.at(account.scope);
    const lines = [...groups.keys()].flatMap((group) => logEvents(account.scope, group)).map(({ message }) => message);
    assert.ok(lines.some((line) => line.includes("RevisionsRemoved")));
    refuteAll(lines.join("\n"), "logs");
  });

  it("stand in no object of the store, not even in the archive", () => {
    const archived = objects().filter(({ key }) => key.startsWith("archive/"));
    assert.equal(archived.length, ALL.length);
    assert.ok(archived.every(({ key }) => key.endsWith(".partial.json")));
    for (const { key, text } of objects()) refuteAll(text, key);
  });

  it("stand in no report, as JSON, text or page", () => {
    for (const report of reports) refuteAll(JSON.stringify(report) + textReport(report) + htmlReport(report), "report");
  });

  it("stand in no input, state and output of the stack, whose execution role is made from all those containers", () => {
    const { resources, outputs } = stackOf(account.world, { organization: "acme", project: "platform", stack: "prod" });
    const role = resources.find(({ urn }) => urn.endsWith("::checkout-execution"));
    assert.match(inspect(role, { depth: null }), new RegExp(`parameter/shop/key-${ALL.length - 1}`));
    refuteAll(inspect({ resources, outputs }, { depth: null, maxArrayLength: null, maxStringLength: null }), "stack");
  });

  it("stand in nothing else that was deployed", () => {
    const { iam, sqs, lambda, scheduler, cloudwatch } = account.world.services;
    const deployed = { iam, sqs, lambda, scheduler, cloudwatch };
    refuteAll(inspect(deployed, { depth: null, maxArrayLength: null, maxStringLength: null }), "deployed");
  });

  it("leave other values of the environment in the archive and nowhere else", () => {
    const holding = objects().filter(({ text }) => text.includes(ORDINARY));
    assert.equal(holding.length, ALL.length);
    assert.ok(holding.every(({ key }) => key.startsWith("archive/")));
  });
});

/** What of a secret would show also where it was escaped or cut: its longest run of letters and digits. */
const CORES = ALL.map((secret) =>
  (secret.match(/[A-Za-z0-9]+/g) ?? []).reduce((one, other) => (other.length > one.length ? other : one), ""),
);

function refuteAll(text: string, where: string): void {
  for (const [index, secret] of ALL.entries()) {
    const core = CORES[index] as string;
    assert.ok(!text.includes(core.length < 9 ? secret : core), `${where} holds planted secret ${index}`);
  }
}
