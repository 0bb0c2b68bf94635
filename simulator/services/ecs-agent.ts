import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import type { RecordedCall } from "../gate";
import { AwsError, arn, type Scope } from "../operation";
import { type Agent, CONTAINER_STARTS, VOLUME_STARTS } from "./ecs-agent-starts";
import { assumeAsService } from "./sts";

type StartedDefinition = Pick<RegisterTaskDefinitionCommandInput, "containerDefinitions" | "volumes">;

/** A call that IAM refused. */
export interface RefusedCall extends RecordedCall {
  /** For whom it was: a container's name, `volume NAME`, or `task` for the role itself. */
  container: string;
}

/**
 * Starts a task as ECS's agent does: under the execution role, with the calls that its containers and volumes need, and
 * no others. Nothing runs. What the definition names and nobody made in this world counts as there.
 *
 * @throws AwsError ClientException where a field names nothing that AWS could look up
 */
export async function startAsAgent(
  scope: Scope,
  definition: StartedDefinition,
  { executionRoleArn }: { executionRoleArn: string },
): Promise<{ started: boolean; refused: RefusedCall[] }> {
  const { gate, random } = scope.world;
  const task = random.text(32);
  const refused: RefusedCall[] = [];

  /** Refusals are noted; an error behind an allowed call only says that nobody made the thing. */
  async function attempt<T>(container: string, calls: Promise<T>, isOurs: (call: RecordedCall) => boolean) {
    try {
      return await calls;
    } catch (error) {
      const failed = gate.calls.findLast(isOurs);
      if (!(error instanceof AwsError && failed?.decision)) throw error;
      if (failed.decision === "denied") refused.push({ ...failed, container });
      return undefined;
    }
  }

  const role = assumeAsService(scope, "ecs-tasks.amazonaws.com", {
    roleArn: executionRoleArn,
    sessionName: task,
    // No cluster in it: AWS does not support conditions on one.
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    context: { "aws:SourceAccount": scope.account, "aws:SourceArn": arn(scope, "ecs", `task/${task}`) },
  });
  const session = await attempt("task", role, ({ context }) => context["sts:RoleSessionName"] === task);
  if (session) {
    const isOurs = ({ principal }: RecordedCall) => principal === session.arn;
    const agentFor = (container: string): Agent => ({
      ...{ scope, task, container },
      call: (service, operation, input, region = scope.region) =>
        attempt(container, gate.call({ principal: session, region, service, operation, input }), isOurs),
    });
    const { volumes = [], containerDefinitions = [] } = withoutNulls(definition);
    for (const volume of volumes) {
      for (const start of VOLUME_STARTS) await start(agentFor(`volume ${volume.name}`), volume);
    }
    for (const container of containerDefinitions) {
      for (const start of CONTAINER_STARTS) await start(agentFor(container.name ?? ""), container);
    }
  }
  return { started: refused.length === 0, refused };
}

/** In JSON, a null stands for a field that is absent. */
const withoutNulls = (definition: StartedDefinition): StartedDefinition =>
  JSON.parse(JSON.stringify(definition), (_field, value: unknown) => value ?? undefined);
