import { isTrueToDriver } from "../../retention/fields";
import { arn, literal } from "../statement";
import { containerName, type FieldGrants, type Grant } from "./grant";

/** Of which a log stream is named as they are given. */
const PLAIN = /^[A-Za-z0-9_./#=@,+-]+$/;

/** Writes to the awslogs group, and makes it where `awslogs-create-group` asks for that. Other drivers need no right. */
export const loggingGrants: FieldGrants = {
  field: "logConfiguration.options",
  grants(container, context) {
    const { logDriver, options = {} } = container.logConfiguration ?? {};
    const group = options["awslogs-group"];
    if (logDriver !== "awslogs" || !group) return [];
    const because = (option: string) => ({
      container: containerName(container),
      field: `logConfiguration.options.${option}`,
    });
    const region = options["awslogs-region"] || context.region;
    const groupArn = literal(arn("logs", { ...context, region }, `log-group:${group}`));
    const write: Grant = {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resource: `${groupArn}:log-stream:${streams(options["awslogs-stream-prefix"], container.name)}`,
      because: because("awslogs-group"),
    };
    if (!isTrueToDriver(options["awslogs-create-group"])) return [write];
    // Logs checks this action against the group's ARN with a suffix as well.
    const create = [groupArn, `${groupArn}:*`].map((resource) => ({
      sid: "CreateLogGroups",
      actions: ["logs:CreateLogGroup"],
      resource,
      because: because("awslogs-create-group"),
    }));
    return [write, ...create];
  },
  problems: () => [],
};

/**
 * With a prefix, ECS names a stream PREFIX/CONTAINER/TASK-ID; without one, Docker names it after the container's id.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
function streams(prefix: string | undefined, container: string | undefined): string {
  return prefix && container && PLAIN.test(prefix) && PLAIN.test(container) ? `${prefix}/${container}/*` : "*";
}
