import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Container, readContainer, readContainerDefinitions } from "../../permissions/containers";
import { executionStatements } from "../../permissions/execution";

const scope = { partition: "aws", region: "eu-west-1", account: "111122223333" };

/** Statements by label: actions without their service, and resources. */
function granted(...containers: Container[]) {
  return Object.fromEntries(
    executionStatements(containers, scope).map(({ sid, actions, resources }) => [sid, { actions, resources }]),
  );
}

const resources = (container: Container, sid: string) => granted(container)[sid]?.resources;

describe("what an execution role is granted", () => {
  it("for an image in a private ECR repository: the login, and pulls of that repository", () => {
    const image = "444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout:1.4.2";
    assert.deepEqual(granted({ image }), {
      LogInToRegistry: { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
      PullImages: {
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources: ["arn:aws:ecr:eu-central-1:444455556666:repository/shop/checkout"],
      },
    });
  });

  it("for an image in China or by FIPS host: the repository in its own partition", () => {
    assert.deepEqual(
      resources(
        { image: `444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/shop@sha256:${"a".repeat(64)}` },
        "PullImages",
      ),
      ["arn:aws-cn:ecr:cn-north-1:444455556666:repository/shop"],
    );
    assert.deepEqual(resources({ image: "444455556666.dkr.ecr-fips.us-gov-west-1.amazonaws.com/shop" }, "PullImages"), [
      "arn:aws-us-gov:ecr:us-gov-west-1:444455556666:repository/shop",
    ]);
  });

  it("for images of other registries, or none: nothing", () => {
    for (const image of ["nginx", "public.ecr.aws/docker/library/nginx:1", "ghcr.io/acme/app:2", "", undefined]) {
      assert.deepEqual(Object.keys(granted({ image })), ["NothingNeeded"], image);
    }
  });

  it("for a name with characters that IAM would take for a pattern or a variable: that very name", () => {
    const logConfiguration = {
      logDriver: "awslogs",
      options: { "awslogs-group": "/shop/*", "awslogs-region": "*", "awslogs-create-group": "true" },
    };
    const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*";
    const secrets = ["*", "/shop/?", "$" + "{aws:username}", secret].map((valueFrom) => ({ valueFrom }));
    const container = { logConfiguration, secrets };
    const group = "arn:aws:logs:$" + "{*}:111122223333:log-group:/shop/$" + "{*}";
    assert.deepEqual(resources(container, "WriteLogs"), [`${group}:log-stream:*`]);
    assert.deepEqual(resources(container, "CreateLogGroups"), [group, `${group}:*`]);
    assert.deepEqual(resources(container, "ReadSecrets"), [secret.replace("*", "$" + "{*}")]);
    const parameters = "arn:aws:ssm:eu-west-1:111122223333:parameter/";
    assert.deepEqual(
      resources(container, "ReadParameters"),
      ["$" + "{$}{aws:username}", "$" + "{*}", "shop/$" + "{?}"].map((name) => parameters + name),
    );
  });

  it("for nothing at all: a statement that allows nothing, since IAM refuses a policy without one", () => {
    assert.deepEqual(
      executionStatements([], scope).map(({ effect }) => effect),
      ["Deny"],
    );
  });

  it("for an awslogs group: writing to it in its Region, by default that of the tasks", () => {
    const logs = (options: Record<string, string>) =>
      resources({ logConfiguration: { logDriver: "awslogs", options } }, "WriteLogs");
    assert.deepEqual(logs({ "awslogs-group": "/shop", "awslogs-region": "us-east-1" }), [
      "arn:aws:logs:us-east-1:111122223333:log-group:/shop:log-stream:*",
    ]);
    assert.deepEqual(logs({ "awslogs-group": "/shop" }), [
      "arn:aws:logs:eu-west-1:111122223333:log-group:/shop:log-stream:*",
    ]);
    assert.deepEqual(
      granted({ logConfiguration: { logDriver: "splunk", options: { "awslogs-group": "/shop" } } }).WriteLogs,
      undefined,
    );
  });

  it('for awslogs-create-group: making that group, only where it is "true"', () => {
    const create = (value: string) =>
      resources(
        {
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": "/shop", "awslogs-create-group": value },
          },
        },
        "CreateLogGroups",
      );
    assert.deepEqual(create("true"), [
      "arn:aws:logs:eu-west-1:111122223333:log-group:/shop",
      "arn:aws:logs:eu-west-1:111122223333:log-group:/shop:*",
    ]);
    assert.equal(create("false"), undefined);
  });

  it("for a secret: the bare ARN, without JSON key, version stage and version id", () => {
    const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf";
    for (const suffix of ["", ":password::", ":password:AWSCURRENT:", "::AWSPREVIOUS:", ":::0123"]) {
      assert.deepEqual(resources({ secrets: [{ valueFrom: secret + suffix }] }, "ReadSecrets"), [secret]);
    }
  });

  it("for a parameter: its ARN, also where it is named, with or without a leading slash", () => {
    const parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/db";
    for (const valueFrom of [parameter, "/shop/db", "shop/db"]) {
      assert.deepEqual(resources({ secrets: [{ valueFrom }] }, "ReadParameters"), [parameter]);
    }
  });

  it("for the log driver's secrets as for the container's", () => {
    const logConfiguration = { logDriver: "splunk", secretOptions: [{ name: "splunk-token", valueFrom: "/splunk" }] };
    assert.deepEqual(resources({ logConfiguration }, "ReadParameters"), [
      "arn:aws:ssm:eu-west-1:111122223333:parameter/splunk",
    ]);
  });

  it("for several containers: one statement per purpose, each resource once, in order", () => {
    const host = "444455556666.dkr.ecr.eu-west-1.amazonaws.com";
    const { PullImages } = granted({ image: `${host}/b:1` }, { image: `${host}/a:1` }, { image: `${host}/b:2` });
    assert.deepEqual(PullImages?.resources, [
      "arn:aws:ecr:eu-west-1:444455556666:repository/a",
      "arn:aws:ecr:eu-west-1:444455556666:repository/b",
    ]);
  });
});

