import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ServiceRetention, type ServiceRetentionArgs } from "../../index";
import { problemText } from "../../retention/errors";
import { readPolicy } from "../../retention/policy";
import { attemptDeployment, cleanupFunction } from "./support/record-deployment";

const attempt = (args: object) =>
  attemptDeployment(
    () =>
      new ServiceRetention("checkout", {
        family: "checkout",
        cleanupFunction,
        ...args,
      } as ServiceRetentionArgs),
    { preview: true },
  );

function inputError(errors: Error[]): pulumi.InputPropertiesError {
  const [error] = errors;
  assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
  return error;
}

const wrong: { what: string; args: object; path: string }[] = [
  { what: "an unknown key", args: { keepRevisons: 5 }, path: "keepRevisons" },
  {
    what: "an unknown key of a section",
    args: { taskDefinitions: { keepRevisons: 5 } },
    path: "taskDefinitions.keepRevisons",
  },
  {
    what: "a setting of a later version",
    args: { images: { keepImages: 20, repositories: {} } },
    path: "images.keepImages",
  },
  { what: "images without repositories", args: { images: {} }, path: "images.repositories" },
  {
    what: "a list of repositories",
    args: { images: { repositories: ["shop/checkout"] } },
    path: "images.repositories",
  },
  { what: "images that are none", args: { images: null }, path: "images" },
  { what: "an output of images", args: { images: pulumi.output({ repositories: {} }) }, path: "images" },
  {
    what: "an output of repositories",
    args: { images: { repositories: pulumi.output({}) } },
    path: "images.repositories",
  },
  {
    what: "an output of a repository",
    args: { images: { repositories: { app: pulumi.output({}) } } },
    path: "images.repositories.app",
  },
  {
    what: "a repository without a lifecycle policy",
    args: { images: { repositories: { app: { repositoryName: "shop" } } } },
    path: "images.repositories.app.lifecyclePolicy",
  },
  {
    what: "a Region of a repository, which is the service's",
    args: { images: { repositories: { app: { repositoryName: "shop", lifecyclePolicy: {}, region: "us-east-1" } } } },
    path: "images.repositories.app.region",
  },
  {
    what: "a lifecycle rule that keeps by hours",
    args: {
      images: {
        repositories: {
          app: {
            repositoryName: "shop",
            lifecyclePolicy: { rules: [{ tagPatterns: ["pr-*"], keepFor: "36h", action: "expire" }] },
          },
        },
      },
    },
    path: "images.repositories.app.lifecyclePolicy.rules[0].keepFor",
  },
  {
    what: "a repository twice",
    args: {
      images: {
        repositories: {
          app: { repositoryName: "shop", lifecyclePolicy: {} },
          web: { repositoryName: "shop", lifecyclePolicy: {} },
        },
      },
    },
    path: "images.repositories.web.repositoryName",
  },
  { what: "keepRevisions 0", args: { taskDefinitions: { keepRevisions: 0 } }, path: "taskDefinitions.keepRevisions" },
  {
    what: "deleteAfter below an hour",
    args: { taskDefinitions: { deleteAfter: "0h" } },
    path: "taskDefinitions.deleteAfter",
  },
  { what: "a malformed duration", args: { taskDefinitions: { keepFor: "30 days" } }, path: "taskDefinitions.keepFor" },
  {
    what: "a pin of another family",
    args: { taskDefinitions: { pinned: ["basket:3"] } },
    path: "taskDefinitions.pinned[0]",
  },
  { what: "an impossible family", args: { family: "shop/checkout" }, path: "family" },
  { what: "an unknown mode", args: { mode: "remove" }, path: "mode" },
  { what: "an unknown match", args: { familyMatch: "prefix" }, path: "familyMatch" },
  {
    what: "a family without room for a hash",
    args: { family: "f".repeat(250), familyMatch: "hash-suffix" },
    path: "family",
  },
  {
    what: "a pin of the family without its hash",
    args: { familyMatch: "hash-suffix", taskDefinitions: { pinned: ["checkout:3"] } },
    path: "taskDefinitions.pinned[0]",
  },
  {
    what: "keepSuccessful -1",
    args: { taskDefinitions: { keepSuccessful: -1 } },
    path: "taskDefinitions.keepSuccessful",
  },
  {
    what: "unusedFor without a unit",
    args: { taskDefinitions: { unusedFor: "30" } },
    path: "taskDefinitions.unusedFor",
  },
  {
    what: "an unknown treatment of secrets",
    args: { taskDefinitions: { plaintextSecrets: "remove" } },
    path: "taskDefinitions.plaintextSecrets",
  },
  { what: "maxRemovals 0", args: { limits: { maxRemovals: 0 } }, path: "limits.maxRemovals" },
  { what: "an unknown limit", args: { limits: { maxDeletions: 5 } }, path: "limits.maxDeletions" },
  {
    what: "a source that cannot be left out",
    args: { ignoredSources: [{ source: "services", reason: "x" }] },
    path: "ignoredSources[0].source",
  },
  {
    what: "a source left out without a reason",
    args: { ignoredSources: [{ source: "pipes" }] },
    path: "ignoredSources[0].reason",
  },
];

