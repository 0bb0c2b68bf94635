import assert from "node:assert/strict";
import { settingsProblems } from "../../permissions/settings";

describe("what an author says of keys, caches, buckets and secrets", () => {
  it("is taken in AWS's forms", () => {
    const keys = {
      secretsManager: ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
      systemsManager: ["arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234"],
      s3: [],
    };
    assert.deepEqual(
      settingsProblems({
        keys,
        pullThroughCachePrefixes: ["ROOT", "docker-hub", "team/quay.io"],
        bucketAccountIds: ["444455556666"],
        additionalSecretArns: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:gmsa-AbCdEf"],
      }),
      [],
    );
    assert.deepEqual(settingsProblems({}), []);
  });

  it("is refused by its place otherwise, without the value", () => {
    const problems = settingsProblems(
      {
        keys: {
          secretsManager: ["alias/hunter2"],
          systemsManager: [],
          s3: ["arn:aws:kms:eu-west-1:111122223333:alias/a"],
        },
        pullThroughCachePrefixes: ["docker-hub", "hunter2/"],
        bucketAccountIds: ["hunter2"],
        additionalSecretArns: ["hunter2"],
      },
      "executionRole",
    );
    assert.deepEqual(
      problems.map(({ path }) => path),
      [
        "executionRole.keys.secretsManager[0]",
        "executionRole.keys.s3[0]",
        "executionRole.pullThroughCachePrefixes[1]",
        "executionRole.bucketAccountIds[0]",
        "executionRole.additionalSecretArns[0]",
      ],
    );
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });
});
