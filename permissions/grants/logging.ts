import { arn, literal } from "../statement";
import type { FieldGrants } from "./grant";

/** Writes to the awslogs group, and makes it where `awslogs-create-group` asks for that. */
export const loggingGrants: FieldGrants = {
  field: "logConfiguration",
  grants({ logConfiguration }, scope) {
    const group = logConfiguration?.options?.["awslogs-group"];
    if (logConfiguration?.logDriver !== "awslogs" || !group) return [];
    const region = logConfiguration.options?.["awslogs-region"] ?? scope.region;
    const groupArn = literal(arn("logs", { ...scope, region }, `log-group:${group}`));
    const write = {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resource: `${groupArn}:log-stream:*`,
    };
    if (logConfiguration.options?.["awslogs-create-group"] !== "true") return [write];
    // Logs checks this action against the group's ARN with a suffix as well.
    const create = [groupArn, `${groupArn}:*`].map((resource) => ({
      sid: "CreateLogGroups",
      actions: ["logs:CreateLogGroup"],
      resource,
    }));
    return [write, ...create];
  },
};
