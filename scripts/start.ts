/**
 * `npm start`: the quickstart, deployed into the simulator, lives through two months; then its report, the change to
 * enforce, and what the deployed function removed and kept under the deployed roles. `-- --task-definition FILE` takes
 * the service's containers from a file; `-- --json` prints one document instead.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseRevisionArn } from "../aws/arn";
import { headline } from "../report/headline";
import { htmlReport } from "../report/html";
import { textReport } from "../report/report";
import { styled, wantsColour } from "../report/table";
import { dayOf } from "../retention/dates";
import { DAY } from "../retention/duration";
import type { Report } from "../retention/types";
import { World } from "../simulator/index";
import { startLambda } from "../simulator/lambda/index";
import { deploy } from "../simulator/provider/deploy";
import { getObject, listKeys } from "../simulator/services/s3";
import { bundleHandlers } from "./bundle";
import { added, grantsTable, statements, tree } from "./show";
import { DAYS, live } from "./story";
import { readTaskDefinitionFile } from "./task-definition-file";

const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
const ROOT = join(__dirname, "..");
const PROGRAM = join(ROOT, "examples/quickstart");
/** Long enough for the first revisions that enforcing deregistered to be deleted: `deleteAfter` is a week. */
const ENFORCED_DAYS = 9;

const USAGE = "Usage: npm start -- [--task-definition FILE] [--json]";

interface QuickstartOutputs {
  cluster: string;
  service: string;
  /** ARN of the first revision. */
  revision: string;
  cleanupFunction: { bucketName: string };
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      "task-definition": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (options.help) return console.log(USAGE);
  const out = printer(options.json);
  const file = options["task-definition"];
  const definition =
    file === undefined ? undefined : readTaskDefinitionFile(resolve(process.env.INIT_CWD ?? ".", file));
  const config: Record<string, string> = definition
    ? {
        "quickstart:family": definition.family,
        "quickstart:containerDefinitions": JSON.stringify(definition.containerDefinitions),
      }
    : {};

  out.step("bundling the cleanup function");
  await bundleHandlers();
  const world = new World({ startsAt: Date.UTC(2026, 0, 5, 9) });
  const lambda = startLambda(world);
  try {
    const scope = world.scope(ACCOUNT, REGION);
    const target = { program: PROGRAM, project: "quickstart", stack: "dev", account: ACCOUNT, region: REGION };

    out.step("deploying examples/quickstart into the simulator");
    const deployed = await deploy(world, { ...target, config });
    const { service, cluster, revision, cleanupFunction } = deployed.outputs as unknown as QuickstartOutputs;
    const family = parseRevisionArn(revision)?.family ?? revision;
    const granted = statements(scope);
    out.heading("Deployed: examples/quickstart, mode report");
    out.text(tree(deployed.resources));
    out.heading("What its roles may do");
    out.text(grantsTable(granted, out.table));

    out.heading(`${DAYS} days of the service's life, a report run every day`);
    await live(
      { scope, cluster, service, family },
      (at, what) => out.text(`day ${at.toFixed(1).padStart(4)}  ${what}`),
      out.step,
    );
    const reported = lastReport(scope, cleanupFunction.bucketName);
    out.heading(`The report of ${dayOf(reported.startedAt)}`);
    out.text(textReport(reported, out.table).trimEnd());

    out.step("changing the mode to enforce");
    const enforcing = await deploy(world, { ...target, config: { ...config, "quickstart:mode": "enforce" } });
    const grantedNow = statements(scope);
    out.heading("The change to mode enforce grants");
    out.text(grantsTable(added(granted, grantedNow), out.table));

    const enforced: Report[] = [];
    for (let passed = 0; passed < ENFORCED_DAYS; passed += 1) {
      out.step(`enforcing, day ${passed + 1} of ${ENFORCED_DAYS}`);
      await world.clock.advance(DAY);
      enforced.push(lastReport(scope, cleanupFunction.bucketName));
    }
    const removing = enforced.filter((report) => report.services.some(({ outcomes }) => outcomes.length > 0));
    const first = removing[0];
    const last = removing.at(-1);
    for (const report of new Set([first, last])) {
      if (!report) continue;
      out.heading(`The ${report === first ? "first" : "last"} enforcing run that removed, ${dayOf(report.startedAt)}`);
      out.text(textReport(report, out.table).trimEnd());
    }
    out.heading(`In all, ${ENFORCED_DAYS} enforcing runs`);
    for (const report of enforced) out.text(`${dayOf(report.startedAt)}  ${headline(report)}`);

    const calls = callsOf(world, ACCOUNT);
    const pages = [reported, ...removing].map((report) => page(report));
    out.text(
      `\nThe function made ${sum(calls)} calls to AWS in ${DAYS + ENFORCED_DAYS} days: ` +
        "a run a day, and a look every 15 minutes at whether one left something over.",
    );
    out.text(`Report: ${relative(process.env.INIT_CWD ?? process.cwd(), pages.at(-1) ?? "")}`);
    out.document({
      resources: enforcing.resources.map(({ type, name, parent }) => ({ type, name, parent })),
      statements: grantedNow,
      runs: [reported, ...enforced].map(runOf),
      calls,
      report: pages.at(-1),
    });
  } finally {
    await lambda.close();
    out.done();
  }
}