describe("reading container definitions", () => {
  it("keeps the fields that need grants and nothing else", () => {
    const text = JSON.stringify([
      {
        name: "app",
        image: "nginx",
        memory: 128,
        environment: [{ name: "PASSWORD", value: "hunter2" }],
        secrets: [{ name: "TOKEN", valueFrom: "/token", extra: 1 }],
        logConfiguration: { logDriver: "splunk", options: { "splunk-token": "hunter2", "awslogs-group": "g" } },
      },
    ]);
    assert.deepEqual(readContainerDefinitions(text, "containerDefinitions"), {
      containers: [
        {
          name: "app",
          image: "nginx",
          secrets: [{ name: "TOKEN", valueFrom: "/token" }],
          logConfiguration: { logDriver: "splunk", options: { "awslogs-group": "g" } },
        },
      ],
    });
  });

  it("names the path, the kind and the fix of what is wrong, never a value", () => {
    const problems = (text: string) => readContainerDefinitions(text, "containerDefinitions").problems ?? [];
    assert.deepEqual(
      ["[{ hunter2", "{}", "7"].flatMap(problems).map(({ path, given }) => `${path}: ${given}`),
      [
        "containerDefinitions: text that is not JSON",
        "containerDefinitions: JSON of an object",
        "containerDefinitions: JSON of a number",
      ],
    );
    const [first, second] = problems('[{ "image": ["hunter2"] }, "hunter2"]');
    assert.deepEqual(
      [first?.path, first?.given, first?.expected],
      ["containerDefinitions[0].image", "a list", "a string"],
    );
    assert.deepEqual([second?.path, second?.given], ["containerDefinitions[1]", "a string"]);
    assert.doesNotMatch(JSON.stringify(["[{ hunter2", '"hunter2"', '[["hunter2"]]'].map(problems)), /hunter2/);
    assert.equal(readContainer("x", "containers.app").problems?.[0]?.path, "containers.app");
  });

  it("reads the task definitions of real projects", function () {
    const folder = join(__dirname, "../../../shared/corpus/task-definitions");
    if (!existsSync(folder)) this.skip();
    for (const file of readdirSync(folder)) {
      const parsed = JSON.parse(readFileSync(join(folder, file), "utf8").replace(/^\uFEFF/, ""));
      const body = parsed.data ?? parsed;
      const definition = body.taskDefinition ?? body;
      const definitions = Array.isArray(definition) ? definition : definition.containerDefinitions;
      const read = readContainerDefinitions(JSON.stringify(definitions), "containerDefinitions");
      assert.deepEqual(read.problems, undefined, file);
      executionStatements(read.containers ?? [], scope);
    }
  });
});
