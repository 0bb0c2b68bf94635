import type { Scope } from "../../../simulator";
import { arn } from "../../../simulator/operation";
import { createApplication, createDeployment, createDeploymentGroup } from "../../../simulator/services/codedeploy";
import { registerTaskDefinition } from "../../../simulator/services/ecs-definitions";
import { createCluster } from "../../../simulator/services/ecs-services";
import { putRule, putTargets } from "../../../simulator/services/events";
import { createPipe } from "../../../simulator/services/pipes";
import { putSchedule } from "../../../simulator/services/scheduler";
import { createStateMachine, publishVersion } from "../../../simulator/services/states";

/** One reference of every source that no service makes, each to a revision of its own family. */
export function referToBatch(scope: Scope): void {
  registerTaskDefinition(scope, {
    family: "batch",
    containerDefinitions: [{ name: "app", image: "app:1", memory: 128 }],
  });
  createCluster(scope, "default");
  const TaskDefinitionArn = arn(scope, "ecs", "task-definition/batch:1");
  const cluster = arn(scope, "ecs", "cluster/default");
  const roleArn = arn(scope, "iam", "role/runs-tasks");
  putRule(scope, "batch");
  putTargets(scope, "batch", [{ Id: "run", Arn: cluster, RoleArn: roleArn, EcsParameters: { TaskDefinitionArn } }]);
  createPipe(scope, {
    ...{ Name: "batch", Target: cluster },
    TargetParameters: { EcsTaskParameters: { TaskDefinitionArn } },
  });
  putSchedule(scope, {
    ...{ name: "batch", group: "default", expression: "rate(30 days)", state: "DISABLED" },
    target: { arn: cluster, roleArn, ecs: { TaskDefinitionArn } },
  });
  const Parameters = { TaskDefinition: TaskDefinitionArn };
  const Run = { Type: "Task", Resource: "arn:aws:states:::ecs:runTask.sync", Parameters, End: true };
  createStateMachine(scope, "batch", JSON.stringify({ StartAt: "Run", States: { Run } }));
  publishVersion(scope, "batch");
  createApplication(scope, "batch");
  createDeploymentGroup(scope, "batch", "prod");
  const Resources = [{ TargetService: { Properties: { TaskDefinition: TaskDefinitionArn } } }];
  createDeployment(scope, "batch", "prod", JSON.stringify({ version: 0, Resources }), "Succeeded");
}