/** Text for people, or one document for machines; progress goes to a terminal's stderr. */
function printer(json: boolean) {
  const colour = wantsColour(process.stdout, process.env);
  const terminal = process.stderr.isTTY === true;
  const clear = () => void (terminal && process.stderr.write("\r\u001b[K"));
  const text = (line: string) => {
    clear();
    if (!json) console.log(line);
  };
  return {
    table: { colour, width: Math.max(100, Math.min(process.stdout.columns ?? 140, 180)) },
    text,
    heading: (line: string) => text(`\n${styled(line, "bold", colour)}\n`),
    step: (line: string) => void (terminal && process.stderr.write(`\r\u001b[K${line} …`)),
    document: (value: object) => void (json && console.log(JSON.stringify(value, undefined, 2))),
    done: clear,
  };
}

/** The newest report that the function left in its store. */
function lastReport(scope: ReturnType<World["scope"]>, bucket: string): Report {
  const newest = listKeys(scope, bucket, "reports/")
    .flatMap((key) => getObject(scope, bucket, key) ?? [])
    .reduce<{ at: number; body: Buffer } | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined);
  if (!newest) throw new Error(`no report in ${bucket}: the cleanup function has not run`);
  return JSON.parse(newest.body.toString()) as Report;
}

/** Called for the function, not by it: EventBridge Scheduler's invocations and Lambda's log lines. */
const NOT_ITS_OWN = new Set(["lambda", "logs"]);

/** Calls under the function's own role and the cleanup roles, by `service:Operation`. */
function callsOf(world: World, account: string): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { principal, account: caller, service, operation } of world.gate.calls) {
    if (caller !== account || !principal.includes(":assumed-role/") || NOT_ITS_OWN.has(service)) continue;
    const name = `${service}:${operation}`;
    calls[name] = (calls[name] ?? 0) + 1;
  }
  return calls;
}

const sum = (calls: Record<string, number>) => Object.values(calls).reduce((a, b) => a + b, 0);

const runOf = (report: Report) => ({
  mode: report.services[0]?.plan?.mode,
  verdicts: report.services.flatMap(({ plan }) =>
    (plan?.revisions ?? []).map(({ subject, action, because }) => ({
      arn: subject.arn,
      verdict: action,
      reason: because.rule,
    })),
  ),
  outcomes: report.services.flatMap(({ outcomes }) => outcomes),
});

/** Writes the report as a page below reports/ and returns its path. */
function page(report: Report): string {
  const file = join(ROOT, "reports", `${dayOf(report.startedAt)}.html`);
  mkdirSync(join(ROOT, "reports"), { recursive: true });
  writeFileSync(file, htmlReport(report));
  return file;
}

main().catch((error: unknown) => {
  const { code, message } = error as Error & { code?: unknown };
  const usage = String(code).startsWith("ERR_PARSE_ARGS") ? `\n${USAGE}` : "";
  console.error(error instanceof Error ? `Error: ${message}${usage}` : error);
  process.exitCode = 1;
});
