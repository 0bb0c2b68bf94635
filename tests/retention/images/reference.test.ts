import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseImageReference } from "../../../retention/images/reference";

const CORPUS = join(__dirname, "../../../../shared/corpus/image-references.txt");
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("image references", () => {
  for (const [text, repository, rest] of [
    ["nginx", "library/nginx", {}],
    ["nginx:1.29", "library/nginx", { tag: "1.29" }],
    [`nginx@${DIGEST}`, "library/nginx", { digest: DIGEST }],
    [`grafana/k6:1.0@${DIGEST}`, "grafana/k6", { tag: "1.0", digest: DIGEST }],
    ["docker.io/library/nginx", "library/nginx", {}],
    ["docker.io/nginx", "library/nginx", {}],
    ["artifactory.example.com", "library/artifactory.example.com", {}],
  ] as const) {
    it(`reads ${text} as Docker Hub's`, () => {
      assert.deepEqual(parseImageReference(text), {
        registry: { kind: "docker-hub", host: "docker.io" },
        repository,
        ...rest,
      });
    });
  }

  for (const [host, region, partition, traits] of [
    ["111122223333.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", "aws", {}],
    ["111122223333.dkr.ecr-fips.us-east-2.amazonaws.com", "us-east-2", "aws", { fips: true }],
    ["111122223333.dkr-ecr.eu-west-1.on.aws", "eu-west-1", "aws", { dualStack: true }],
    ["111122223333.dkr-ecr-fips.us-west-2.on.aws", "us-west-2", "aws", { fips: true, dualStack: true }],
    ["111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", "aws-cn", {}],
    [
      "111122223333.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn",
      "cn-northwest-1",
      "aws-cn",
      { dualStack: true },
    ],
    ["111122223333.dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1", "aws-us-gov", {}],
    ["111122223333.dkr.ecr-fips.us-gov-east-1.amazonaws.com", "us-gov-east-1", "aws-us-gov", { fips: true }],
    ["111122223333.dkr-ecr-fips.us-gov-east-1.on.aws", "us-gov-east-1", "aws-us-gov", { fips: true, dualStack: true }],
    ["111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", "aws-iso", {}],
    ["111122223333.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", "aws-iso-b", {}],
    ["111122223333.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", "aws-iso-e", {}],
    ["111122223333.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", "aws-iso-f", {}],
    ["111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", "aws-eusc", {}],
  ] as const) {
    it(`reads ${host} as a private registry of ECR`, () => {
      const registry = {
        kind: "ecr",
        host,
        account: "111122223333",
        region,
        partition,
        fips: false,
        dualStack: false,
        ...traits,
      };
      assert.deepEqual(parseImageReference(`${host}/shop/checkout:1.4.2@${DIGEST}`), {
        registry,
        repository: "shop/checkout",
        tag: "1.4.2",
        digest: DIGEST,
      });
      assert.deepEqual(parseImageReference(`${host.toUpperCase()}/checkout`), { registry, repository: "checkout" });
    });
  }

  for (const [text, kind, host, repository] of [
    ["public.ecr.aws/nginx/nginx:1", "ecr-public", "public.ecr.aws", "nginx/nginx"],
    ["ecr-public.aws.com/docker/library/redis:7", "ecr-public", "ecr-public.aws.com", "docker/library/redis"],
    ["ghcr.io/owner/name:1", "other", "ghcr.io", "owner/name"],
    ["localhost/app:1", "other", "localhost", "app"],
    ["registry:5000/team/app:1", "other", "registry:5000", "team/app"],
    ["[::1]:5000/app:1", "other", "[::1]:5000", "app"],
    [
      "aws_account_id.dkr.ecr.us-east-1.amazonaws.com/app:1",
      "other",
      "aws_account_id.dkr.ecr.us-east-1.amazonaws.com",
      "app",
    ],
    [
      "111122223333.dkr.ecr.us-east-1.amazonaws.com.example.org/app:1",
      "other",
      "111122223333.dkr.ecr.us-east-1.amazonaws.com.example.org",
      "app",
    ],
    [
      "111122223333.dkr-ecr.us-east-1.amazonaws.com/app:1",
      "other",
      "111122223333.dkr-ecr.us-east-1.amazonaws.com",
      "app",
    ],
    [
      "11112222333.dkr.ecr.us-east-1.amazonaws.com/app:1",
      "other",
      "11112222333.dkr.ecr.us-east-1.amazonaws.com",
      "app",
    ],
  ] as const) {
    it(`reads ${text} as another registry's`, () => {
      const reference = parseImageReference(text);
      assert.deepEqual(reference?.registry, { kind, host });
      assert.equal(reference?.repository, repository);
    });
  }

  for (const text of [
    "",
    ":",
    "/",
    "@",
    "nginx:",
    "nginx@",
    `nginx@${DIGEST}@${DIGEST}`,
    "nginx:1:2",
    "nginx@sha256",
    "nginx@sha256:",
    "nginx@sha256:<digest>",
    "/nginx",
    "shop//checkout",
    "shop/checkout/",
    "https://ghcr.io/owner/name",
    "host:port/app",
    "my app",
    "nginx\n",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders that nobody filled in
    "${IMAGE}",
    "<ACCOUNT>.dkr.ecr.eu-west-1.amazonaws.com/app",
    "../app",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseImageReference(text), undefined));
  }

  it("reads back what was put together from its parts", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const parts = fc.record({
      account: fc.stringMatching(/^[0-9]{12}$/),
      repository: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("/")),
      tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { nil: undefined }),
      digest: fc.option(fc.constant(DIGEST), { nil: undefined }),
    });
    fc.assert(
      fc.property(parts, ({ account, repository, tag, digest }) => {
        const text = `${account}.dkr.ecr.eu-west-1.amazonaws.com/${repository}${tag ? `:${tag}` : ""}${digest ? `@${digest}` : ""}`;
        const { registry, ...named } = parseImageReference(text) ?? assert.fail(text);
        assert.equal(registry.kind === "ecr" && registry.account, account);
        assert.deepEqual(named, { repository, ...(tag && { tag }), ...(digest && { digest }) });
      }),
    );
  });

  it("answers in time that grows with the length alone, whatever it is given", () => {
    for (const part of ["a", "a.", "a-", "a/", ":", "0.dkr.ecr.", "a_"]) parseImageReference(part.repeat(100_000));
    fc.assert(fc.property(fc.string(), (text) => parseImageReference(text)?.repository !== ""));
  });

  it("reads every reference of the corpus of public task definitions", function () {
    if (!existsSync(CORPUS)) {
      console.warn(`      skipped: no corpus at ${CORPUS}`);
      this.skip();
    }
    const texts = readFileSync(CORPUS, "utf8").split("\n").filter(Boolean);
    assert.ok(texts.length > 0);
    assert.deepEqual(
      texts.filter((text) => parseImageReference(text) === undefined),
      [],
    );
    const missed = texts.filter(
      (text) => /^[0-9]{12}\.dkr[.-]ecr.*\//.test(text) && parseImageReference(text)?.registry.kind !== "ecr",
    );
    assert.deepEqual(missed, []);
  });
});
