import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type {
  CleanupFunction,
  CleanupFunctionArgs,
  ExecutionRole,
  ExecutionRoleArgs,
  RepositoryRetention,
  RepositoryRetentionArgs,
  RetentionStore,
  RetentionStoreArgs,
  ServiceRetention,
  ServiceRetentionArgs,
  TaskRole,
  TaskRoleArgs,
} from "../../index";
import * as components from "../../index";
import { inferSchema } from "../../scripts/schema";

const root = join(__dirname, "../..");

/** Every key of T, required or not: the compiler refuses a missing and an extra one. */
type Keys<T> = { [K in keyof Required<T>]: true };
type Outputs<T> = Keys<Omit<T, "urn" | "getProvider">>;

const common = { region: true, path: true, permissionsBoundaryArn: true, tags: true } as const;

const declared: Record<string, { inputs: Record<string, true>; required: string[]; outputs: Record<string, true> }> = {
  CleanupFunction: {
    inputs: {
      ...common,
      scheduleExpression: true,
      paused: true,
      acknowledgedGaps: true,
      ignoredSources: true,
      storeBucketName: true,
      deleteOnDestroy: true,
      logRetentionDays: true,
      alarmActions: true,
      expectedEvery: true,
    } satisfies Keys<CleanupFunctionArgs>,
    required: [],
    outputs: { reference: true, functionName: true, logGroupName: true } satisfies Outputs<CleanupFunction>,
  },
  ExecutionRole: {
    inputs: {
      ...common,
      containerDefinitions: true,
      containers: true,
      volumes: true,
      keys: true,
      pullThroughCachePrefixes: true,
      bucketAccountIds: true,
      additionalSecretArns: true,
      policyCount: true,
      acceptedFindings: true,
      existingRoleName: true,
    } satisfies Keys<ExecutionRoleArgs>,
    required: [],
    outputs: { arn: true, name: true, grants: true } satisfies Outputs<ExecutionRole>,
  },
  RepositoryRetention: {
    inputs: {
      repositoryName: true,
      lifecyclePolicy: true,
      imageTagMutability: true,
      imageTagMutabilityExclusionFilters: true,
      sharedWith: true,
      region: true,
    } satisfies Keys<RepositoryRetentionArgs>,
    required: ["repositoryName"],
    outputs: { policyJson: true } satisfies Outputs<RepositoryRetention>,
  },
  RetentionStore: {
    inputs: { bucketName: true, deleteOnDestroy: true, region: true, tags: true } satisfies Keys<RetentionStoreArgs>,
    required: [],
    outputs: { bucketName: true } satisfies Outputs<RetentionStore>,
  },
  ServiceRetention: {
    inputs: {
      ...common,
      family: true,
      familyMatch: true,
      mode: true,
      taskDefinitions: true,
      images: true,
      limits: true,
      ignoredSources: true,
      executionRole: true,
      cleanupFunction: true,
    } satisfies Keys<ServiceRetentionArgs>,
    required: ["family"],
    outputs: {
      executionRoleArn: true,
      cleanupFunction: true,
      registrationKey: true,
      cleanupRoleArn: true,
    } satisfies Outputs<ServiceRetention>,
  },
  TaskRole: {
    inputs: {
      ...common,
      statements: true,
      acceptedFindings: true,
      enableExecuteCommand: true,
    } satisfies Keys<TaskRoleArgs>,
    required: [],
    outputs: { arn: true, name: true } satisfies Outputs<TaskRole>,
  },
};

describe("the schema of the package", function () {
  this.timeout(60_000);
  let text: string;
  let schema: {
    resources: Record<
      string,
      { inputProperties: object; requiredInputs: string[]; properties: object; description?: string }
    >;
  };

  before(async () => {
    text = await inferSchema();
    schema = JSON.parse(text);
  });

  it("is the committed schema.json", () => {
    assert.equal(readFileSync(join(root, "schema.json"), "utf8"), text, 'run "npm run schema"');
  });

  it("names every exported component by its class", () => {
    const exported = Object.keys(components).filter((name) => name in declared);
    assert.deepEqual(
      Object.keys(schema.resources).sort(),
      exported.map((name) => `ecs-retention:index:${name}`).sort(),
    );
    assert.equal(exported.length, Object.keys(declared).length);
    for (const name of exported) {
      const file = readdirSync(join(root, "components"))
        .map((file) => readFileSync(join(root, "components", file), "utf8"))
        .find((source) => source.includes(`class ${name} extends`));
      assert.ok(file?.includes(`super("ecs-retention:index:${name}"`), name);
    }
  });

  for (const [name, { inputs, required, outputs }] of Object.entries(declared)) {
    it(`has the arguments and outputs of ${name}'s types, and no field of its implementation`, () => {
      const resource = schema.resources[`ecs-retention:index:${name}`];
      assert.deepEqual(Object.keys(resource?.inputProperties ?? {}).sort(), Object.keys(inputs).sort());
      assert.deepEqual(resource?.requiredInputs, required);
      assert.deepEqual(Object.keys(resource?.properties ?? {}).sort(), Object.keys(outputs).sort());
      assert.ok(resource?.description);
    });
  }

  it("resolves every type", () => {
    assert.doesNotMatch(text, /pulumi\.json#\/Any/);
  });
});

describe("the arguments of components", () => {
  it("each say what they are, and the optional ones their default", () => {
    let seen = 0;
    for (const file of readdirSync(join(root, "components"))) {
      const source = ts.createSourceFile(
        file,
        readFileSync(join(root, "components", file), "utf8"),
        ts.ScriptTarget.Latest,
        true,
      );
      for (const node of source.statements.filter(ts.isInterfaceDeclaration)) {
        if (!node.name.text.endsWith("Args")) continue;
        for (const member of node.members.filter(ts.isPropertySignature)) {
          const where = `${file}: ${node.name.text}.${member.name.getText()}`;
          assert.ok(ts.getJSDocCommentsAndTags(member).length > 0, where);
          const hasDefault = ts.getJSDocTags(member).some((tag) => tag.tagName.text === "default");
          assert.equal(hasDefault, member.questionToken !== undefined, where);
          seen += 1;
        }
      }
    }
    assert.ok(seen > 30);
  });
});
