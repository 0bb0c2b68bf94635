/** What of a principal's policies decides about a question, so that decisions about alike questions can be reused. */
export interface PolicyText {
  id: number;
  /** In lower case: a condition key that it does not mention changes nothing. */
  text: string;
  /** Of each ARN that a policy names, what follows the account; undefined where one has variables or too few parts. */
  patterns: RegExp[] | undefined;
}

interface Statement {
  Resource?: string | string[];
  NotResource?: string | string[];
}

/** @param policies JSON documents, each valid or not: IAM says so when it is asked. */
export function readPolicies(id: number, policies: string[]): PolicyText {
  const named = policies.flatMap((json) => {
    const { Statement = [] } = JSON.parse(json) as { Statement?: Statement | Statement[] };
    return [Statement].flat().flatMap(({ Resource = [], NotResource = [] }) => [Resource, NotResource].flat());
  });
  const arns = named.filter((each) => each !== "*");
  const names = [...new Set(arns.map((each) => each.split(":").slice(5).join(":")))];
  const odd = arns.some((each) => each.includes("${") || each.split(":").length < 6);
  return { id, text: policies.join("\n").toLowerCase(), patterns: odd ? undefined : names.map(wildcards) };
}

/** `*` and `?` stand for characters, also for none and for exactly one. */
export const wildcards = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  );

/** Alike for resources of one kind, Region and account that every ARN in the policies matches or does not match alike. */
export function alike(resource: string, { patterns }: PolicyText): string {
  const parts = resource.split(":");
  const name = parts.slice(5).join(":");
  if (!patterns || name === "" || /[*?]/.test(name)) return resource;
  const [kind = ""] = name.split(/[/:]/, 1);
  const shape = name.slice(kind.length).replace(/[^/:]+/g, "_");
  const matches = patterns.map((pattern) => (pattern.test(name) ? 1 : 0)).join("");
  return `${parts.slice(0, 5).join(":")}:${kind}${shape} ${matches}`;
}
