import { Keyed, type Operations, Regional } from "../operation";
import { newCloudWatchState } from "./cloudwatch";
import { newCodeDeployState } from "./codedeploy";
import { codedeployOperations } from "./codedeploy-operations";
import { ecrImageOperations } from "./ecr-image-operations";
import { ecrLifecycleOperations } from "./ecr-lifecycle-operations";
import { ecrPullOperations } from "./ecr-pull-operations";
import { newEcrState } from "./ecr-repositories";
import { ecrRepositoryOperations } from "./ecr-repository-operations";
import { newEcsServiceState } from "./ecs-clusters";
import { ecsDefinitionOperations } from "./ecs-definition-operations";
import { newEcsDefinitionState } from "./ecs-definitions";
import { ecsDeploymentOperations } from "./ecs-deployment-operations";
import { ecsServiceOperations } from "./ecs-service-operations";
import { eventsOperations, newEventsState } from "./events";
import { fsxOperations } from "./fsx";
import { newIamState } from "./iam";
import { kmsOperations, newKmsState } from "./kms";
import { lambdaOperations, newLambdaState } from "./lambda";
import { logsOperations, newLogsState } from "./logs";
import { newPipesState, pipesOperations } from "./pipes";
import { newS3State } from "./s3";
import { s3Operations } from "./s3-operations";
import { newSchedulerState, schedulerOperations } from "./scheduler";
import { newSecretsManagerState, secretsmanagerOperations } from "./secretsmanager";
import { newSqsState, sqsOperations } from "./sqs";
import { newSsmState, ssmOperations } from "./ssm";
import { newStatesState, statesOperations } from "./states";
import { newStsState, stsOperations } from "./sts";

/** All state of a world, each service's by account and Region. */
export function newServices() {
  return {
    ecsDefinitions: new Regional(newEcsDefinitionState),
    ecsServices: new Regional(newEcsServiceState),
    ecr: new Regional(newEcrState),
    lambda: new Regional(newLambdaState),
    scheduler: new Regional(newSchedulerState),
    events: new Regional(newEventsState),
    pipes: new Regional(newPipesState),
    states: new Regional(newStatesState),
    codedeploy: new Regional(newCodeDeployState),
    logs: new Regional(newLogsState),
    sqs: new Regional(newSqsState),
    secretsmanager: new Regional(newSecretsManagerState),
    cloudwatch: new Regional(newCloudWatchState),
    /** By account. */
    iam: new Keyed(newIamState),
    /** Global: bucket names, access keys and whole ARNs are unique across accounts. */
    s3: newS3State(),
    ssm: newSsmState(),
    kms: newKmsState(),
    sts: newStsState(),
  };
}

export type Services = ReturnType<typeof newServices>;

/** Every simulated operation, by the service's signing name. */
export const OPERATIONS: Record<string, Operations> = {
  ecs: { ...ecsDefinitionOperations, ...ecsServiceOperations, ...ecsDeploymentOperations },
  ecr: { ...ecrRepositoryOperations, ...ecrImageOperations, ...ecrLifecycleOperations, ...ecrPullOperations },
  s3: s3Operations,
  sts: stsOperations,
  lambda: lambdaOperations,
  logs: logsOperations,
  sqs: sqsOperations,
  events: eventsOperations,
  pipes: pipesOperations,
  scheduler: schedulerOperations,
  states: statesOperations,
  codedeploy: codedeployOperations,
  secretsmanager: secretsmanagerOperations,
  ssm: ssmOperations,
  kms: kmsOperations,
  fsx: fsxOperations,
};
