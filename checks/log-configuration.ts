import { isRecord, isTrueToDriver } from "../retention/fields";
import { type ContainerCheck, type Hit, ofEach, shownName } from "./check";
import { type ContainerPart, isForFargate } from "./definition";
import { isMissing, membersOf } from "./values";

const LINK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html";
const AWSLOGS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html";
const FARGATE_DRIVERS = ["awslogs", "splunk", "awsfirelens"];

const option = (name: string, what: string): Hit => ({ where: `logConfiguration.options.${name}`, what });

function logOf({ logConfiguration }: ContainerPart): { driver: unknown; options: Record<string, unknown> } {
  const { logDriver: driver, options } = membersOf(logConfiguration);
  return { driver, options: membersOf(options) };
}

export const logConfigurationMissing: ContainerCheck = {
  id: "log-configuration-missing",
  severity: "advice",
  question: "Does it say where the container's output goes?",
  why: "on Fargate the output is lost, on an instance it stays with the Docker daemon's own driver",
  fix: "give logConfiguration with a logDriver, such as awslogs",
  link: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-9",
  check: ofEach(({ logConfiguration }) =>
    isMissing(logConfiguration) ? [{ where: "logConfiguration", what: "is not set" }] : [],
  ),
};

export const logDriver: ContainerCheck = {
  id: "log-driver",
  severity: "danger",
  question: "Can the log driver work where the task runs?",
  why: "Fargate takes only awslogs, splunk and awsfirelens, and awsfirelens needs a router in the same task; ECS refuses to register anything else",
  fix: "use one of these drivers, or add a container with firelensConfiguration",
  link: LINK,
  check: ofEach((container, definition) => {
    const { driver } = logOf(container);
    const where = "logConfiguration.logDriver";
    const hasRouter = definition.containerDefinitions.some((other) => isRecord(other.firelensConfiguration));
    if (driver === "awsfirelens" && !hasRouter) return [{ where, what: "has no FireLens container to send to" }];
    const isKnown = typeof driver !== "string" || driver === "" || FARGATE_DRIVERS.includes(driver);
    return isForFargate(definition) && !isKnown ? [{ where, what: "is not available on Fargate" }] : [];
  }),
};

export const logOptionType: ContainerCheck = {
  id: "log-option-type",
  severity: "danger",
  question: "Are the values of log options strings?",
  why: "ECS takes strings alone, and refuses true or 10",
  fix: 'quote the value: "true"',
  link: LINK,
  check: ofEach((container) =>
    Object.entries(logOf(container).options).flatMap(([name, value], index) => {
      if (typeof value !== "boolean" && typeof value !== "number") return [];
      return [option(shownName(name) ?? `[${index}]`, `is a ${typeof value}, not a string`)];
    }),
  ),
};

export const awslogsOption: ContainerCheck = {
  id: "awslogs-option-missing",
  severity: "danger",
  question: "Has awslogs the options that it requires?",
  why: "ECS refuses to register awslogs without a group and a Region, and without a stream prefix on Fargate",
  fix: "set awslogs-group, awslogs-region and, on Fargate, awslogs-stream-prefix",
  link: AWSLOGS,
  check: ofEach((container, definition) => {
    const { driver, options } = logOf(container);
    if (driver !== "awslogs") return [];
    const prefix = isForFargate(definition) ? ["awslogs-stream-prefix"] : [];
    return ["awslogs-group", "awslogs-region", ...prefix]
      .filter((name) => isMissing(options[name]))
      .map((name) => option(name, "is not set"));
  }),
};

export const awslogsCreateGroup: ContainerCheck = {
  id: "awslogs-create-group",
  severity: "advice",
  question: "May the execution role make the log group that awslogs is told to make?",
  why: "ecsTaskExecutionRole, as AWS makes it, has AmazonECSTaskExecutionRolePolicy alone, which does not allow logs:CreateLogGroup: without a group that is there already, the task does not start",
  fix: "allow logs:CreateLogGroup on this group, as ExecutionRole does, or make the group beforehand and leave the option out",
  link: AWSLOGS,
  check: ofEach((container, { executionRoleArn }) => {
    const { driver, options } = logOf(container);
    const isDefault = typeof executionRoleArn === "string" && /(?:^|\/)ecsTaskExecutionRole$/.test(executionRoleArn);
    if (driver !== "awslogs" || !isTrueToDriver(options["awslogs-create-group"]) || !isDefault) return [];
    return [option("awslogs-create-group", "asks for a right that the default execution role does not have")];
  }),
};

export const awslogsMultiline: ContainerCheck = {
  id: "awslogs-multiline",
  severity: "danger",
  question: "Is one option at most set that tells where a log message begins?",
  why: "awslogs refuses the two together, and the container does not start",
  fix: "remove awslogs-datetime-format or awslogs-multiline-pattern",
  link: LINK,
  check: ofEach((container) => {
    const { driver, options } = logOf(container);
    const both = ["awslogs-datetime-format", "awslogs-multiline-pattern"].every((name) => !isMissing(options[name]));
    if (driver !== "awslogs" || !both) return [];
    return [option("awslogs-multiline-pattern", "is set together with awslogs-datetime-format")];
  }),
};

export const logDelivery: ContainerCheck = {
  id: "log-delivery",
  severity: "danger",
  question: "Are the delivery mode of the logs and the size of its buffer ones that exist?",
  why: "the container does not start with another mode, with a size that is none, or with a buffer that blocking mode has no use for",
  fix: 'set mode to "non-blocking" with a max-buffer-size such as "25m", or to "blocking" without one',
  link: LINK,
  check: ofEach((container) => {
    const { driver, options } = logOf(container);
    // Options of FireLens are those of the router's own output.
    if (driver === "awsfirelens") return [];
    const { mode, "max-buffer-size": size } = options;
    if (typeof mode === "string" && !["", "blocking", "non-blocking"].includes(mode)) {
      return [option("mode", "is neither blocking nor non-blocking")];
    }
    if (isMissing(size)) return [];
    if (mode === "blocking") return [option("max-buffer-size", "is set together with mode blocking")];
    const isSize = typeof size !== "string" || /[${<]/.test(size) || /^\d+(?:\.\d+)? ?(?:[kmgtp]i?)?b?$/i.test(size);
    return isSize ? [] : [option("max-buffer-size", "is no size")];
  }),
};