describe("a wrong retention policy", () => {
  for (const { what, args, path } of wrong) {
    it(`fails the preview before anything is registered: ${what}`, async () => {
      const { result, errors } = await attempt(args);
      assert.deepEqual(result, []);
      const error = inputError(errors);
      assert.match(error.message, /ServiceRetention "checkout":\n {2}\S+: got .+, expected .+; .+/);
      assert.deepEqual(
        error.errors.map(({ propertyPath }) => propertyPath),
        [path],
      );
    });
  }

  it("says the same as the run says of a registered one", async () => {
    const { errors } = await attempt({ taskDefinitions: { keepRevisions: 0 } });
    const [problem] = readPolicy({ family: "checkout", taskDefinitions: { keepRevisions: 0 } }).problems ?? [];
    assert.ok(problem && inputError(errors).message.includes(problemText(problem)));
  });

  it("names everything that is wrong at once", async () => {
    const repositories = {
      app: { repositoryName: "Shop", lifecyclePolicy: {} },
      web: { repositoryName: "web", lifecyclePolicy: { policyJson: "{" } },
    };
    const { errors } = await attempt({ taskDefinitions: { keepRevisions: 0, keepFor: "x" }, images: { repositories } });
    assert.deepEqual(
      inputError(errors).errors.map(({ propertyPath }) => propertyPath),
      [
        "taskDefinitions.keepRevisions",
        "taskDefinitions.keepFor",
        "images.repositories.app.repositoryName",
        "images.repositories.web.lifecyclePolicy.policyJson",
      ],
    );
  });

  it("fails the preview where the value is an output, before anything that depends on it", async () => {
    const { result, errors } = await attempt({ mode: "enforce", taskDefinitions: { keepRevisions: pulumi.output(0) } });
    assert.match(inputError(errors).message, /taskDefinitions\.keepRevisions: got 0, /);
    assert.deepEqual(
      result.filter(({ type }) => type.startsWith("aws:")),
      [],
    );
  });

  it("fails the preview for what is known, however unknown the family is", async () => {
    const { result, errors } = await attemptDeployment(
      () => {
        const family = new aws.sqs.Queue("unknown").name;
        const taskDefinitions = { keepRevisions: 0, pinned: [pulumi.interpolate`${family}:3`] };
        new ServiceRetention("checkout", { family, taskDefinitions, cleanupFunction });
      },
      { preview: true },
    );
    assert.deepEqual(
      inputError(errors).errors.map(({ propertyPath }) => propertyPath),
      ["taskDefinitions.keepRevisions"],
    );
    assert.ok(!result.some(({ name }) => name.startsWith("checkout")));
  });
});

describe("a wrong repository of a service", () => {
  const wrong = { tagPatterns: ["pr-*"], keepFor: pulumi.output("36h"), action: "expire" };
  for (const [what, app, path] of [
    ["its policy", { lifecyclePolicy: { rules: [wrong] } }, "lifecyclePolicy.rules[0].keepFor"],
    ["its name", { repositoryName: pulumi.output("Shop") }, "repositoryName"],
    ["its mutability", { imageTagMutability: pulumi.output("FIXED") }, "imageTagMutability"],
  ] as const) {
    it(`is named as it was written where ${what} is an output, and gets no policy`, async () => {
      const repositories = {
        app: { repositoryName: "app", lifecyclePolicy: {}, ...app },
        web: { repositoryName: pulumi.output("web"), lifecyclePolicy: {} },
      };
      const { result, errors } = await attempt({ images: { repositories } });
      const { message } = inputError(errors);
      assert.ok(message.includes(`ServiceRetention "checkout":\n  images.repositories.app.${path}: got `), message);
      assert.ok(what === "its mutability" || !result.some(({ name }) => name === "checkout-app-lifecycle-policy"));
    });
  }

  it("is one that two keys name through outputs", async () => {
    const repository = { repositoryName: pulumi.output("shop"), lifecyclePolicy: {} };
    const { errors } = await attempt({ images: { repositories: { app: repository, web: { ...repository } } } });
    assert.match(
      inputError(errors).message,
      /images\.repositories\.web\.repositoryName: got "shop" again, as in images\.repositories\.app, expected /,
    );
  });
});

describe("other wrong inputs of a service", () => {
  it("names containers by their path in the service's arguments", async () => {
    const { errors } = await attempt({ executionRole: { containerDefinitions: "{}" } });
    assert.match(inputError(errors).message, /executionRole\.containerDefinitions: got JSON of an object, /);
    const { errors: other } = await attempt({ executionRole: { containers: { app: { image: 7 } } } });
    assert.match(inputError(other).message, /executionRole\.containers\.app\.image: got a number, expected a string; /);
  });

  it("ends the deployment where containers turn out wrong only once they are known, and makes nothing of AWS's", async () => {
    for (const preview of [true, false]) {
      const { result, errors } = await attemptDeployment(
        () => {
          const executionRole = { containerDefinitions: pulumi.output("[{") };
          new ServiceRetention("checkout", { family: "checkout", cleanupFunction, executionRole });
        },
        { preview },
      );
      assert.match(inputError(errors).message, /executionRole\.containerDefinitions: got text that is not JSON, /);
      assert.deepEqual(result, []);
    }
  });

  for (const [field, value] of [
    ["region", "us-east-1"],
    ["account", "999999999999"],
  ]) {
    it(`refuses the cleanup function of another ${field}, which would never see the service`, async () => {
      const { result, errors } = await attempt({
        mode: "enforce",
        cleanupFunction: { ...cleanupFunction, [field as string]: value },
      });
      assert.match(errors.join("\n"), new RegExp(`cleanupFunction\\.${field}: got "${value}", expected `));
      assert.ok(!result.some(({ type }) => type.startsWith("aws:")));
    });
  }

  it("refuses what is no reference of a cleanup function, and says which field is missing", async () => {
    const { errors } = await attempt({ cleanupFunction: pulumi.output({ bucketName: "store" }) });
    assert.match(errors.join("\n"), /cleanupFunction\.roleArn: got nothing, expected a string; pass the reference/);
  });
});
