import * as pulumi from "@pulumi/pulumi";
import { readLifecycleSettings } from "../lifecycle/settings";
import { shown } from "../retention/errors";
import { ANYTHING, type Fields, isOneOf, isRecord, isWithin, quoted, readFields, within } from "../retention/fields";
import { TAG_MUTABILITIES } from "../retention/images/image";
import type { Problem } from "../retention/types";
import { checked, checkKnown, type IsKnown, inputError } from "./inputs";
import type { RepositoryRetentionArgs } from "./repository-retention";
import type { ImageRetentionArgs, RepositoryArgs } from "./settings";

/** An image's address has a host before the name: those of ECR look like names themselves. */
const REPOSITORY_NAME = /^(?!\d{12}\.dkr[.-]ecr)[a-z0-9][a-z0-9._/-]{1,255}$/;

/** Of a service; a component of its own may leave the policy out. */
const REPOSITORY: Fields<RepositoryArgs> = {
  repositoryName: {
    accepts: (value) => typeof value === "string" && REPOSITORY_NAME.test(value),
    expected: "the name of an ECR repository",
    fix: "pass the name of the aws.ecr.Repository, not its URL or ARN",
  },
  lifecyclePolicy: {
    // By its own validator.
    accepts: () => true,
    expected: "a lifecycle policy",
    fix: "write rules, or {} to have only expire what was archived for 365 days",
  },
  imageTagMutability: {
    accepts: isOneOf(TAG_MUTABILITIES),
    expected: quoted(TAG_MUTABILITIES),
    fix: "pass the imageTagMutability of the aws.ecr.Repository, or leave it out",
    optional: true,
  },
  imageTagMutabilityExclusionFilters: {
    items: {
      filter: {
        accepts: (value) => typeof value === "string" && value !== "",
        expected: "a pattern of tags",
        fix: "pass the imageTagMutabilityExclusionFilters of the aws.ecr.Repository",
      },
      filterType: {
        accepts: (value) => value === "WILDCARD",
        expected: '"WILDCARD"',
        fix: "pass the imageTagMutabilityExclusionFilters of the aws.ecr.Repository",
      },
    },
  },
  sharedWith: {
    accepts: Array.isArray,
    expected: "a list of services",
    fix: "name the other services whose images are in the repository",
    default: [],
  },
};

/** Of a component of its own. */
const COMPONENT: Fields<RepositoryRetentionArgs> = {
  ...REPOSITORY,
  lifecyclePolicy: ANYTHING,
  region: { accepts: (value) => typeof value === "string", expected: "a Region", fix: "leave it out", optional: true },
};

/**
 * The arguments of a RepositoryRetention, each to be used once it is known and right.
 *
 * @throws InputPropertiesError with all that is wrong with them by now.
 */
export function checkedRepository(component: string, args: RepositoryRetentionArgs): RepositoryRetentionArgs {
  checkKnown(component, "", args, (value, isKnown) => ({ problems: problemsOf(value, COMPONENT, "", isKnown) }));
  return fieldByField(component, args, COMPONENT, "");
}

/**
 * The arguments of the RepositoryRetention of each repository of a service, by its key. What is wrong with them by now
 * is for {@link imageProblems} to tell.
 *
 * @throws InputPropertiesError where it cannot be known by now which repositories there are.
 */
export function checkedRepositories(component: string, images: ImageRetentionArgs): [string, RepositoryArgs][] {
  const requirePlain = (value: unknown, path: string) => {
    if (!pulumi.Output.isInstance(value) && !(value instanceof Promise)) return;
    const expected = "a plain object: its keys decide which resources there are";
    throw inputError(component, [
      { path, given: "an output", expected, fix: "give outputs to fields of a repository" },
    ]);
  };
  requirePlain(images, "images");
  requirePlain(images.repositories, "images.repositories");
  const repositories = Object.entries(images.repositories);
  for (const [key, repository] of repositories) requirePlain(repository, pathOf(key));

  pulumi.output(images.repositories).apply((given) => {
    const problems = namedTwice(given);
    if (problems.length > 0) throw inputError(component, problems);
  });
  return repositories.map(([key, repository]) => [key, fieldByField(component, repository, REPOSITORY, pathOf(key))]);
}

