import { type ImageReference, parseImageReference } from "../../retention/images/reference";
import { fieldGrants, type Grant, type Parsed } from "./grant";

/** Pulls from private ECR repositories; other registries need no right of AWS's. */
export const imageGrants = fieldGrants<ImageReference>("image", {
  named: ({ image }) => [{ field: "image", text: image }],
  parse,
  grants({ registry, repository }, because, { pullThroughCachePrefixes }) {
    if (registry.kind !== "ecr") return [];
    const { partition, region, account } = registry;
    const resource = `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
    const cached = pullThroughCachePrefixes.some((prefix) => prefix === "ROOT" || repository.startsWith(`${prefix}/`));
    const grants: Grant[] = [
      {
        // The token is not a repository's: AWS grants it on `*` only, but in the registry's Region alone.
        sid: "LogInToRegistry",
        actions: ["ecr:GetAuthorizationToken"],
        resource: "*",
        conditions: { StringEquals: { "aws:RequestedRegion": region } },
        because,
      },
      {
        // As in https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
        sid: "PullImages",
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resource,
        because,
      },
    ];
    if (!cached) return grants;
    // As in https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
    const actions = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];
    return [...grants, { sid: "ImportUpstreamImages", actions, resource, because }];
  },
});

/** Of ECR's, but for the account. */
const LIKE_ECR = /\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws|on)\./;

function parse(text: string): Parsed<ImageReference> {
  const parsed = parseImageReference(text);
  const expected = "an image such as nginx:1.27 or 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4.2";
  if (!parsed) {
    const given = text === "" ? "an empty text" : "text that is no image reference";
    return {
      wrong: { given, expected, fix: "write [registry/]repository[:tag][@digest], with every placeholder filled in" },
    };
  }
  if (parsed.registry.kind === "other" && LIKE_ECR.test(parsed.registry.host)) {
    const given = "an ECR registry without an account of 12 digits";
    return { wrong: { given, expected, fix: "correct the account id at its beginning" } };
  }
  return { parsed };
}
