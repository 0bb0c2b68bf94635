export { BUCKETS } from "./buckets";
export type { Fault, RecordedCall } from "./gate";
export { AwsError, KilledError, type Principal, type Scope, SimulatorError } from "./operation";
export { World } from "./world";
