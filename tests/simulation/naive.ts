import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
} from "@aws-sdk/client-ecs";
import type { Cleaner } from "./runs";

/** What most scripts do: all but the newest of each family goes, without a look at what is in use. */
export const keepsNewest =
  (keep: number): Cleaner =>
  async ({ connect }) => {
    const ecs = connect.ecs();
    const arns: string[] = [];
    for (let nextToken: string | undefined, more = true; more; more = nextToken !== undefined) {
      const page = await ecs.send(new ListTaskDefinitionsCommand({ sort: "DESC", nextToken }));
      arns.push(...(page.taskDefinitionArns ?? []));
      nextToken = page.nextToken;
    }
    const families = Map.groupBy(arns, (arn) => arn.split(":").slice(0, -1).join(":"));
    for (const arn of [...families.values()].flatMap((family) => family.slice(keep))) {
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
      await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [arn] }));
    }
    return true;
  };

/** Safe, and of no use. */
export const doesNothing: Cleaner = async () => false;
