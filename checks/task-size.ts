import { type ContainerCheck, type Hit, nameOf } from "./check";
import { isForFargate, isForWindows, isWhole, type TaskDefinitionPart } from "./definition";
import { isMissing } from "./values";

const GIB = 1_024;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html: MiB by CPU units. */
const FARGATE_SIZES: { cpu: number; memory: number[]; onWindows: boolean }[] = [
  { cpu: 256, memory: [512, 1 * GIB, 2 * GIB], onWindows: false },
  { cpu: 512, memory: steps(1, 4, 1), onWindows: false },
  { cpu: 1_024, memory: steps(2, 8, 1), onWindows: true },
  { cpu: 2_048, memory: steps(4, 16, 1), onWindows: true },
  { cpu: 4_096, memory: steps(8, 30, 1), onWindows: true },
  { cpu: 8_192, memory: steps(16, 60, 4), onWindows: false },
  { cpu: 16_384, memory: steps(32, 120, 8), onWindows: false },
];

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, step) => (from + step * by) * GIB);
}

export const fargateSize: ContainerCheck = {
  id: "fargate-size",
  severity: "danger",
  question: "Is this a size that Fargate has?",
  why: "ECS refuses to register a task for Fargate of another size, or without one",
  fix: `set cpu and memory of the task to a pair of the table: ${FARGATE_SIZES.map(({ cpu }) => cpu).join(", ")} CPU units, each with its memory; Windows from 1024 to 4096`,
  link: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size",
  check: (definition) => {
    if (!isForFargate(definition)) return [];
    const missing = (["cpu", "memory"] as const).filter((field) => isMissing(definition[field]));
    if (missing.length > 0) return missing.map((where) => ({ where, what: "is not set, and Fargate requires it" }));
    const cpu = unitsOf(definition.cpu, "vcpu");
    const memory = unitsOf(definition.memory, "gb");
    if (cpu === undefined || memory === undefined) return [];
    const size = FARGATE_SIZES.find((each) => each.cpu === cpu);
    if (!size) return [{ where: "cpu", what: `${cpu} CPU units are none of Fargate's sizes` }];
    if (isForWindows(definition) && !size.onWindows) {
      return [{ where: "cpu", what: `${cpu} CPU units are none of Fargate's sizes for Windows` }];
    }
    return size.memory.includes(memory)
      ? []
      : [{ where: "memory", what: `Fargate has no ${memory} MiB with ${cpu} CPU units` }];
  },
};

export const containerSize: ContainerCheck = {
  id: "container-size",
  severity: "danger",
  question: "Does each container fit into the task, and its reservation into its limit?",
  why: "ECS refuses to register containers that need more than the task has",
  fix: "raise the task's cpu or memory, or lower the container's",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-memory",
  check: (definition) => [...cpuHits(definition), ...memoryHits(definition)],
};

export const memoryMissing: ContainerCheck = {
  id: "memory-missing",
  severity: "danger",
  question: "Has each container memory, where the task has none?",
  why: "outside Fargate ECS refuses to register a container without memory in a task without memory",
  fix: "set memory or memoryReservation of the container, or memory of the task",
  link: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-memory",
  check: (definition) => {
    const { requiresCompatibilities: on, memory: taskMemory } = definition;
    const isForInstances = isMissing(on) || (Array.isArray(on) && (on.includes("EC2") || on.includes("EXTERNAL")));
    if (!isWhole(definition) || !isForInstances || isForFargate(definition) || !isMissing(taskMemory)) return [];
    return definition.containerDefinitions.flatMap((container, index) => {
      const { memory, memoryReservation } = container;
      const hasNone = [memory, memoryReservation].every((value) => isMissing(value) || value === 0);
      return hasNone ? [{ where: `${nameOf(container, index)}: memory`, what: "is not set, nor is the task's" }] : [];
    });
  },
};

function cpuHits({ cpu, containerDefinitions }: TaskDefinitionPart): Hit[] {
  const has = unitsOf(cpu, "vcpu") ?? 0;
  const needed = containerDefinitions.reduce((sum, container) => sum + (unitsOf(container.cpu, "vcpu") ?? 0), 0);
  if (has === 0 || needed <= has) return [];
  return [{ where: "cpu", what: `the containers need ${needed} CPU units, the task has ${has}` }];
}

function memoryHits({ memory, containerDefinitions }: TaskDefinitionPart): Hit[] {
  const has = unitsOf(memory, "gb") ?? 0;
  return containerDefinitions.flatMap((container, index): Hit[] => {
    const limit = unitsOf(container.memory, "gb") ?? 0;
    const reserved = unitsOf(container.memoryReservation, "gb") ?? 0;
    const where = `${nameOf(container, index)}: ${limit >= reserved ? "memory" : "memoryReservation"}`;
    const needed = Math.max(limit, reserved);
    if (has > 0 && needed > has) return [{ where, what: `the container needs ${needed} MiB, the task has ${has}` }];
    const isAbove = limit > 0 && reserved > limit;
    return isAbove ? [{ where, what: `${reserved} MiB are reserved, ${limit} is the most it may use` }] : [];
  });
}

/** CPU units or MiB; ECS takes `256`, `"256"`, `".25 vCPU"` and `"1 GB"`. */
function unitsOf(value: unknown, unit: "vcpu" | "gb"): number | undefined {
  if (typeof value === "number") return value;
  const [, amount, named] =
    /^(\d+(?:\.\d+)?|\.\d+) ?(vcpu|gb)?$/i.exec(typeof value === "string" ? value.trim() : "") ?? [];
  if (amount === undefined) return undefined;
  if (named === undefined) return Number(amount);
  return named.toLowerCase() === unit ? Number(amount) * GIB : undefined;
}
