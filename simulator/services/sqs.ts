import { AwsError, arn, type Operations, type Principal, type Scope } from "../operation";

export interface Queue {
  name: string;
  arn: string;
  url: string;
  /** `Policy` is the queue's resource policy; the others have no effect here. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  /** Bodies, oldest first. */
  messages: { id: string; at: number; body: string }[];
}

export const newSqsState = () => ({
  /** By name. */
  queues: new Map<string, Queue>(),
});

export function createQueue(
  scope: Scope,
  input: { name: string; attributes?: Record<string, string>; tags?: Record<string, string> },
): Queue {
  const { queues } = scope.world.services.sqs.at(scope);
  if (queues.has(input.name)) throw new AwsError("QueueNameExists", `A queue named ${input.name} already exists`);
  const queue: Queue = {
    name: input.name,
    arn: arn(scope, "sqs", input.name),
    url: `https://sqs.${scope.region}.amazonaws.com/${scope.account}/${input.name}`,
    attributes: { ...input.attributes },
    tags: input.tags ?? {},
    messages: [],
  };
  queues.set(input.name, queue);
  return queue;
}

export function deleteQueue(scope: Scope, name: string): void {
  scope.world.services.sqs.at(scope).queues.delete(name);
}

/** A message of AWS's own to a queue; one that refuses loses it, as on AWS. */
export function sendAsService(scope: Scope, principal: Principal, queueArn: string, body: string): Promise<void> {
  const [, , , region, account, name] = queueArn.split(":");
  const input = { QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}`, MessageBody: body };
  return scope.world.gate.attempt({ principal, region: scope.region, service: "sqs", operation: "SendMessage", input });
}

function queueOf(scope: Scope, url: string): Queue | undefined {
  const [account = "", name = ""] = url.split("/").slice(-2);
  return scope.world.services.sqs.at({ ...scope, account }).queues.get(name);
}

export const sqsOperations: Operations = {
  SendMessage: {
    action: "sqs:SendMessage",
    resources: (input, scope) => {
      const [account = "", name = ""] = String(input.QueueUrl).split("/").slice(-2);
      return [arn(scope, "sqs", name, account)];
    },
    owner: (input) => String(input.QueueUrl).split("/").at(-2),
    resourcePolicy: (input, scope) => queueOf(scope, input.QueueUrl)?.attributes.Policy,
    run: (input, scope) => {
      const queue = queueOf(scope, input.QueueUrl);
      if (!queue) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
      const id = scope.world.random.text(32);
      queue.messages.push({ id, at: scope.world.clock.now(), body: input.MessageBody });
      return { MessageId: id };
    },
  },
};
