import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calls } from "../../aws/retry";
import { openStore } from "../../aws/store";
import { getObject } from "../../simulator/services/s3";
import { connectTo } from "../../simulator/wire/middleware";
import { PLACE, simulatedStore } from "./stored";

describe("openStore", () => {
  const { world } = simulatedStore();
  const connect = connectTo(world, world.admin(PLACE.account), PLACE.region);
  const open = (location: string) => openStore(location, connect, calls(world.clock, world.clock.now() + 60_000));

  it("opens a bucket", async () => {
    await open("s3://store").put("key", "1", "any");
    await open("s3://store/").put("other", "2", "any");
    const scope = world.scope(PLACE.account, PLACE.region);
    assert.equal(`${getObject(scope, "store", "key")?.body}${getObject(scope, "store", "other")?.body}`, "12");
  });

  it("opens a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "store-"));
    await open(folder).put("key", "1", "any");
    assert.equal(readFileSync(join(folder, "key"), "utf8"), "1");
    rmSync(folder, { recursive: true });
  });

  it("refuses what is neither, and names it", () => {
    for (const location of ["", "s3://", "s3://store/folder", "S3://store", "https://store", "gs://store"]) {
      assert.throws(() => open(location), {
        message: `store: got "${location}", expected s3://BUCKET, without a key, or a folder`,
      });
    }
  });
});
