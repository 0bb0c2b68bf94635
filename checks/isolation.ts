import { type ContainerCheck, ofEach } from "./check";
import { isForFargate, isForWindows } from "./definition";
import { isMissing, membersOf } from "./values";

const CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html";
/** Each of them is a way out of the container. */
const POWERFUL = [
  "ALL",
  "SYS_ADMIN",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_BOOT",
  "NET_ADMIN",
  "DAC_READ_SEARCH",
  "MAC_ADMIN",
];

export const rootUser: ContainerCheck = {
  id: "root-user",
  severity: "advice",
  question: "Does the container run as somebody else than root?",
  why: "who breaks into a process of root has all of the container, and more of the host",
  fix: 'set user to one without rights, such as "1000:1000"',
  link: `${CONTROLS}#ecs-20`,
  // FireLens routers have to be root.
  check: ofEach(({ user, firelensConfiguration }, definition) =>
    typeof user === "string" &&
    /^(?:root|0+)(?::|$)/.test(user) &&
    isMissing(firelensConfiguration) &&
    !isForWindows(definition)
      ? [{ where: "user", what: "is root" }]
      : [],
  ),
};

export const userMissing: ContainerCheck = {
  id: "user-not-set",
  severity: "advice",
  question: "Does the definition say as whom the container runs?",
  why: "the image decides then, and that is root unless it says otherwise",
  fix: 'set user to one without rights, such as "1000:1000", or accept this where the image does',
  link: `${CONTROLS}#ecs-20`,
  // Windows takes no such user.
  check: ofEach(({ user, firelensConfiguration }, definition) =>
    isMissing(user) && isMissing(firelensConfiguration) && !isForWindows(definition)
      ? [{ where: "user", what: "is not set" }]
      : [],
  ),
};

export const privileged: ContainerCheck = {
  id: "privileged",
  severity: "advice",
  question: "Is the container kept from the rights of its host?",
  why: "a privileged container is root on its instance, and so in every other task there",
  fix: "remove privileged, and add the one capability that is needed",
  link: `${CONTROLS}#ecs-4`,
  check: ofEach((container, definition) =>
    container.privileged === true && !isForFargate(definition) ? [{ where: "privileged", what: "is true" }] : [],
  ),
};

export const readonlyRootFilesystem: ContainerCheck = {
  id: "readonly-root-filesystem",
  severity: "advice",
  question: "Is the container's file system read-only?",
  why: "who breaks in can change programs where it is not",
  fix: "set readonlyRootFilesystem to true, and mount a volume where the program writes",
  link: `${CONTROLS}#ecs-5`,
  check: ofEach((container, definition) =>
    (isMissing(container.readonlyRootFilesystem) || container.readonlyRootFilesystem === false) &&
    !isForWindows(definition)
      ? [{ where: "readonlyRootFilesystem", what: "is not true" }]
      : [],
  ),
};

export const addedCapabilities: ContainerCheck = {
  id: "added-capabilities",
  severity: "advice",
  question: "Does the container do without capabilities that lead out of it?",
  why: "with these, a process of the container can change the host or other containers",
  fix: "add only what the program needs, or run it where it has an instance to itself",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html",
  check: ofEach(({ linuxParameters }) => {
    const { add } = membersOf(membersOf(linuxParameters).capabilities);
    const powerful = POWERFUL.filter((name) => Array.isArray(add) && add.includes(name));
    return powerful.length > 0
      ? [{ where: "linuxParameters.capabilities.add", what: `adds ${powerful.join(", ")}` }]
      : [];
  }),
};

export const hostMode: ContainerCheck = {
  id: "host-mode",
  severity: "advice",
  question: "Are network, processes and memory the task's own?",
  why: "with host, its containers see and reach what every other task and the instance have there",
  fix: "use networkMode awsvpc, and pidMode and ipcMode task, or leave them out",
  link: `${CONTROLS}#ecs-17`,
  check: (definition) =>
    (["networkMode", "pidMode", "ipcMode"] as const)
      .filter((field) => definition[field] === "host" && !isForFargate(definition))
      .map((where) => ({ where, what: "is host" })),
};
