import assert from "node:assert/strict";
import { DAY, HOUR } from "../../retention/duration";
import type { Bucket } from "../../simulator/services/s3";
import { listKeys } from "../../simulator/services/s3";
import { Account, JOINED, LONG, PLATFORM, SHOP } from "./support";

const SERVICES = { "shop:services": { checkout: { family: "checkout", mode: "enforce" } } };

describe("a store whose stack is destroyed", function () {
  this.timeout(60_000);
  let account: Account;
  let deployed: Partial<Bucket>;
  let keys: string[];
  const bucket = () => account.world.services.s3.buckets.get(account.bucket) as Bucket;
  const settingsOf = ({ policy, versioning, settings }: Bucket) => structuredClone({ policy, versioning, settings });
  const registrationsAndReports = () => listKeys(account.scope, account.bucket);

  before(async () => {
    account = await Account.open();
    account.register(["checkout"], { inactive: 3 });
    await account.world.clock.advance(LONG);
    await account.deploy(PLATFORM, SHOP);
    await account.deploy("checkout/prod", SHOP, { ...JOINED, ...SERVICES });
    await account.pass(HOUR);
    assert.deepEqual(account.count("checkout"), { ACTIVE: 10, INACTIVE: 2 });
    deployed = settingsOf(bucket());
    keys = registrationsAndReports();
    account.destroy(PLATFORM);
  });
  after(() => account?.close());

  it("stays with its policy, its settings and everything in it", () => {
    assert.match(deployed.policy ?? "", /"Deny".*aws:SecureTransport/);
    assert.equal(deployed.versioning, "Enabled");
    assert.equal(Object.keys(deployed.settings ?? {}).length, 6);
    assert.deepEqual(settingsOf(bucket()), deployed);
    assert.ok(keys.some((key) => key.startsWith("policies/")) && keys.some((key) => key.startsWith("reports/")));
    assert.deepEqual(registrationsAndReports(), keys);
  });

  it("is all that stays of the function", () => {
    const { lambda, scheduler, logs, sqs } = account.world.services;
    assert.equal(lambda.at(account.scope).functions.size, 0);
    assert.equal(scheduler.at(account.scope).schedules.size, 0);
    assert.equal(logs.at(account.scope).groups.size, 0);
    assert.equal(sqs.at(account.scope).queues.size, 0);
    assert.deepEqual(
      account.roles.map(({ name }) => name.replace(/[0-9a-f]{8}$/, "…")),
      ["checkout-…"],
    );
  });

  it("is adopted by storeBucketName with its registrations, and works on", async () => {
    await account.deploy(PLATFORM, SHOP, { "shop:function": { storeBucketName: account.bucket } });
    assert.equal(account.world.services.s3.buckets.size, 1);
    assert.deepEqual(settingsOf(bucket()), deployed);
    assert.deepEqual(registrationsAndReports(), keys);
    await account.pass(9 * DAY);
    assert.deepEqual(account.count("checkout"), { ACTIVE: 10 });
    assert.deepEqual(account.refused, []);
  });

  it("stays again when the stack that adopted it is destroyed", () => {
    account.destroy(PLATFORM);
    assert.deepEqual(settingsOf(bucket()), deployed);
    assert.ok(registrationsAndReports().includes(account.key("checkout")));
  });
});
