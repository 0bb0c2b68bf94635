import { AwsError, type Context, type Operation, type Operations, type Scope, sortedPage } from "../operation";
import { type Repository, repositoryArn, repositoryOf, setTagMutability, type TagMutability } from "./ecr-repositories";
import { trustsAccounts } from "./iam";

export type InRepository = { registryId?: string; repositoryName: string };
type Filters = { filterType: "WILDCARD"; filter: string }[];

/** Of operations on one repository: IAM is asked about it, with its tags and its policy. */
export const inRepository: Pick<Operation, "resources" | "context" | "owner" | "resourcePolicy"> = {
  resources: (input: InRepository, scope) => [repositoryArn(registry(input, scope), input.repositoryName)],
  context: (input: InRepository, scope) => resourceTags(registry(input, scope), input.repositoryName),
  owner: (input: InRepository) => input.registryId,
  resourcePolicy: (input: InRepository, scope) => {
    const at = registry(input, scope);
    const repository = scope.world.services.ecr.at(at).repositories.get(input.repositoryName);
    if (repository || at.account === scope.account) return repository?.policy;
    return input.repositoryName === undefined ? undefined : trustsAccounts(scope, scope.account);
  },
};

/** Where the repository is: `registryId` is an account. */
export const registry = ({ registryId }: { registryId?: string }, scope: Scope): Scope => ({
  ...scope,
  account: registryId ?? scope.account,
});

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html */
function resourceTags(scope: Scope, name: string): Context {
  const { tags = {} } = scope.world.services.ecr.at(scope).repositories.get(name) ?? {};
  const keys = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`ecr:ResourceTag/${key}`, value],
  ]);
  return Object.fromEntries(keys);
}

/** As ECR gives and takes the settings of tags. */
const filtersOf = ({ exclusionFilters }: TagMutability) =>
  exclusionFilters.length === 0
    ? {}
    : { imageTagMutabilityExclusionFilters: exclusionFilters.map((filter) => ({ filterType: "WILDCARD", filter })) };

const described = (repository: Repository, { account }: Scope) => ({
  repositoryArn: repository.arn,
  registryId: account,
  repositoryName: repository.name,
  repositoryUri: repository.uri,
  createdAt: new Date(repository.createdAt),
  imageTagMutability: repository.imageTagMutability,
  ...filtersOf(repository),
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: "AES256" },
});

/** One page's size, as asked for or AWS's own. @throws AwsError InvalidParameterException */
export function pageSize(maxResults = 100): number {
  if (maxResults >= 1 && maxResults <= 1000) return maxResults;
  throw new AwsError("InvalidParameterException", `maxResults ${maxResults}: expected 1 to 1000`);
}

export const ecrRepositoryOperations: Operations = {
  DescribeRepositories: {
    ...inRepository,
    action: "ecr:DescribeRepositories",
    // Where none is named, whoever may list repositories has to be allowed any.
    resources: ({ registryId, repositoryNames = ["any"] }, scope) =>
      repositoryNames.map((name: string) => repositoryArn(registry({ registryId }, scope), name)),
    context: ({ registryId, repositoryNames: [first] = [] }, scope) =>
      first === undefined ? {} : resourceTags(registry({ registryId }, scope), first),
    run: ({ registryId, repositoryNames, nextToken, maxResults }, scope) => {
      const at = registry({ registryId }, scope);
      if (repositoryNames) {
        const repositories = repositoryNames.map((name: string) => described(repositoryOf(at, name), at));
        return { repositories };
      }
      const found = scope.world.services.ecr.at(at).repositories.values();
      const { items, next } = sortedPage(scope, found, ({ name }) => name, nextToken, pageSize(maxResults));
      return { repositories: items.map((each) => described(each, at)), nextToken: next };
    },
  },
  PutImageTagMutability: {
    ...inRepository,
    action: "ecr:PutImageTagMutability",
    run: (input, scope) => {
      const at = registry(input, scope);
      const repository = repositoryOf(at, input.repositoryName);
      const { imageTagMutability, imageTagMutabilityExclusionFilters: filters = [] as Filters } = input;
      setTagMutability(repository, {
        imageTagMutability,
        exclusionFilters: (filters as Filters).map(({ filter }) => filter),
      });
      const { account: registryId } = at;
      return { registryId, repositoryName: repository.name, imageTagMutability, ...filtersOf(repository) };
    },
  },
};
