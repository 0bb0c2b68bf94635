import { isRecord } from "../retention/fields";
import { type ContainerCheck, ofEach } from "./check";
import type { ContainerPart } from "./definition";
import { isOutside } from "./values";

const LINK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html";
const WHERE = "healthCheck.command";

const RANGES: [field: string, least: number, most: number][] = [
  ["interval", 5, 300],
  ["timeout", 2, 60],
  ["retries", 1, 10],
  ["startPeriod", 0, 300],
];

/** Run the words after them themselves. */
const SHELLS = /^(?:.*[\\/])?(?:sh|ash|bash|dash|zsh|ksh|cmd|powershell|pwsh|busybox)(?:\.exe)?$/i;
/** What follows is a program's text, in a language of its own. */
const CODE_FLAG = /^-(?:-?(?:eval|command)|[cer])$/i;
const OPERATORS = /^(?:\|\|?|&&?|;|[0-2]?>{1,2}.*|<)$/;
const EXPRESSION = /\|\|\s*(?:exit|true|false)\b|&&\s|\$\(|\$[A-Za-z_]/;

/** The command of a container's health check, where it is a list of texts. */
export function healthCommandOf({ healthCheck }: ContainerPart): string[] | undefined {
  const command = isRecord(healthCheck) ? healthCheck.command : undefined;
  return Array.isArray(command) && command.every((word) => typeof word === "string") ? command : undefined;
}

export const healthCheckForm: ContainerCheck = {
  id: "health-check-form",
  severity: "danger",
  question: "Does the health check begin with CMD or CMD-SHELL, and give what that runs?",
  why: "Docker runs no probe of another form, and CMD-SHELL hands one text to the shell: words after it do not reach the command",
  fix: 'write ["CMD", "program", "argument", …] or ["CMD-SHELL", "one command line"]',
  link: LINK,
  check: ofEach((container) => {
    const [form, ...rest] = healthCommandOf(container) ?? ["NONE"];
    if (form === "NONE") return [];
    if (form !== "CMD" && form !== "CMD-SHELL")
      return [{ where: WHERE, what: "begins with neither CMD nor CMD-SHELL" }];
    if (rest.length === 0 || rest[0]?.trim() === "") return [{ where: WHERE, what: `gives ${form} nothing to run` }];
    const isSplit = form === "CMD-SHELL" && rest.length > 1;
    return isSplit ? [{ where: WHERE, what: "gives CMD-SHELL more than one text; only the first is run" }] : [];
  }),
};

export const healthCheckExpression: ContainerCheck = {
  id: "health-check-shell-expression",
  severity: "danger",
  question: "Does a health check with CMD do without what only a shell understands?",
  why: "CMD starts the program itself: operators and variables reach it as they are, and a line with spaces is taken for the name of a program, so the check always fails, or never does",
  fix: "use CMD-SHELL with the whole line as one text, or give each word an item of its own",
  link: LINK,
  check: ofEach((container) => {
    const [form, program = "", ...words] = healthCommandOf(container) ?? [];
    if (form !== "CMD" || SHELLS.test(program)) return [];
    const hit = (index: number, what: string) => [{ where: `${WHERE}[${index}]`, what }];
    // A path on Windows may have spaces of its own.
    if (/\s/.test(program.trim()) && !/^[A-Za-z]:\\/.test(program))
      return hit(1, "is a line, where CMD takes a program");
    const code = words.findIndex((word) => CODE_FLAG.test(word));
    const given = code < 0 ? words : words.slice(0, code);
    const index = given.findIndex((word) => OPERATORS.test(word) || EXPRESSION.test(word));
    return index < 0 ? [] : hit(index + 2, "holds a shell expression, which CMD does not evaluate");
  }),
};

export const healthCheckRange: ContainerCheck = {
  id: "health-check-range",
  severity: "danger",
  question: "Are the times and retries of the health check those that ECS takes?",
  why: "ECS refuses to register a task definition with others",
  fix: `stay within ${RANGES.map(([field, least, most]) => `${field} ${least}-${most}`).join(", ")}`,
  link: LINK,
  check: ofEach(({ healthCheck }) => {
    if (!isRecord(healthCheck)) return [];
    return RANGES.filter(([field, least, most]) => isOutside(healthCheck[field], least, most)).map(
      ([field, least, most]) => ({ where: `healthCheck.${field}`, what: `is not within ${least} and ${most}` }),
    );
  }),
};
