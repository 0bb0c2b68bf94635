import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  LifecycleAction,
  type LifecyclePolicyArgs,
  type LifecycleRuleArgs,
  RepositoryRetention,
  type RepositoryRetentionArgs,
  TagStatus,
} from "../../index";
import { BACKSTOP } from "../../lifecycle/backstop";
import { renderLifecyclePolicy } from "../../lifecycle/render";
import { attemptDeployment, dependenciesOf, find, recordDeployment, UNKNOWN } from "./support/record-deployment";

const PULL_REQUESTS: LifecycleRuleArgs = { tagPatterns: ["pr-*"], keepFor: "14d", action: LifecycleAction.Expire };
const UNTAGGED: LifecycleRuleArgs = { tagStatus: TagStatus.Untagged, keepFor: "1d", action: LifecycleAction.Expire };
const AWS_JSON = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 },
      action: { type: "expire" },
    },
  ],
});

const make = (args: Partial<RepositoryRetentionArgs> = {}) =>
  new RepositoryRetention("shop", { repositoryName: "shop/checkout", ...args });
const deploy = (args?: Partial<RepositoryRetentionArgs>, preview = false) =>
  recordDeployment(() => make(args), { preview });
const attempt = (program: () => unknown, preview = true) => attemptDeployment(program, { preview });
const rules = (...rules: pulumi.Input<LifecycleRuleArgs>[]): Partial<RepositoryRetentionArgs> => ({
  lifecyclePolicy: { rules },
});
/** A string that a preview cannot know. */
const unknown = () => new aws.sqs.Queue("unknown").name;

function inputError(errors: Error[]): pulumi.InputPropertiesError {
  const [error] = errors;
  assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
  return error;
}
const pathsOf = (errors: Error[]) => inputError(errors).errors.map(({ propertyPath }) => propertyPath);

describe("RepositoryRetention", () => {
  it("renders its rules to AWS's JSON, in one child of its own", async () => {
    const all = await deploy(rules(PULL_REQUESTS));
    assert.deepEqual(
      all.map(({ type, name }) => `${type} ${name}`),
      ["ecs-retention:index:RepositoryRetention shop", "aws:ecr/lifecyclePolicy:LifecyclePolicy shop-lifecycle-policy"],
    );
    const { inputs, parent } = find(all, "shop-lifecycle-policy");
    assert.equal(parent, find(all, "shop").urn);
    assert.equal(inputs.repository, "shop/checkout");
    assert.deepEqual(JSON.parse(inputs.policy), {
      rules: [
        {
          rulePriority: 1,
          selection: {
            tagStatus: "tagged",
            tagPatternList: ["pr-*"],
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: 14,
          },
          action: { type: "expire" },
        },
      ],
    });
  });

  it("renders every kind of rule, by the names of the constants", async () => {
    const all = await deploy(
      rules(
        { ...PULL_REQUESTS, description: "of pull requests", priority: 5 },
        { tagPrefixes: ["v"], keepImages: 20, action: LifecycleAction.Archive },
        { tagStatus: TagStatus.Any, keepUnpulledFor: "26w", action: LifecycleAction.Archive },
        { tagStatus: TagStatus.Any, keepArchivedFor: "365d", action: LifecycleAction.Expire },
      ),
    );
    const written = JSON.parse(find(all, "shop-lifecycle-policy").inputs.policy).rules;
    assert.deepEqual(
      written.map(({ rulePriority, description, selection, action }: Record<string, Record<string, unknown>>) => [
        rulePriority,
        description ?? "",
        `${selection?.tagStatus} ${selection?.countType} ${selection?.countNumber} ${selection?.storageClass ?? ""}`,
        action?.targetStorageClass ?? action?.type,
      ]),
      [
        [5, "of pull requests", "tagged sinceImagePushed 14 ", "expire"],
        [6, "", "tagged imageCountMoreThan 20 ", "archive"],
        [7, "", "any sinceImagePulled 182 ", "archive"],
        [8, "", "any sinceImageTransitioned 365 archive", "expire"],
      ],
    );
  });

  it("takes AWS's own JSON, also as an output, and gives the policy out as it is deployed", async () => {
    for (const policyJson of [AWS_JSON, pulumi.output(AWS_JSON), pulumi.secret(AWS_JSON)]) {
      let given = "";
      const all = await recordDeployment(() =>
        make({ lifecyclePolicy: { policyJson } }).policyJson.apply((json) => {
          given = json;
        }),
      );
      const { policy } = find(all, "shop-lifecycle-policy").inputs;
      assert.deepEqual(JSON.parse(policy), JSON.parse(AWS_JSON));
      assert.equal(given, policy);
    }
  });

  it("without a policy of its own only has expire what was archived long ago", async () => {
    for (const args of [{}, { lifecyclePolicy: {} }, { lifecyclePolicy: { acceptedFindings: [] } }]) {
      const { result, errors, warnings } = await attempt(() => make(args));
      assert.deepEqual(errors, []);
      assert.equal(find(result, "shop-lifecycle-policy").inputs.policy, renderLifecyclePolicy(BACKSTOP));
      assert.deepEqual(warnings, []);
    }
  });

  it("puts the policy into the repository's Region, after the repository", async () => {
    const all = await recordDeployment(() => {
      const repository = new aws.ecr.Repository("shop", { name: "shop/checkout", region: "us-east-1" });
      const { name: repositoryName, imageTagMutability, imageTagMutabilityExclusionFilters, region } = repository;
      make({ repositoryName, imageTagMutability, imageTagMutabilityExclusionFilters, region });
    });
    const policy = find(all, "shop-lifecycle-policy");
    assert.deepEqual([policy.inputs.repository, policy.inputs.region], ["shop/checkout", "us-east-1"]);
    assert.deepEqual(dependenciesOf(policy), ["shop"]);
  });

  it("tells the engine its arguments, so that a review sees what changes", async () => {
    const given = { repositoryName: "shop/checkout", ...rules(PULL_REQUESTS), sharedWith: ["basket"] };
    assert.deepEqual(find(await deploy(given, true), "shop").inputs, given);
  });

  it("registers the same twice", async () => {
    assert.deepEqual(await deploy(rules(PULL_REQUESTS)), await deploy(rules(PULL_REQUESTS)));
  });
});

