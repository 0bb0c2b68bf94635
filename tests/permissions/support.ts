import fc from "fast-check";
import type { Container } from "../../permissions/containers";
import { executionGrants, grantContext } from "../../permissions/execution";
import type { GrantSettings } from "../../permissions/grants/grant";
import type { Statement } from "../../permissions/statement";

export const scope = { partition: "aws", region: "eu-west-1", account: "111122223333" };

const name = fc.stringMatching(/^[a-z]{1,3}$/);
const region = fc.constantFrom("eu-west-1", "us-east-1");
const account = fc.constantFrom("111122223333", "444455556666");
const secretArn = fc
  .tuple(region, account, name, fc.constantFrom("", "-AbCdEf"), fc.constantFrom("", ":k::", "::OLD:", ":::7"))
  .map(
    ([region, account, name, end, suffix]) =>
      `arn:aws:secretsmanager:${region}:${account}:secret:${name}${end}${suffix}`,
  );
const valueFrom = fc.oneof(
  secretArn,
  name,
  name.map((name) => `/aws/reference/secretsmanager/${name}`),
  fc.tuple(region, name).map(([region, name]) => `arn:aws:ssm:${region}:111122223333:parameter/a/${name}`),
);
const secrets = fc.array(fc.record({ name, valueFrom }), { maxLength: 6 });
const file = fc.tuple(name, name).map(([bucket, key]) => `arn:aws:s3:::${bucket}/${key}`);
const image = fc.oneof(
  fc
    .tuple(account, region, name)
    .map(([account, region, name]) => `${account}.dkr.ecr.${region}.amazonaws.com/cache/${name}:1`),
  name,
);

/** Containers that share secrets, groups, files and repositories. */
const containerOf = (name: string): fc.Arbitrary<Container> =>
  fc.record({
    name: fc.constant(name),
    image,
    secrets,
    environmentFiles: fc.array(fc.record({ value: file }), { maxLength: 2 }),
    logConfiguration: fc.record({
      logDriver: fc.constantFrom("awslogs", "splunk"),
      options: fc.record(
        {
          "awslogs-group": fc.constantFrom("/a", "/b"),
          "awslogs-region": region,
          "awslogs-stream-prefix": fc.constant("ecs"),
          "awslogs-create-group": fc.constantFrom("true", "false"),
        },
        { requiredKeys: ["awslogs-group"] },
      ) as fc.Arbitrary<Record<string, string>>,
      secretOptions: secrets,
    }),
  });

export const someContainers: fc.Arbitrary<Container[]> = fc
  .integer({ min: 0, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => containerOf(`c${index}`))));

const key = (region: string, id: string) => `arn:aws:kms:${region}:111122223333:key/${id}`;

export const someSettings: fc.Arbitrary<Partial<GrantSettings>> = fc.record(
  {
    keys: fc.constantFrom(
      { secretsManager: [key("eu-west-1", "a")], systemsManager: [key("us-east-1", "b")], s3: [] },
      {
        secretsManager: [key("eu-west-1", "a"), key("us-east-1", "c")],
        systemsManager: [key("eu-west-1", "a")],
        s3: [key("eu-west-1", "a"), key("eu-west-1", "d")],
      },
    ),
    pullThroughCachePrefixes: fc.constantFrom([], ["cache"]),
  },
  { requiredKeys: [] },
);

export const grantsOf = (containers: Container[], settings: Partial<GrantSettings> = {}) =>
  executionGrants(containers, [], grantContext(scope, settings));

/** A container with so many secrets. */
export const withSecrets = (count: number): Container => ({
  name: "app",
  image: "444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout:1.4.2",
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/shop" } },
  secrets: Array.from({ length: count }, (_, index) => ({
    valueFrom: `arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/name-${(index * 7919) % 1009}-AbCdEf`,
  })),
});

/** What statements allow: every action on every resource under every one value of each condition. */
export function allowed(statements: Statement[]): Set<string> {
  const combinations = statements.flatMap(({ effect, actions, resources = [], conditions = {} }) => {
    const keys = Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => [values].flat().map((value) => `${operator} ${key} ${value}`)),
    );
    const choices = [actions, resources, ...keys].reduce<string[][]>(
      (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
      [[effect ?? "Allow"]],
    );
    return choices.map((choice) => choice.join(" | "));
  });
  return new Set(combinations);
}
