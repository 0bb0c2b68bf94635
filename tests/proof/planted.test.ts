import assert from "node:assert/strict";
import { ACCOUNT, call, DUE, proveSmall, REGION, revision, SECRET, type Small, small } from "./small";

/** A mistake, and the beginning of every line that the proof has to say about it; nothing else may be said. */
const PLANTED: Record<string, { plant(account: Small): void; lines: string[] }> = {
  "a call that nothing allows": {
    plant: ({ calls }) => calls.push(call("cleaner", "ecs:ListServices", "*")),
    lines: ["sufficient: cleaner: ecs:ListServices on * was called and is refused: no statement allows it"],
  },
  "a bucket policy that denies what is needed": {
    plant: ({ store: [deny] }) => {
      if (deny) deny.Condition = {};
    },
    lines: [
      "sufficient: cleaner: s3:GetObject on arn:aws:s3:::store/policies/shop.json was called and is refused: the policy of arn:aws:s3:::store denies it",
      "necessary: cleaner Read: action s3:GetObject is not needed: no recorded call is refused without it",
      "necessary: cleaner Read: resource arn:aws:s3:::store/policies/shop.json is not needed: no recorded call is refused without it",
    ],
  },
  "a permissions boundary that does not hold what is needed": {
    plant: (account) => {
      account.boundary = { Sid: "Edge", Action: ["ecs:*", "s3:*"], Resource: ["*"] };
    },
    lines: [
      `sufficient: cleaner: secretsmanager:GetSecretValue on ${SECRET} was called and is refused: the permissions boundary of arn:aws:iam::${ACCOUNT}:role/cleaner does not hold it`,
      "necessary: cleaner Secret: action secretsmanager:GetSecretValue is not needed",
      `necessary: cleaner Secret: resource ${SECRET} is not needed`,
    ],
  },
  "a trust that does not admit its caller": {
    plant: ({ cleaner }) => {
      cleaner.trust.Condition = { StringEquals: { "sts:ExternalId": "another" } };
    },
    lines: [
      `sufficient: runner: sts:AssumeRole on arn:aws:iam::${ACCOUNT}:role/cleaner was called and is refused: the trust of arn:aws:iam::${ACCOUNT}:role/cleaner does not admit the caller`,
      "necessary: trust of cleaner TakenByRunner: action sts:AssumeRole is not needed",
      `necessary: trust of cleaner TakenByRunner: principal arn:aws:iam::${ACCOUNT}:root is not needed`,
      "necessary: runner Take: action sts:AssumeRole is not needed",
      `necessary: runner Take: resource arn:aws:iam::${ACCOUNT}:role/cleaner is not needed`,
    ],
  },
  "an action that nothing calls": {
    plant: ({ cleaner }) => cleaner.deletes.Action.push("ecs:DeregisterTaskDefinition"),
    lines: [
      "necessary: cleaner Delete: action ecs:DeregisterTaskDefinition is not needed: no recorded call is refused without it",
    ],
  },
  "a resource that nothing is called on": {
    plant: ({ cleaner }) => cleaner.secret.Resource?.push(SECRET.replace("api", "db")),
    lines: [
      `necessary: cleaner Secret: resource ${SECRET.replace("api", "db")} is not needed: no recorded call is refused without it`,
    ],
  },
  "a principal that takes nothing on": {
    plant: ({ runner }) => {
      runner.trust.Principal = { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] };
    },
    lines: ["necessary: trust of runner TakenByLambda: principal edgelambda.amazonaws.com is not needed"],
  },
  "a value of a condition that no call has": {
    plant: ({ cleaner }) => {
      cleaner.lists.Condition = { StringEquals: { "aws:RequestedRegion": [REGION, "eu-west-3"] } };
    },
    lines: ["necessary: cleaner List: value eu-west-3 of aws:RequestedRegion is not needed"],
  },
  "`*` in place of an ARN": {
    plant: ({ cleaner }) => {
      cleaner.secret.Resource = ["*"];
    },
    lines: [
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (region): ${SECRET.replace(REGION, "us-west-2")}`,
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (account): ${SECRET.replace(ACCOUNT, "999999999999")}`,
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (secret path 1): ${SECRET.replace("shop", "shop-neighbour")}`,
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (secret path 1): ${SECRET.replace("shop", "neighbour-shop")}`,
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (secret): ${SECRET}-neighbour`,
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (secret): ${SECRET.replace("api", "neighbour-api")}`,
      `tight: cleaner Secret: a neighbour's secretsmanager:GetSecretValue is allowed (secret): ${SECRET.replace("api", "api-neighbour")}`,
      "wildcard: cleaner Secret: secretsmanager:GetSecretValue is granted on *, which AWS lets be narrower",
    ],
  },
  "a name that begins like a neighbour's": {
    plant: ({ cleaner }) => {
      cleaner.deletes.Resource = [revision("shop*").replace("7", "*")];
    },
    lines: [
      `tight: cleaner Delete: a neighbour's ecs:DeleteTaskDefinitions is allowed (task definition family): ${revision("shop-neighbour")}`,
    ],
  },
  "a wildcard in an action": {
    plant: ({ cleaner }) => {
      cleaner.reads.Action = ["s3:Get*"];
    },
    lines: ["wildcard: cleaner Read: action s3:Get* holds a wildcard"],
  },
  "an element that grants whatever it does not name": {
    plant: ({ cleaner }) =>
      Object.assign(cleaner.secret, { Action: undefined, NotAction: ["secretsmanager:DeleteSecret"] }),
    lines: ["wildcard: cleaner Secret: NotAction lets in whatever it does not name"],
  },
  "a condition that calls without its key meet": {
    plant: ({ runner }) => {
      runner.trust.Condition = { StringEqualsIfExists: { ...runner.trust.Condition?.StringEquals } };
    },
    lines: ["wildcard: trust of runner TakenByLambda: StringEqualsIfExists lets in whatever it does not name"],
  },
  "a condition on the Region that is missing": {
    plant: ({ cleaner }) => {
      delete cleaner.lists.Condition;
    },
    lines: ["tight: cleaner List: a neighbour's ecs:ListClusters is allowed (region): *"],
  },
  "a bucket that may be anybody's": {
    plant: ({ cleaner }) => {
      delete cleaner.reads.Condition;
    },
    lines: [
      "tight: cleaner Read: a neighbour's s3:GetObject is allowed (account): arn:aws:s3:::store/policies/shop.json",
    ],
  },
  "a bucket that answers plain HTTP": {
    plant: (account) => {
      account.store = [];
    },
    lines: [
      "tight: cleaner Read: a neighbour's s3:GetObject is allowed (plain HTTP): arn:aws:s3:::store/policies/shop.json",
    ],
  },
  "a trust without external id": {
    plant: ({ cleaner }) => {
      cleaner.trust.Condition = { StringEquals: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/runner` } };
    },
    lines: [
      `tight: trust of cleaner TakenByRunner: a neighbour's sts:AssumeRole is allowed (external id): arn:aws:iam::${ACCOUNT}:role/cleaner {"aws:RequestedRegion":"eu-west-1","sts:ExternalId":"neighbour-of-right"}`,
      `tight: trust of cleaner TakenByRunner: a neighbour's sts:AssumeRole is allowed (external id): arn:aws:iam::${ACCOUNT}:role/cleaner {"aws:RequestedRegion":"eu-west-1"}`,
      "tight: runner Take: a neighbour's sts:AssumeRole is allowed (external id)",
      "tight: runner Take: a neighbour's sts:AssumeRole is allowed (external id)",
    ],
  },
  "a trust in everybody of the account": {
    plant: ({ cleaner }) => {
      cleaner.trust.Condition = { StringEquals: { "sts:ExternalId": "right" } };
    },
    lines: [`tight: trust of cleaner TakenByRunner: a neighbour's sts:AssumeRole is allowed (principal)`],
  },
  "a trust in a service without its source": {
    plant: ({ runner }) => {
      delete runner.trust.Condition;
    },
    lines: ["source account", "source region", "source"].map(
      (kind) => `tight: trust of runner TakenByLambda: a neighbour's sts:AssumeRole is allowed (${kind})`,
    ),
  },
  "a condition that no neighbour needs": {
    plant: ({ cleaner }) => {
      cleaner.secret.Condition = { StringEquals: { "aws:PrincipalAccount": ACCOUNT } };
    },
    lines: [
      "condition: cleaner Secret: condition StringEquals aws:PrincipalAccount keeps nobody out: no neighbour's call is allowed without it",
    ],
  },
  "a Deny that refuses nobody": {
    plant: ({ store: [deny] }) => deny?.Action.push("s3:PutObject"),
    lines: ["necessary: store DenyPlainHttp: action s3:PutObject"],
  },
};