/** Everything that is wrong with a service's `images`. */
export function imageProblems(images: unknown, isKnown: IsKnown): Problem[] {
  const problems: Problem[] = [];
  const { repositories = {} } = readFields<ImageRetentionArgs>(
    images,
    {
      repositories: {
        accepts: isRecord,
        expected: "an object of repositories by keys of your choice",
        fix: "write for example { app: { repositoryName: repository.name, lifecyclePolicy: {} } }",
      },
    },
    problems,
    { path: "images" },
  );
  for (const [key, repository] of Object.entries(repositories)) {
    problems.push(...problemsOf(repository, REPOSITORY, pathOf(key), isKnown));
  }
  return [...problems, ...namedTwice(repositories)];
}

const pathOf = (key: string) => `images.repositories.${key}`;

/** A repository has one lifecycle policy: a second one would overwrite the first, in every update anew. */
function namedTwice(repositories: Record<string, Partial<Record<keyof RepositoryArgs, unknown>>>): Problem[] {
  const named = new Map<unknown, string>();
  return Object.entries(repositories).flatMap(([key, repository]) => {
    const name = repository?.repositoryName;
    const first = named.get(name);
    if (first === undefined) named.set(name, key);
    if (first === undefined || name === undefined) return [];
    const given = `${shown(name)} again, as in ${pathOf(first)}`;
    return [
      { path: `${pathOf(key)}.repositoryName`, given, expected: "each repository once", fix: "keep one of the two" },
    ];
  });
}

function problemsOf<T>(value: unknown, fields: Fields<T>, path: string, isKnown: IsKnown): Problem[] {
  const problems: Problem[] = [];
  const given: Partial<Record<string, unknown>> = readFields(value, fields, problems, { path, root: "arguments" });
  const { lifecyclePolicy, sharedWith = [] } = given;
  if (lifecyclePolicy !== undefined) {
    problems.push(...lifecycleProblems(lifecyclePolicy, within(path, "lifecyclePolicy"), isKnown));
  }
  for (const [index, service] of (sharedWith as unknown[]).entries()) {
    if (typeof service === "string" && service.trim() !== "") continue;
    const fix = "name a service, or remove it";
    const at = `${within(path, "sharedWith")}[${index}]`;
    problems.push({ path: at, given: shown(service), expected: "the name of a service", fix });
  }
  return problems;
}

/** What is wrong with a lifecycle policy, of which parts may not be known yet. */
function lifecycleProblems(settings: unknown, path: string, isKnown: IsKnown): Problem[] {
  const at = `${path}.rules`;
  if (isKnown(at) || !isRecord(settings) || !Array.isArray(settings.rules)) {
    return readLifecycleSettings(settings, path).problems ?? [];
  }
  // Whether rules go together shows once all are known; until then, those that are known are read one by one.
  const { rules, ...others } = settings;
  const ofRules = settings.rules.flatMap((rule: unknown, index): Problem[] => {
    if (!isKnown(`${at}[${index}]`)) return [];
    const problems: Problem[] = readLifecycleSettings({ rules: [rule] }, path).problems ?? [];
    return problems.map((problem) => ({ ...problem, path: problem.path.replace(`${at}[0]`, () => `${at}[${index}]`) }));
  });
  return [...(readLifecycleSettings(others, path).problems ?? []), ...ofRules];
}

/** Each argument on its own, so that what is not known yet hides no other. */
function fieldByField<A extends object>(component: string, args: A, fields: Fields<A>, path: string): A {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const fieldsChecked = given.map(([name, input]) => {
    const at = within(path, name);
    const field = checked(component, at, input as unknown, (value, isKnown) => {
      const problems = problemsOf({ [name]: value }, fields, path, isKnown).filter((each) => isWithin(each.path, at));
      return problems.length > 0 ? { problems } : { value };
    });
    return [name, field.apply(({ value }) => value)];
  });
  return Object.fromEntries(fieldsChecked);
}
