import assert from "node:assert/strict";
import { RetentionStore, type RetentionStoreArgs } from "../../index";
import { find, recordDeployment, statementsOf } from "./support/record-deployment";

const deploy = (args?: RetentionStoreArgs) => recordDeployment(() => new RetentionStore("store", args));

describe("RetentionStore", () => {
  it("is versioned, encrypted, private and reached over TLS only", async () => {
    const all = await deploy();
    const inputs = (suffix: string) => find(all, `store-${suffix}`).inputs;
    assert.equal(inputs("versioning").versioningConfiguration.status, "Enabled");
    assert.equal(inputs("encryption").rules[0].applyServerSideEncryptionByDefault.sseAlgorithm, "AES256");
    assert.equal(inputs("ownership").rule.objectOwnership, "BucketOwnerEnforced");
    const { bucket, ...access } = inputs("public-access");
    assert.deepEqual(Object.values(access), [true, true, true, true]);
    const deny = statementsOf(inputs("policy").policy).DenyPlainHttp;
    assert.deepEqual(
      [deny?.Effect, deny?.Principal, deny?.Resource],
      ["Deny", "*", [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]],
    );
  });

  it("lets reports, archived revisions and overwritten versions expire, and nothing else", async () => {
    const { rules } = find(await deploy(), "store-lifecycle").inputs;
    const expiring = rules.filter((rule: object) => "expiration" in rule);
    assert.deepEqual(
      expiring.map((rule: { filter: object }) => rule.filter),
      [{ prefix: "reports/" }, { prefix: "archive/" }],
    );
    assert.equal(rules.length, 3);
    assert.ok(rules[2].noncurrentVersionExpiration.noncurrentDays > 0);
  });

  it("stays on destroy with all of its settings, unless it is told to go", async () => {
    for (const deleteOnDestroy of [false, true]) {
      const all = (await deploy({ deleteOnDestroy })).filter(({ type }) => type.startsWith("aws:"));
      assert.equal(all.length, 7);
      for (const resource of all) assert.equal(resource.retainOnDelete, !deleteOnDestroy, resource.name);
      assert.equal(find(all, "store-bucket").inputs.forceDestroy, deleteOnDestroy);
    }
  });

  it("adopts a bucket: takes its settings over and makes none", async () => {
    const all = (await deploy({ bucketName: "kept" })).filter(({ type }) => type.startsWith("aws:"));
    assert.equal(all.length, 6);
    for (const { inputs, name } of all) assert.equal(inputs.bucket, "kept", name);
  });

  it("refuses to delete an adopted bucket", async () => {
    await assert.rejects(deploy({ bucketName: "kept", deleteOnDestroy: true }), {
      message: /RetentionStore "store":\s+deleteOnDestroy: got true, expected false with an adopted bucket; /,
    });
  });
});
