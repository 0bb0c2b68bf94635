import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CleanupFunction, type CleanupFunctionArgs, ReferenceSource } from "../../index";
import { REFERENCE_SOURCES } from "../../retention/reference-sources";
import { LONGEST_SETTINGS } from "../../retention/settings";
import {
  ACCOUNT,
  attemptDeployment,
  dependenciesOf,
  find,
  REGION,
  recordDeployment,
  statementsOf,
  UNKNOWN,
} from "./support/record-deployment";

const deploy = (args?: CleanupFunctionArgs, preview = false) =>
  recordDeployment(() => new CleanupFunction("cleanup", args), { preview });

describe("CleanupFunction", () => {
  it("runs the bundled handler on arm64 and Node 24 with its store's name and its settings", async () => {
    const { inputs } = find(await deploy(), "cleanup-function");
    assert.deepEqual(
      [inputs.runtime, inputs.architectures, inputs.timeout, inputs.memorySize, inputs.handler],
      ["nodejs24.x", ["arm64"], 900, 512, "index.handler"],
    );
    assert.deepEqual(inputs.environment.variables, {
      STORE_BUCKET: "cleanup-store-bucket-1a2b3c4",
      SETTINGS: '{"acknowledgedGaps":[],"ignoredSources":[]}',
    });
    assert.deepEqual(inputs.loggingConfig, { logFormat: "JSON", logGroup: "cleanup-logs-1a2b3c4" });
    assert.deepEqual(Object.keys(inputs.code.assets), ["index.mjs"]);
  });

  it("has a role whose name is fixed and holds the Region, and is alone in that", async () => {
    const all = await deploy();
    const named = all.filter(
      ({ inputs, type }) => inputs.name !== undefined && type !== "aws:lambda/function:Function",
    );
    assert.deepEqual(
      named.map(({ name, inputs }) => [name, inputs.name]),
      [["cleanup-role", `ecs-retention-${REGION}`]],
    );
    assert.equal(find(all, "cleanup-role").deleteBeforeReplace, true);
  });

  it("makes everything else wait for that role", async () => {
    for (const resource of await deploy()) {
      if (resource.name === "cleanup" || resource.name === "cleanup-role") continue;
      assert.ok(dependenciesOf(resource).includes("cleanup-role"), resource.name);
    }
  });

  it("leaves nothing behind where a second one fails at the role's name", async () => {
    const refuse = (_: string, name: string) =>
      name === "cleanup-role"
        ? new Error("EntityAlreadyExists: Role with name ecs-retention-eu-west-1 already exists")
        : undefined;
    const { result, errors } = await attemptDeployment(() => new CleanupFunction("cleanup"), { refuse });
    assert.match(errors.join("\n"), /EntityAlreadyExists/);
    assert.deepEqual(
      result.map(({ name }) => name),
      ["cleanup"],
    );
  });

  it("may not run before it may read, write and log", async () => {
    const all = await deploy();
    assert.deepEqual(
      dependenciesOf(find(all, "cleanup-function")).filter((name) => /account|own/.test(name)),
      ["cleanup-account", "cleanup-own"],
    );
    assert.ok(dependenciesOf(find(all, "cleanup-schedule")).includes("cleanup-invoke"));
    assert.ok(dependenciesOf(find(all, "cleanup-schedule")).includes("cleanup-invocations"));
  });

  it("runs once a day, retries nothing and hands failures to its queue", async () => {
    const all = await deploy();
    const schedule = find(all, "cleanup-schedule").inputs;
    assert.deepEqual([schedule.scheduleExpression, schedule.target.input], ["rate(1 day)", "{}"]);
    const { inputs } = find(all, "cleanup-invocations");
    assert.equal(inputs.maximumRetryAttempts, 0);
    assert.match(inputs.destinationConfig.onFailure.destination, /cleanup-failures/);
    const hourly = await deploy({ scheduleExpression: "cron(0 * * * ? *)" });
    assert.equal(find(hourly, "cleanup-schedule").inputs.scheduleExpression, "cron(0 * * * ? *)");
  });

  it("goes on every 15 minutes with what a run left over, whatever its schedule is", async () => {
    for (const args of [{}, { scheduleExpression: "cron(0 3 * * ? *)" }]) {
      const { scheduleExpression, target, groupName } = find(await deploy(args), "cleanup-continuation").inputs;
      assert.deepEqual([scheduleExpression, target.input], ["rate(15 minutes)", '{"continue":true}']);
      const { inputs } = find(await deploy(args), "cleanup-schedule");
      assert.deepEqual([groupName, target.roleArn], [inputs.groupName, inputs.target.roleArn]);
    }
  });

  it("stops removals with an object in the store while it is paused, before the first run", async () => {
    const all = await deploy({ paused: true });
    const { bucket, key, content } = find(all, "cleanup-pause").inputs;
    assert.deepEqual([bucket, key], ["cleanup-store-bucket-1a2b3c4", "control/PAUSED"]);
    assert.match(content, /CleanupFunction "cleanup" is paused/);
    for (const schedule of ["cleanup-schedule", "cleanup-continuation"]) {
      assert.ok(dependenciesOf(find(all, schedule)).includes("cleanup-pause"));
    }
    for (const args of [{}, { paused: false }]) {
      assert.ok(!(await deploy(args)).some(({ name }) => name === "cleanup-pause"));
    }
  });

  it("hands acknowledged gaps and ignored sources to the function, and grants no read of what it ignores", async () => {
    const acknowledgedGaps = [{ id: "denied-pipes", reason: "no pipe runs tasks", until: pulumi.output("2027-03-31") }];
    const ignoredSources = [{ source: ReferenceSource.CodeDeploy, reason: "all services deploy by ECS" }];
    const all = await deploy({ acknowledgedGaps, ignoredSources });
    assert.deepEqual(JSON.parse(find(all, "cleanup-function").inputs.environment.variables.SETTINGS), {
      acknowledgedGaps: [{ id: "denied-pipes", reason: "no pipe runs tasks", until: "2027-03-31" }],
      ignoredSources,
    });
    assert.doesNotMatch(find(all, "cleanup-account").inputs.policy, /codedeploy:/);
    assert.match(find(await deploy(), "cleanup-account").inputs.policy, /codedeploy:/);
  });

  it("offers to leave out what the run can do without, by the names of the sources", () => {
    assert.deepEqual(
      Object.values(ReferenceSource),
      REFERENCE_SOURCES.filter(({ ignorable }) => ignorable).map(({ id }) => id),
    );
  });

  const day = "2027-03-31";
  const gap = (id: string, reason = "because") => ({ id, reason, until: day });
  for (const [what, args, problem] of [
    [
      "a gap without a day",
      { acknowledgedGaps: [{ ...gap("a"), until: "soon" }] },
      'acknowledgedGaps[0].until: got "soon"',
    ],
    ["a gap without a reason", { acknowledgedGaps: [gap("a", "")] }, 'acknowledgedGaps[0].reason: got ""'],
    ["a gap twice", { acknowledgedGaps: [gap("a"), gap("a")] }, 'acknowledgedGaps[1].id: got "a" again'],
    ["tasks left out", { ignoredSources: [{ source: "tasks", reason: "x" }] }, 'ignoredSources[0].source: got "tasks"'],
    [
      "an unknown field",
      { ignoredSources: [{ source: "pipes", reason: "x", until: day }] },
      "ignoredSources[0].until: ",
    ],
    [
      "more than the environment takes",
      { acknowledgedGaps: Array.from({ length: 40 }, (_, index) => gap(`gap-${index}`, "x".repeat(100))) },
      "acknowledgedGaps: got ",
    ],
  ] as const) {
    it(`fails the preview before anything is registered: ${what}`, async () => {
      const program = () => new CleanupFunction("cleanup", args as CleanupFunctionArgs);
      const { result, errors } = await attemptDeployment(program, { preview: true });
      assert.deepEqual(result, []);
      const [error] = errors;
      assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
      assert.ok(error.message.startsWith(`CleanupFunction "cleanup":\n  ${problem}`), error.message);
      assert.match(error.message, /, expected .+; .+/);
    });
  }

  it("says how much the environment takes, and what to do", async () => {
    const acknowledgedGaps = Array.from({ length: 40 }, (_, index) => gap(`gap-${index}`, "x".repeat(100)));
    await assert.rejects(deploy({ acknowledgedGaps }), {
      message: new RegExp(`got \\d+ bytes .*, expected at most ${LONGEST_SETTINGS}, .*; shorten reasons`),
    });
  });

  it("lets only schedules of its own group take the schedule's role on, to invoke the function alone", async () => {
    const all = await deploy();
    const role = find(all, "cleanup-scheduler").inputs;
    assert.deepEqual(statementsOf(role.assumeRolePolicy).RunSchedule?.Condition.StringEquals, {
      "aws:SourceAccount": ACCOUNT,
      "aws:SourceArn": `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/cleanup-schedules-1a2b3c4`,
    });
    assert.deepEqual(statementsOf(find(all, "cleanup-invoke").inputs.policy).InvokeCleanup?.Action, [
      "lambda:InvokeFunction",
    ]);
  });

  it("exports plain data for services to join, known in a preview but for a new bucket's name", async () => {
    for (const preview of [false, true]) {
      const outputs: Record<string, unknown> = {};
      await recordDeployment(
        () => {
          const { reference } = new CleanupFunction("cleanup", { path: "/ops/" });
          for (const key of ["bucketName", "roleArn", "rolePath", "region", "account"] as const) {
            reference[key].apply((value) => {
              outputs[key] = value;
            });
          }
        },
        { preview },
      );
      assert.deepEqual(outputs, {
        ...(preview ? {} : { bucketName: "cleanup-store-bucket-1a2b3c4" }),
        roleArn: `arn:aws:iam::${ACCOUNT}:role/ops/ecs-retention-${REGION}`,
        rolePath: `/ecs-retention/${REGION}/`,
        region: REGION,
        account: ACCOUNT,
      });
    }
  });

  it("adopts a store by name: no bucket is made, and a preview shows every statement", async () => {
    const all = await deploy({ storeBucketName: "kept" }, true);
    assert.equal(all.filter(({ type }) => type === "aws:s3/bucket:Bucket").length, 0);
    assert.equal(find(all, "cleanup-function").inputs.environment.variables.STORE_BUCKET, "kept");
  });

  it("puts everything regional into its own Region, and names its role and paths after it", async () => {
    const all = await deploy({ region: "us-east-1" });
    const global = /^aws:iam|^ecs-retention/;
    for (const { type, name, inputs } of all.filter(({ type }) => !global.test(type))) {
      assert.equal(inputs.region, "us-east-1", `${type} ${name}`);
    }
    assert.equal(find(all, "cleanup-role").inputs.name, "ecs-retention-us-east-1");
    assert.match(find(all, "cleanup-account").inputs.policy, /role\/ecs-retention\/us-east-1\//);
  });

  it("tags what takes tags, and bounds both roles", async () => {
    const all = await deploy({ tags: { team: "ops" }, permissionsBoundaryArn: "boundary", path: "/ops/" });
    const untagged = all.filter(({ type, inputs }) => type.startsWith("aws:") && inputs.tags === undefined);
    assert.deepEqual([...new Set(untagged.map(({ type }) => type.split(":")[2]))].sort(), [
      "BucketLifecycleConfiguration",
      "BucketOwnershipControls",
      "BucketPolicy",
      "BucketPublicAccessBlock",
      "BucketServerSideEncryptionConfiguration",
      "BucketVersioning",
      "FunctionEventInvokeConfig",
      "RolePolicy",
      "Schedule",
    ]);
    for (const role of [find(all, "cleanup-role"), find(all, "cleanup-scheduler")]) {
      assert.deepEqual([role.inputs.permissionsBoundary, role.inputs.path], ["boundary", "/ops/"]);
    }
  });

  it("alarms on errors, throttles, waiting failures, refused services and a missing run, and notifies whom it is told", async () => {
    const all = await deploy({
      alarmActions: ["arn:aws:sns:eu-west-1:111122223333:on-call"],
      expectedEvery: pulumi.output("36h"),
    });
    const alarms = all.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
    assert.deepEqual(
      alarms.map(({ inputs }) => `${inputs.namespace}/${inputs.metricName} ${inputs.treatMissingData}`).sort(),
      [
        "AWS/Lambda/Errors notBreaching",
        "AWS/Lambda/Throttles notBreaching",
        "AWS/SQS/ApproximateNumberOfMessagesVisible notBreaching",
        "ecs-retention/CompletedFullRuns breaching",
        "ecs-retention/ServicesRefused notBreaching",
      ],
    );
    for (const { inputs } of alarms) assert.equal(inputs.alarmActions.length, 1);
    const refused = find(all, "cleanup-refused-alarm").inputs;
    assert.deepEqual([refused.threshold, refused.evaluationPeriods, refused.statistic], [1, 1, "Maximum"]);
    const { period, evaluationPeriods } = find(all, "cleanup-no-run-alarm").inputs;
    assert.equal(period * evaluationPeriods, 36 * 3600);
  });

  it("refuses an expectedEvery that no alarm can watch", async () => {
    for (const expectedEvery of ["8d", "0h", "daily"]) {
      await assert.rejects(deploy({ expectedEvery }), {
        message: new RegExp(
          `CleanupFunction "cleanup":\\s+expectedEvery: got "${expectedEvery}", expected a duration from "1h" to "7d"; `,
        ),
      });
    }
  });

  it("knows its policies in a preview, apart from that for things which have no name yet", async () => {
    const all = await deploy({}, true);
    assert.ok(statementsOf(find(all, "cleanup-account").inputs.policy).TakeCleanupRoles);
    assert.equal(find(all, "cleanup-own").inputs.policy, UNKNOWN);
  });
});