describe("what a preview cannot know of a repository", () => {
  const cases: [string, () => Partial<RepositoryRetentionArgs>, Record<string, unknown>][] = [
    ["its name", () => ({ repositoryName: unknown(), ...rules(PULL_REQUESTS) }), { repository: UNKNOWN }],
    ["its Region", () => ({ region: unknown(), ...rules(PULL_REQUESTS) }), { region: UNKNOWN }],
    [
      "its mutability",
      () => ({ imageTagMutability: unknown(), imageTagMutabilityExclusionFilters: [], ...rules(PULL_REQUESTS) }),
      {},
    ],
    [
      "who shares it",
      () => ({ sharedWith: ["basket", unknown(), unknown().apply((name) => `${name}2`)], ...rules(PULL_REQUESTS) }),
      {},
    ],
    ["AWS's JSON", () => ({ lifecyclePolicy: { policyJson: unknown() } }), { policy: UNKNOWN }],
    [
      "the whole policy",
      () => ({ lifecyclePolicy: unknown().apply((): LifecyclePolicyArgs => ({})) }),
      { policy: UNKNOWN },
    ],
    ["the rules", () => ({ lifecyclePolicy: { rules: unknown().apply(() => [PULL_REQUESTS]) } }), { policy: UNKNOWN }],
    [
      "a rule",
      () =>
        rules(
          unknown().apply(() => PULL_REQUESTS),
          UNTAGGED,
        ),
      { policy: UNKNOWN },
    ],
    [
      "what a rule keeps by",
      () => rules({ tagPatterns: ["pr-*"], keepFor: unknown(), action: LifecycleAction.Expire }),
      { policy: UNKNOWN },
    ],
    [
      "the tags of a rule",
      () => rules({ tagPatterns: unknown().apply((name) => [name]), keepFor: "1d", action: LifecycleAction.Expire }),
      { policy: UNKNOWN },
    ],
    [
      "a tag of a rule",
      () => rules({ tagPatterns: ["pr-*", unknown()], keepFor: "1d", action: LifecycleAction.Expire }),
      { policy: UNKNOWN },
    ],
    [
      "the tag status of a rule",
      () => rules({ tagStatus: unknown().apply(() => TagStatus.Any), keepImages: 3, action: LifecycleAction.Expire }),
      { policy: UNKNOWN },
    ],
    [
      "what a rule does",
      () => rules({ ...PULL_REQUESTS, action: unknown().apply(() => LifecycleAction.Expire) }),
      { policy: UNKNOWN },
    ],
    [
      "a priority that two rules may or may not share",
      () => rules({ ...PULL_REQUESTS, priority: unknown().apply(Number) }, { ...UNTAGGED, priority: 1 }),
      { policy: UNKNOWN },
    ],
    [
      "whether a rule for any image comes last",
      () =>
        rules(
          { tagStatus: TagStatus.Any, keepImages: 3, action: LifecycleAction.Expire },
          { ...PULL_REQUESTS, priority: unknown().apply(Number) },
        ),
      { policy: UNKNOWN },
    ],
    [
      "why a finding is accepted",
      () => ({
        lifecyclePolicy: { rules: [UNTAGGED], acceptedFindings: [{ id: "untagged-in-use", reason: unknown() }] },
      }),
      { policy: UNKNOWN },
    ],
  ];
  for (const [what, args, hidden] of cases) {
    it(`fails nothing and hides nothing else: ${what}`, async () => {
      const { result, errors, warnings } = await attempt(() => make(args()));
      assert.deepEqual(errors, []);
      const { policy, ...others } = find(result, "shop-lifecycle-policy").inputs;
      const { policy: expected, ...known } = { policy: undefined, repository: "shop/checkout", ...hidden };
      assert.deepEqual(others, known);
      if (expected) assert.equal(policy, expected);
      else assert.equal(JSON.parse(policy).rules.length, 1);
      assert.deepEqual(warnings, []);
    });
  }

  it("hides no mistake in what it does know", async () => {
    const wrong = { ...PULL_REQUESTS, keepFor: "1h", description: "Ä".repeat(3) };
    const { result, errors } = await attempt(() =>
      make({ repositoryName: unknown(), ...rules({ ...UNTAGGED, keepFor: unknown() }, PULL_REQUESTS, wrong) }),
    );
    assert.deepEqual(pathsOf(errors), ["lifecyclePolicy.rules[2].keepFor"]);
    assert.ok(!result.some(({ name }) => name.startsWith("shop")));
  });
});

