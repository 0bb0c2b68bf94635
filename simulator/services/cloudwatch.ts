import { arn, type Scope } from "../operation";

/** An alarm as it was declared. Alarms are kept, not evaluated. */
export interface Alarm {
  name: string;
  arn: string;
  settings: Record<string, unknown>;
}

export const newCloudWatchState = () => ({ alarms: new Map<string, Alarm>() });

/** Creates or replaces. */
export function putAlarm(scope: Scope, name: string, settings: Record<string, unknown>): Alarm {
  const alarm = { name, arn: arn(scope, "cloudwatch", `alarm:${name}`), settings };
  scope.world.services.cloudwatch.at(scope).alarms.set(name, alarm);
  return alarm;
}

export function deleteAlarm(scope: Scope, name: string): void {
  scope.world.services.cloudwatch.at(scope).alarms.delete(name);
}
