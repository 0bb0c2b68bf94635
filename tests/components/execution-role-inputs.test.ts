import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ExecutionRole } from "../../index";
import { ACCOUNT, attemptDeployment, image, REGION } from "./support/record-deployment";

const containers = { app: { image } };
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123abcd-0123-0123-0123-0123456789ab`;

describe("a wrong input of an ExecutionRole", () => {
  const wrongs: { args: object; says: RegExp }[] = [
    {
      args: {
        containerDefinitions: JSON.stringify([
          { name: "web", image },
          { name: "app", image: "shop checkout" },
        ]),
      },
      says: /containerDefinitions\[1\] \(app\)\.image: got text that is no image reference, expected .*; write /,
    },
    {
      args: { containers: { app: { image, secrets: [{ name: "A", valueFrom: "arn:aws:secretsmanager:x" }] } } },
      says: /containers\.app\.secrets\[0\]\.valueFrom: got .*, expected .*; /,
    },
    {
      args: { containers, volumes: [{ name: "files", fsxWindowsFileServerVolumeConfiguration: "hunter2" }] },
      says: /volumes\[0\]\.fsxWindowsFileServerVolumeConfiguration: got a string, expected an object; /,
    },
    {
      args: { containers, keys: { secretsManager: [KEY, "alias/shop"] } },
      says: /keys\.secretsManager\[1\]: got .*; name /,
    },
    {
      args: { containers, keys: { secretManager: [KEY] } },
      says: /keys\.secretManager: got an unknown property, expected/,
    },
    { args: { containers, keys: KEY }, says: /keys: got a string, expected an object; / },
    { args: { containers, pullThroughCachePrefixes: ["a/"] }, says: /pullThroughCachePrefixes\[0\]: got .*; copy / },
    {
      args: { containers, bucketAccountIds: "444455556666" },
      says: /bucketAccountIds: got a string, expected a list; /,
    },
    {
      args: { containers, bucketAccountIds: ["hunter2"] },
      says: /bucketAccountIds\[0\]: got .*, expected 12 digits; /,
    },
    {
      args: { containers, additionalSecretArns: ["hunter2"] },
      says: /additionalSecretArns\[0\]: got .*, expected .*; /,
    },
    {
      args: { containers, acceptedFindings: [{ id: "mutable", reason: "known" }] },
      says: /acceptedFindings\[0\]\.id: got "mutable", expected the id of a check: .*; copy it from the warning/,
    },
    {
      args: { containers, acceptedFindings: [{ id: "user-not-set" }] },
      says: /acceptedFindings\[0\]\.reason: got nothing, expected a reason /,
    },
  ];
  for (const { args, says } of wrongs) {
    it(`is named with its fix, known or not, and never its value: ${says.source}`, async () => {
      const early = await attemptDeployment(() => new ExecutionRole("start", args), { preview: true });
      assert.deepEqual(early.result, []);
      const outputs = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, later(name, value)]));
      const late = await attemptDeployment(() => new ExecutionRole("start", outputs));
      for (const { errors } of [early, late]) {
        assert.ok(pulumi.InputPropertiesError.isInstance(errors[0]), String(errors[0]));
        assert.match(String(errors[0]), says);
        assert.doesNotMatch(errors.join("\n"), /hunter2/);
      }
      assert.ok(!late.result.some(({ type }) => type === "aws:iam/rolePolicy:RolePolicy"));
    });
  }

  /** As an output; the names of a map of containers stay known. */
  function later(name: string, value: unknown): unknown {
    if (name !== "containers") return pulumi.output(value);
    return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, pulumi.output(each)]));
  }
});
