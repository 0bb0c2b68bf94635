import {
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
} from "@aws-sdk/client-sfn";
import { usesInStates } from "../../retention/references/states";
import { listAll } from "../paging";
import { type Reader, unlessGone } from "./reader";

/** Every state machine and every published version of it, which is all that an alias can lead to. */
export const readStateMachines: Reader = async (scan) => {
  const client = scan.connect.states();
  const machines = await listAll(
    scan.calls,
    "states:ListStateMachines",
    (nextToken) => client.send(new ListStateMachinesCommand({ maxResults: 1000, nextToken })),
    (answer) => answer.stateMachines,
  );
  for (const { stateMachineArn = "" } of machines) {
    await readDefinition(stateMachineArn);
    const list = () =>
      listAll(
        scan.calls,
        "states:ListStateMachineVersions",
        (nextToken) =>
          client.send(new ListStateMachineVersionsCommand({ stateMachineArn, maxResults: 1000, nextToken })),
        (answer) => answer.stateMachineVersions,
      );
    for (const { stateMachineVersionArn = "" } of (await unlessGone(list)) ?? []) {
      await readDefinition(stateMachineVersionArn);
    }
  }

  async function readDefinition(stateMachineArn: string): Promise<void> {
    const machine = await scan.item(stateMachineArn, () =>
      scan.calls.read("states:DescribeStateMachine", () =>
        client.send(new DescribeStateMachineCommand({ stateMachineArn })),
      ),
    );
    for (const use of machine ? usesInStates(machine.definition ?? "") : []) scan.uses(stateMachineArn, use);
  }
};
