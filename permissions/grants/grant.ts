import type { Problem } from "../../retention/types";
import type { Container } from "../containers";
import type { Scope, Statement } from "../statement";

/** Which field asks for a grant. */
export interface Because {
  /** The container's name, `volume NAME`, or `arguments`. */
  container: string;
  /** Such as `image`, `secrets[0].valueFrom`. */
  field: string;
}

/** One right that a task needs to start; grants of the same purpose become one statement. */
export interface Grant {
  /** The statement's label: the purpose. */
  sid: string;
  actions: string[];
  /** ARN, or `*` where AWS cannot scope the actions. */
  resource: string;
  /** Operators that match any one of the values, such as StringEquals: values of several grants may be put together. */
  conditions?: Statement["conditions"];
  because: Because;
}

/** What containers leave open, and their author knows. */
export interface GrantSettings {
  /** ARNs of the customer keys that encrypt what a container names, by the service that keeps it. */
  keys: { secretsManager: string[]; systemsManager: string[]; s3: string[] };
  /** Prefixes of repositories that pull-through cache rules fill; `ROOT`: all. */
  pullThroughCachePrefixes: string[];
  /** Accounts that own the buckets of files. Empty: the own account. */
  bucketAccountIds: string[];
  /** ARNs of secrets and parameters that no container names, such as those of a domainless credential spec. */
  additionalSecretArns: string[];
}

/** Those that the author gave. */
export type GivenSettings = Partial<Omit<GrantSettings, "keys">> & { keys?: Partial<GrantSettings["keys"]> };

/** Where the tasks run, and what their author knows. */
export interface GrantContext extends Scope, GrantSettings {}

/** What is wrong with a text. */
export type Wrong = Omit<Problem, "path">;

/** What a text stands for, or what is wrong with it. Narrow it by `"wrong" in result`. */
export type Parsed<T> = { parsed: T } | { wrong: Wrong };

/** What one field needs of the execution role. */
export interface FieldGrants<S = Container> {
  field: string;
  grants(subject: S, context: GrantContext): Grant[];
  /** What is wrong with the texts of this field; nothing about texts that are not known yet. */
  problems(subject: S): ({ field: string } & Wrong)[];
}

/** How a container is called where it is explained. */
export const containerName = ({ name }: { name?: string }): string => name || "container without a name";

/** A field whose texts each name something that needs grants. */
export function fieldGrants<T, S extends { name?: string } = Container>(
  field: string,
  {
    called = containerName,
    named,
    parse,
    grants,
  }: {
    /** @default {@link containerName} */
    called?: (subject: S) => string;
    /** The texts of the field, each with its place. */
    named: (subject: S) => { field: string; text: string | undefined }[];
    parse: (text: string) => Parsed<T>;
    grants: (parsed: T, because: Because, context: GrantContext) => Grant[];
  },
): FieldGrants<S> {
  const read = (subject: S) =>
    named(subject).flatMap(({ field, text }) => (text === undefined ? [] : [{ field, result: parse(text) }]));
  return {
    field,
    grants: (subject, context) =>
      read(subject).flatMap(({ field, result }) =>
        "wrong" in result ? [] : grants(result.parsed, { container: called(subject), field }, context),
      ),
    problems: (subject) =>
      read(subject).flatMap(({ field, result }) => ("wrong" in result ? [{ field, ...result.wrong }] : [])),
  };
}
