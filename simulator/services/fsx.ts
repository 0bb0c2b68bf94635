import type { Operations } from "../operation";

/** Nothing is kept: any file system is there. */
export const fsxOperations: Operations = {
  DescribeFileSystems: {
    action: "fsx:DescribeFileSystems",
    resources: () => ["*"],
    run: ({ FileSystemIds = [] }: { FileSystemIds?: string[] }) => ({
      FileSystems: FileSystemIds.map((FileSystemId) => ({ FileSystemId })),
    }),
  },
};