describe("the proof of least privilege", () => {
  it("finds nothing where nothing is wrong, and counts what it looked at", async () => {
    const { rows, failures } = await proveSmall(small());
    assert.deepEqual(failures, []);
    assert.deepEqual(
      rows.map((row) => [row.of, row.statement, row.carries, row.needed, row.refused, row.unscopable.join()]),
      [
        ["cleaner", "Delete", 1, 2, 4, ""],
        ["cleaner", "List", 1, 3, 2, "ecs:ListClusters"],
        ["cleaner", "Read", 1, 3, 9, ""],
        ["cleaner", "Secret", 1, 2, 7, ""],
        ["trust of cleaner", "TakenByRunner", 1, 4, 7, ""],
        ["runner", "Take", 1, 2, 6, ""],
        ["trust of runner", "TakenByLambda", 1, 3, 9, ""],
        ["store", "DenyPlainHttp", 1, 4, 1, ""],
      ],
    );
  });

  for (const [what, { plant, lines }] of Object.entries(PLANTED)) {
    it(`finds ${what}, and says so`, async () => {
      const account = small();
      plant(account);
      const { failures } = await proveSmall(account);
      const said = failures.map((failure) => lines.find((line) => failure.startsWith(line)) ?? failure);
      assert.deepEqual([...said].sort(), [...lines].sort());
    });
  }

  it("lets what stands in the list of explanations pass, and no more than that", async () => {
    const account = small();
    account.cleaner.secret.Condition = { StringEquals: { "aws:PrincipalAccount": ACCOUNT } };
    account.cleaner.lists.Action.push("ecs:ListServices");
    const because = "asked for by whoever reviews it";
    const explained = [
      DUE,
      { title: "planted", check: "condition" as const, of: /^cleaner$/, what: /aws:PrincipalAccount$/, because },
    ];
    const { failures } = await proveSmall(account, explained);
    assert.deepEqual(failures, [
      "necessary: cleaner List: action ecs:ListServices is not needed: no recorded call is refused without it",
    ]);
  });

  it("finds an explanation that explains nothing any more", async () => {
    const because = "it was so once";
    const old = {
      title: "planted",
      check: "condition" as const,
      of: /^cleaner$/,
      what: /aws:PrincipalAccount$/,
      because,
    };
    assert.deepEqual((await proveSmall(small(), [DUE, old])).failures, [
      "explained.ts: nothing needs the condition explanation for /^cleaner$/ and /aws:PrincipalAccount$/ any more; remove it",
    ]);
  });

  it("finds a statement of a role whose calls nobody recorded", async () => {
    const account = small();
    account.calls = account.calls.filter(({ action }) => action !== "ecs:ListClusters");
    const { failures } = await proveSmall(account);
    assert.deepEqual(
      failures.map((failure) => failure.split(" is ")[0]?.split(" keeps ")[0]),
      [
        "necessary: cleaner List: action ecs:ListClusters",
        "necessary: cleaner List: resource *",
        "condition: cleaner List: condition StringEquals aws:RequestedRegion",
      ],
    );
  });
});
