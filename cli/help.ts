export const HELP = `Usage: ecs-retention [plan] --policy FILE... [--store LOCATION] [--json]
       ecs-retention apply --policy FILE... --store LOCATION [--yes] [--json]
       ecs-retention lifecycle FILE [--repository NAME | --images FILE] [--json]

\`plan\` shows which revisions of a service's task definition its retention policy keeps, deregisters and
deletes, and why; \`apply\` then removes them. \`lifecycle\` explains an ECR lifecycle policy before it is
deployed. All with your own AWS credentials; nothing has to be deployed.

Commands
  plan             read the account and show every verdict; changes nothing in AWS (also without a command).
                   With --store it also remembers what is in use, as the function's report runs do; without,
                   rules that need that memory are not applied, and the report names them
  apply            the same, then ask, then remove by policies in mode "enforce" or "retire". Goes on until all is
                   done; what is in use is read again every five minutes, and what came into use meanwhile is spared
  lifecycle        say whether AWS would accept the policy of FILE, what each rule does, and which rules could take an
                   image in use or do not do what they seem to; with the images of a repository, what goes when.
                   FILE holds AWS's JSON, what \`aws ecr get-lifecycle-policy\` prints, or the arguments of
                   RepositoryRetention. Changes nothing in AWS, but to read the manifest of an index counts as a pull
                   of it, and moves its lastRecordedPullTime

Options of plan and apply
  --policy FILE... retention policies as JSON, one a file: {"family": "checkout"} is a complete one
  --store LOCATION s3://BUCKET or a folder, for uses, limits, journal, archive and reports. Where a cleanup function
                   is deployed: its bucket, else the two do not know of each other
  --settings FILE  {"acknowledgedGaps": [...], "ignoredSources": [...]} as JSON, as on the cleanup function
  --yes            apply without asking

Options of lifecycle
  --repository NAME    read its images, archived ones too: ecr:DescribeRepositories, DescribeImages, BatchGetImage
  --save-images FILE   keep what was read
  --images FILE        use what was kept, as of the time at which it was read; asks nothing of AWS
  --shared-with NAME   another service whose images are in the repository; once for each

Options of all
  --json           print the result as JSON instead of tables
  --region R       else AWS_REGION, AWS_DEFAULT_REGION or the profile's
  --profile P      else AWS_PROFILE or the credentials of the environment
  -h, --help       this text

Exit codes
  plan             0 nothing would go   2 something would go    3 a gap or a stop blocks removals   1 error
  apply            0 all done           3 blocked, stopped, postponed or declined   1 error, or a removal failed
  plan and apply   3 another run holds the store
  lifecycle        0 AWS accepts it   2 and there are findings that nobody accepted   1 AWS refuses it, or an error
  all              64 wrong usage, also apply without --store, or without a terminal and without --yes
                   130 interrupted
`;
