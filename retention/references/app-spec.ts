import type { Use } from "./task-definition";

const LINE = /^[ \t]*(?:-[ \t]+)?(["']?)TaskDefinition\1[ \t]*:(.*)$/gm;
const SCALAR = /^\s*(["']?)([^\s"'#]+)\1\s*(?:\s#.*)?$/;

/**
 * Every use in an AppSpec of CodeDeploy, as JSON or in the block style of YAML:
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html. Where none is
 * found, it could be any.
 */
export function usesInAppSpec(content: string): Use[] {
  const names = inJson(content) ?? inYaml(content);
  return names.length > 0 ? names.map((each) => ({ names: each })) : [{ couldMean: "" }];
}

function inJson(content: string): string[] | undefined {
  const names: string[] = [];
  try {
    JSON.parse(content, (key, value) => {
      if (key === "TaskDefinition") names.push(String(value));
      return value;
    });
    return names;
  } catch {
    return undefined;
  }
}

/** No YAML reader: a value that is not on its own line comes back empty, which names nothing. */
const inYaml = (content: string) =>
  [...content.matchAll(LINE)].map(([, , value = ""]) => SCALAR.exec(value)?.[2] ?? "");
