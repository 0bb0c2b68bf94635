import { Keyed, type Operations, Regional } from "../operation";
import { type CloudWatchState, newCloudWatchState } from "./cloudwatch";
import { type EcrState, newEcrState } from "./ecr";
import { type EcsServiceState, newEcsServiceState } from "./ecs-clusters";
import { ecsDefinitionOperations } from "./ecs-definition-operations";
import { type EcsDefinitionState, newEcsDefinitionState } from "./ecs-definitions";
import { ecsServiceOperations } from "./ecs-service-operations";
import { type IamState, newIamState } from "./iam";
import { type LambdaState, lambdaOperations, newLambdaState } from "./lambda";
import { type LogsState, logsOperations, newLogsState } from "./logs";
import { newS3State, type S3State } from "./s3";
import { s3Operations } from "./s3-operations";
import { newSchedulerState, type SchedulerState } from "./scheduler";
import { newSqsState, type SqsState, sqsOperations } from "./sqs";
import { newStsState, type StsState, stsOperations } from "./sts";

/** All state of a world. */
export interface Services {
  ecsDefinitions: Regional<EcsDefinitionState>;
  ecsServices: Regional<EcsServiceState>;
  ecr: Regional<EcrState>;
  lambda: Regional<LambdaState>;
  scheduler: Regional<SchedulerState>;
  logs: Regional<LogsState>;
  sqs: Regional<SqsState>;
  cloudwatch: Regional<CloudWatchState>;
  /** By account. */
  iam: Keyed<IamState>;
  /** Global: bucket names and access keys are unique across accounts. */
  s3: S3State;
  sts: StsState;
}

export function newServices(): Services {
  return {
    ecsDefinitions: new Regional(newEcsDefinitionState),
    ecsServices: new Regional(newEcsServiceState),
    ecr: new Regional(newEcrState),
    lambda: new Regional(newLambdaState),
    scheduler: new Regional(newSchedulerState),
    logs: new Regional(newLogsState),
    sqs: new Regional(newSqsState),
    cloudwatch: new Regional(newCloudWatchState),
    iam: new Keyed(newIamState),
    s3: newS3State(),
    sts: newStsState(),
  };
}

/** Every simulated operation, by the service's signing name. */
export const OPERATIONS: Record<string, Operations> = {
  ecs: { ...ecsDefinitionOperations, ...ecsServiceOperations },
  s3: s3Operations,
  sts: stsOperations,
  lambda: lambdaOperations,
  logs: logsOperations,
  sqs: sqsOperations,
};
