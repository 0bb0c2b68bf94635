import type { Millis } from "../../retention/types";
import { AwsError, arn, type Principal, type Scope, SimulatorError } from "../operation";
import { runTask } from "../services/ecs-services";
import type { Schedule } from "../services/scheduler";
import { sendAsService } from "../services/sqs";
import { assumeAsService } from "../services/sts";
import type { World } from "../world";
import { type Recurrence, recurrence } from "./expressions";

interface Planned {
  expression: string;
  cancel(): void;
}

/** EventBridge Scheduler's firing, on the simulated clock: to functions under the schedule's role, and to ECS clusters. */
export class Schedules {
  readonly #world: World;
  readonly #planned = new Map<string, Planned>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A schedule was created, changed or deleted. One whose expression stayed keeps its rhythm. */
  changed(scope: Scope, group: string, name: string): void {
    const key = `${scope.account}/${scope.region}/${group}/${name}`;
    const schedule = find(scope, group, name);
    const planned = this.#planned.get(key);
    if (schedule?.state === "ENABLED" && planned?.expression === schedule.expression) {
      return;
    }
    planned?.cancel();
    this.#planned.delete(key);
    if (schedule?.state === "ENABLED") {
      if ((schedule.timezone ?? "UTC") !== "UTC") {
        throw new SimulatorError(`Schedule ${name}: time zone ${schedule.timezone} is not simulated, only UTC`);
      }
      const recurring = recurrence(schedule.expression);
      this.#plan(key, scope, schedule, recurring, recurring.first(this.#world.clock.now()));
    }
  }

  /** Nothing fires any more. */
  close(): void {
    for (const { cancel } of this.#planned.values()) {
      cancel();
    }
    this.#planned.clear();
  }

  #plan(
    key: string,
    scope: Scope,
    { group, name, expression }: Schedule,
    recurring: Recurrence,
    at: Millis | undefined,
  ) {
    if (at === undefined) {
      this.#planned.delete(key);
      return;
    }
    const cancel = this.#world.clock.at(at, async () => {
      const schedule = find(scope, group, name);
      if (schedule) {
        this.#plan(key, scope, schedule, recurring, recurring.after(at));
        await this.#fire(scope, schedule, at);
      }
    });
    this.#planned.set(key, { expression, cancel });
  }

  /** What the target's API refuses is not tried again: it goes to the dead-letter queue at once. */
  async #fire(scope: Scope, schedule: Schedule, at: Millis): Promise<void> {
    const { target } = schedule;
    // Universal targets may be any API of AWS: they are kept, and do nothing.
    if (target.arn.includes(":scheduler:::aws-sdk:")) return;
    const { region } = scope;
    const scheduledTime = new Date(at).toISOString().replace(".000Z", "Z");
    const input = (target.input ?? "{}")
      .replaceAll("<aws.scheduler.schedule-arn>", schedule.arn)
      .replaceAll("<aws.scheduler.scheduled-time>", scheduledTime);
    let principal: Principal | undefined;
    try {
      principal = await assumeAsService(scope, "scheduler.amazonaws.com", {
        roleArn: target.roleArn,
        sessionName: this.#world.random.text(32),
        context: {
          "aws:SourceAccount": scope.account,
          "aws:SourceArn": arn(scope, "scheduler", `schedule-group/${schedule.group}`),
        },
      });
      if (target.ecs) {
        const { TaskDefinitionArn: taskDefinition = "", TaskCount = 1, Group: group } = target.ecs;
        const startedBy = `AmazonEventBridgeScheduler/${schedule.name}`;
        for (let n = 0; n < TaskCount; n += 1) {
          runTask(scope, { cluster: target.arn, taskDefinition, startedBy, group });
        }
        return;
      }
      const event = { FunctionName: target.arn, InvocationType: "Event", Payload: input };
      await this.#world.gate.call({ principal, region, service: "lambda", operation: "Invoke", input: event });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (principal && target.deadLetterArn) await sendAsService(scope, principal, target.deadLetterArn, input);
    }
  }
}

function find(scope: Scope, group: string, name: string): Schedule | undefined {
  return scope.world.services.scheduler.at(scope).schedules.get(`${group}/${name}`);
}
