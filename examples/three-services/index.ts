// Three services, one function. Services of other stacks join it through its reference.
import { CleanupFunction, RetentionMode, ServiceRetention } from "ecs-retention";

const cleanup = new CleanupFunction("cleanup", { scheduleExpression: "rate(1 day)" });

for (const service of ["checkout", "basket", "search"]) {
  new ServiceRetention(service, {
    family: service,
    mode: RetentionMode.Enforce,
    taskDefinitions: { keepRevisions: 10 },
    cleanupFunction: cleanup.reference,
  });
}

export const cleanupFunction = cleanup.reference;
