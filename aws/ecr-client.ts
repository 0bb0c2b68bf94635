import { ECRClient } from "@aws-sdk/client-ecr";
import { type Connect, connect, SETTINGS } from "./clients";

/**
 * The clients of one Region and ECR's. Apart from clients.ts, all of which the function's bundle carries: the function reads
 * no images.
 */
export interface ConnectEcr extends Connect {
  ecr(): ECRClient;
}

/** {@link connect} and ECR, on the same terms. */
export function connectEcr({ region }: { region: string }): ConnectEcr {
  return { ...connect({ region }), ecr: () => new ECRClient({ region, ...SETTINGS }) };
}
