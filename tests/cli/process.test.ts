import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { LifecycleRepository } from "../../report/lifecycle-images";
import type { Report } from "../../retention/types";
import { World } from "../../simulator";
import { pushImage, pushIndex } from "../../simulator/services/ecr-images";
import { createRepository } from "../../simulator/services/ecr-repositories";
import { type Door, serve } from "../../simulator/wire/http";
import { ACCOUNT, CHECKOUT_AGE, checkoutWorld, DAY, Policies, policyOf, REGION, removals, scopeOf } from "./support";

const ROOT = join(__dirname, "..", "..");

/** The tool as a process of its own, with nothing of this machine's AWS settings. */
async function tool(
  args: string[],
  env: Record<string, string>,
  { input, started = () => {} }: { input?: string; started?: (child: ChildProcess) => void } = {},
) {
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "cli", "main.ts"), ...args], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", ...env },
  });
  child.stdin.end(input);
  started(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
}

describe("ecs-retention as a process, over HTTP", () => {
  let policies: Policies;
  let file: string;
  beforeEach(async () => {
    policies = new Policies();
    file = policies.write("checkout.json", policyOf("checkout"));
    await policies.remember();
  });
  afterEach(() => policies.remove());

  it("honours AWS_ENDPOINT_URL and the environment's credentials; plan, then apply, then nothing is left", async () => {
    const world = await checkoutWorld(Date.now() - CHECKOUT_AGE);
    const door: Door = await serve(world);
    const { accessKeyId, secretAccessKey } = world.admin(ACCOUNT);
    const env = {
      AWS_ENDPOINT_URL: door.url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    try {
      const planned = await tool(["plan", "--policy", file, "--json"], env);
      assert.deepEqual([planned.code, planned.stderr], [2, ""]);
      assert.equal((JSON.parse(planned.stdout) as Report).account, ACCOUNT);
      assert.deepEqual(removals(world), []);
      const applied = await tool(["apply", "--policy", file, "--store", policies.store, "--yes"], env);
      assert.equal(applied.code, 0, applied.stdout + applied.stderr);
      assert.match(applied.stdout, /Revisions: 1 deregistered, 3 deleted\./);
      const again = await tool(["plan", "--policy", file, "--store", policies.store], env);
      assert.equal(again.code, 0, again.stdout + again.stderr);
    } finally {
      await door.close();
    }
  });

  it("reads the images of a repository, then works without AWS on what it kept of them", async () => {
    const world = new World({ startsAt: Date.now() - 30 * DAY, pageSize: 2 });
    createRepository(scopeOf(world), { name: "shop/checkout" });
    const children = ["amd64", "arm64"].map((content) => pushImage(scopeOf(world), "shop/checkout", { content }));
    pushIndex(scopeOf(world), "shop/checkout", { tags: ["release-1"], children });
    const old = pushImage(scopeOf(world), "shop/checkout");
    await world.clock.advance(30 * DAY);
    const selection = { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 };
    const rules = [{ rulePriority: 1, selection, action: { type: "expire" } }];
    const policy = policies.write("lifecycle.json", { rules });
    const images = join(policies.folder, "images.json");
    const door = await serve(world);
    const { accessKeyId, secretAccessKey } = world.admin(ACCOUNT);
    let online: Awaited<ReturnType<typeof tool>>;
    try {
      const args = ["lifecycle", policy, "--repository", "shop/checkout", "--save-images", images, "--json"];
      online = await tool(args, {
        AWS_ENDPOINT_URL: door.url,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      });
    } finally {
      await door.close();
    }
    assert.deepEqual([online.code, online.stderr], [2, ""], online.stdout);
    const { repository } = JSON.parse(online.stdout) as { repository: LifecycleRepository };
    const going = repository.verdicts.filter(({ action }) => action === "expire");
    assert.deepEqual([repository.verdicts.length, going.map(({ image }) => image.digest)], [4, [old]]);
    const offline = await tool(["lifecycle", policy, "--images", images, "--json"], {});
    assert.deepEqual(offline, online);
  });

  it("says where it stands when it is interrupted in the middle of apply, and exits with 130", async () => {
    const world = await checkoutWorld(Date.now() - CHECKOUT_AGE);
    const door = await serve(world);
    const { accessKeyId, secretAccessKey } = world.admin(ACCOUNT);
    let child: ChildProcess | undefined;
    world.gate.faults = ({ operation }) => {
      // The call is let through, its answer finds nobody.
      if (operation === "DeregisterTaskDefinition") child?.kill("SIGINT");
      return undefined;
    };
    try {
      const { code, stdout, stderr } = await tool(
        ["apply", "--policy", file, "--store", policies.store, "--yes"],
        {
          AWS_ENDPOINT_URL: door.url,
          AWS_REGION: REGION,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
        },
        {
          started: (process) => {
            child = process;
          },
        },
      );
      assert.deepEqual([code, stdout], [130, ""], stderr);
      assert.match(stderr, /interrupted: what was removed until then stays removed, .*; `plan` shows what is left\n$/);
    } finally {
      await door.close();
    }
  });

  it("checks what another program prints, without AWS", async () => {
    const input = JSON.stringify({ taskDefinition: { containerDefinitions: [{ name: "app", image: "app" }] } });
    const { code, stdout, stderr } = await tool(["check", "-"], {}, { input });
    assert.deepEqual([code, stderr], [2, ""]);
    assert.match(stdout, /^standard input\n\nimage-tag · advice\n {2}app: image: has neither tag nor digest/);
  });

  it("says what to do where there are no credentials, on stderr, and exits with 1", async () => {
    const { code, stdout, stderr } = await tool(["plan", "--policy", file], { AWS_REGION: REGION });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^ecs-retention: no AWS credentials .*: give --profile or set AWS_PROFILE/);
  });

  it("does not wait for an answer where nobody can give one", async () => {
    const { code, stderr } = await tool(["apply", "--policy", file, "--store", policies.store], {});
    assert.equal(code, 64);
    assert.match(stderr, /give --yes/);
  });
});