describe("a wrong argument of a repository", () => {
  const wrong: [string, object, string[]][] = [
    ["no name", { repositoryName: undefined }, ["repositoryName"]],
    ["a URL", { repositoryName: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop" }, ["repositoryName"]],
    ["an ARN", { repositoryName: "arn:aws:ecr:eu-west-1:111122223333:repository/shop" }, ["repositoryName"]],
    ["an unknown key", { lifecylePolicy: {} }, ["lifecylePolicy"]],
    ["an unknown key of the policy", { lifecyclePolicy: { rule: [] } }, ["lifecyclePolicy.rule"]],
    ["a duration of hours", rules({ ...PULL_REQUESTS, keepFor: "36h" }), ["lifecyclePolicy.rules[0].keepFor"]],
    [
      "no action",
      rules({ tagPatterns: ["a"], keepFor: "1d" } as LifecycleRuleArgs),
      ["lifecyclePolicy.rules[0].action"],
    ],
    [
      "JSON that AWS refuses",
      { lifecyclePolicy: { policyJson: '{"rules":[]}' } },
      ["lifecyclePolicy.policyJson.rules"],
    ],
    ["a hole among the rules", { lifecyclePolicy: { rules: new Array(1) } }, ["lifecyclePolicy.rules[0]"]],
    ["an unknown mutability", { imageTagMutability: "FIXED" }, ["imageTagMutability"]],
    [
      "a filter of no known kind",
      { imageTagMutabilityExclusionFilters: [{ filter: "v*", filterType: "REGEX" }] },
      ["imageTagMutabilityExclusionFilters[0].filterType"],
    ],
    ["a service without a name", { sharedWith: ["basket", ""] }, ["sharedWith[1]"]],
    ["no list of services", { sharedWith: "basket" }, ["sharedWith"]],
  ];
  for (const [what, args, paths] of wrong) {
    it(`fails the preview before anything is registered: ${what}`, async () => {
      const { result, errors } = await attempt(() => make(args));
      assert.deepEqual(result, []);
      assert.match(inputError(errors).message, /^RepositoryRetention "shop":\n {2}\S+: got .+, expected .+; .+/);
      assert.deepEqual(pathsOf(errors), paths);
    });
  }

  it("is told with all others at once", async () => {
    const { errors } = await attempt(() =>
      make({
        repositoryName: "Shop",
        imageTagMutability: "FIXED",
        sharedWith: [""],
        ...rules({ ...PULL_REQUESTS, keepFor: "1h" }, { ...UNTAGGED, keepFor: "0d" }),
      }),
    );
    assert.deepEqual(pathsOf(errors).sort(), [
      "imageTagMutability",
      "lifecyclePolicy.rules[0].keepFor",
      "lifecyclePolicy.rules[1].keepFor",
      "repositoryName",
      "sharedWith[0]",
    ]);
  });

  it("cannot be rules and AWS's JSON at a time, whether they are known or outputs", async () => {
    for (const policyJson of [AWS_JSON, pulumi.output(AWS_JSON)]) {
      const { result, errors } = await attempt(() => make({ lifecyclePolicy: { rules: [PULL_REQUESTS], policyJson } }));
      assert.match(inputError(errors).message, /lifecyclePolicy\.policyJson: got it beside rules, expected /);
      assert.ok(!result.some(({ type }) => type.startsWith("aws:")));
    }
  });

  for (const preview of [true, false]) {
    it(`fails before the policy is registered where it is an output, in ${preview ? "a preview" : "an update"}`, async () => {
      const outputs: [Partial<RepositoryRetentionArgs>, string][] = [
        [{ repositoryName: pulumi.output("Shop") }, "repositoryName"],
        [rules({ ...PULL_REQUESTS, keepFor: pulumi.output("1h") }), "lifecyclePolicy.rules[0].keepFor"],
        [
          rules({ ...PULL_REQUESTS, priority: pulumi.output(1) }, { ...UNTAGGED, priority: 1 }),
          "lifecyclePolicy.rules[1].priority",
        ],
        [{ lifecyclePolicy: { policyJson: pulumi.output("{") } }, "lifecyclePolicy.policyJson"],
      ];
      for (const [args, path] of outputs) {
        const { result, errors } = await attempt(() => make(args), preview);
        assert.deepEqual(pathsOf(errors), [path]);
        assert.ok(!result.some(({ type }) => type.startsWith("aws:")), path);
      }
    });
  }

  it("is told where it is an output that nothing else depends on", async () => {
    const { errors } = await attempt(() => make({ imageTagMutability: pulumi.output("FIXED") }));
    assert.deepEqual(pathsOf(errors), ["imageTagMutability"]);
  });
});

describe("what is found about a lifecycle policy", () => {
  const untagged = (args: Partial<RepositoryRetentionArgs>) => () => make({ ...rules(UNTAGGED), ...args });

  it("is a warning of the component, in one line: rule, what, why, fix, and how to accept it", async () => {
    for (const preview of [true, false]) {
      const { warnings } = await attempt(untagged({}), preview);
      assert.equal(warnings.length, 1);
      assert.match(
        String(warnings[0]),
        /^shop: lifecyclePolicy, rule 1: .+\. .+\. .+\. .*acceptedFindings: \[\{ id: "untagged-in-use", reason: "…" \}\]\.$/,
      );
    }
  });

  it("is told once for each rule that it is true of", async () => {
    const any: LifecycleRuleArgs = { tagStatus: TagStatus.Any, keepImages: 3, action: LifecycleAction.Expire };
    const { warnings } = await attempt(() => make(rules(UNTAGGED, any)));
    const told = warnings.map((text) => `${/rule (\d)/.exec(text)?.[1]} ${/id: "(.+?)"/.exec(text)?.[1]}`);
    assert.ok(told.includes("1 untagged-in-use") && told.includes("2 count-in-use"), told.join());
    assert.equal(new Set(told).size, told.length);
  });

  it("is told before the name of a new repository is known", async () => {
    const { warnings } = await attempt(() => untagged({ repositoryName: unknown() })());
    assert.equal(warnings.length, 1);
  });

  it("is not told where it is accepted, with a reason", async () => {
    const acceptedFindings = [{ id: "untagged-in-use", reason: pulumi.output("ECS runs nothing from here") }];
    const { errors, warnings } = await attempt(() =>
      make({ lifecyclePolicy: { rules: [UNTAGGED], acceptedFindings } }),
    );
    assert.deepEqual([errors, warnings], [[], []]);
  });

  it("cannot be accepted without a reason, or by an id that no check has", async () => {
    for (const [accepted, field] of [
      [{ id: "untagged-in-use", reason: "" }, "reason"],
      [{ id: "untagged", reason: "it is fine" }, "id"],
    ] as const) {
      const { errors } = await attempt(() => make({ lifecyclePolicy: { acceptedFindings: [accepted] } }));
      assert.deepEqual(pathsOf(errors), [`lifecyclePolicy.acceptedFindings[0].${field}`]);
    }
  });

  it("depends on whether tags can move", async () => {
    const filters = [{ filter: "cache-*", filterType: "WILDCARD" }];
    for (const [args, count] of [
      [{ imageTagMutability: "MUTABLE" }, 1],
      [{ imageTagMutability: "IMMUTABLE" }, 0],
      [{ imageTagMutability: pulumi.output("IMMUTABLE") }, 0],
      [{ imageTagMutability: pulumi.output(undefined) }, 1],
      [{ imageTagMutability: "IMMUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters: filters }, 1],
    ] as [Partial<RepositoryRetentionArgs>, number][]) {
      const { errors, warnings } = await attempt(untagged(args));
      assert.deepEqual([errors, warnings.length], [[], count]);
    }
  });

  it("waits for the update where a preview cannot know whether tags can move", async () => {
    const program = untagged({});
    const unknownMutability = () => untagged({ imageTagMutability: unknown().apply(() => "MUTABLE") })();
    assert.equal((await attempt(program)).warnings.length, 1);
    assert.deepEqual((await attempt(unknownMutability)).warnings, []);
    assert.equal((await attempt(unknownMutability, false)).warnings.length, 1);
  });

  it("is told in a preview all the same where it does not depend on what that cannot know, and once in an update", async () => {
    const any: LifecycleRuleArgs = { tagStatus: TagStatus.Any, keepImages: 3, action: LifecycleAction.Expire };
    const beside = (args: () => Partial<RepositoryRetentionArgs>) => () => make({ ...rules(any), ...args() });
    const programs = [
      beside(() => ({ imageTagMutability: unknown() })),
      beside(() => ({ sharedWith: [unknown()] })),
      // What the repository does not have, a preview takes for unknown.
      beside(() => {
        const repository = new aws.ecr.Repository("shop", { imageTagMutability: "IMMUTABLE" });
        const { imageTagMutability, imageTagMutabilityExclusionFilters } = repository;
        return { imageTagMutability, imageTagMutabilityExclusionFilters };
      }),
    ];
    for (const program of programs) {
      const { warnings } = await attempt(program);
      assert.deepEqual(
        warnings.map((text) => /id: "(.+?)"/.exec(text)?.[1]),
        ["count-in-use"],
      );
    }
    const { warnings } = await attempt(
      beside(() => ({ imageTagMutability: pulumi.output("MUTABLE") })),
      false,
    );
    assert.equal(new Set(warnings).size, warnings.length);
  });

  it("depends on who else's images are in the repository", async () => {
    const counted: LifecycleRuleArgs = { tagPatterns: ["v*"], keepImages: 20, action: LifecycleAction.Expire };
    for (const [sharedWith, count] of [
      [[], 0],
      [["basket", pulumi.output("search")], 1],
    ] as const) {
      const { warnings } = await attempt(() => make({ ...rules(counted), sharedWith: [...sharedWith] }));
      assert.equal(warnings.filter((text) => text.includes('"shared-count"')).length, count);
    }
  });
});
