import { AwsError, arn, type Scope } from "../operation";

/** A repository; images come with the operations that need them. */
export interface Repository {
  name: string;
  arn: string;
  uri: string;
  tags: Record<string, string>;
}

export const newEcrState = () => ({ repositories: new Map<string, Repository>() });

export function createRepository(scope: Scope, input: { name: string; tags?: Record<string, string> }): Repository {
  const { repositories } = scope.world.services.ecr.at(scope);
  if (repositories.has(input.name)) {
    throw new AwsError("RepositoryAlreadyExistsException", `The repository ${input.name} already exists`);
  }
  const repository = {
    name: input.name,
    arn: arn(scope, "ecr", `repository/${input.name}`),
    uri: `${scope.account}.dkr.ecr.${scope.region}.amazonaws.com/${input.name}`,
    tags: input.tags ?? {},
  };
  repositories.set(input.name, repository);
  return repository;
}

export function deleteRepository(scope: Scope, name: string): void {
  scope.world.services.ecr.at(scope).repositories.delete(name);
}
