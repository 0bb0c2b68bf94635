import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GrantSettings } from "../../permissions/grants/grant";

/** Where all three task definitions run. */
export const SCOPE = { partition: "aws", region: "eu-west-1", account: "111122223333" };

/** What a role is asked for, about one resource. */
export interface Question {
  action: string;
  resource: string;
  /** Condition keys besides those that every call has. */
  context?: Record<string, string>;
  /** Account that owns the resource. Default: that of its ARN, or the own. */
  owner?: string;
}

/** A task definition that every peer is given. */
export interface Task {
  id: "A" | "B" | "C";
  file: string;
  title: string;
  text: string;
  keys: GrantSettings["keys"];
  containerDefinitions: object[];
  /** AWS's page on what starting a task calls. */
  callsFrom: string;
  /** What ECS calls as the execution role to start the task, and to write its logs. */
  calls: Question[];
}

type TaskFile = Omit<Task, "id" | "file" | "calls"> & {
  calls: { actions: string[]; resource: string; context?: Record<string, string> }[];
};

/** The task definitions in tasks/, in the order of their names. */
export function readTasks(): Task[] {
  return readJson<TaskFile>("tasks").map(({ file, json }) => ({
    ...json,
    id: json.title.slice(0, 1) as Task["id"],
    file,
    calls: json.calls.flatMap(({ actions, ...about }) => actions.map((action) => ({ action, ...about }))),
  }));
}

/** The JSON files of a folder beside this file. */
export function readJson<T>(folder: string): { file: string; json: T }[] {
  return readdirSync(join(__dirname, folder))
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ file, json: JSON.parse(readFileSync(join(__dirname, folder, file), "utf8")) as T }));
}
