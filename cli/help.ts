export const HELP = `Usage: ecs-retention [plan] --policy FILE... [--store LOCATION] [--json]
       ecs-retention apply --policy FILE... --store LOCATION [--yes] [--json]
       ecs-retention lifecycle FILE [--repository NAME | --images FILE] [--json]
       ecs-retention check FILE... [--accept FILE] [--severity danger] [--json]

\`plan\` shows which revisions of a service's task definition its retention policy keeps, deregisters and
deletes, and why; \`apply\` then removes them. \`lifecycle\` explains an ECR lifecycle policy, and \`check\` says
what is wrong with task definitions, before they are deployed. All with your own AWS credentials, \`check\` without
any; nothing has to be deployed.

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
  check            say what breaks a deployment or leaks a secret (danger) and what could be safer (advice), why, and
                   the fix. A FILE holds what \`aws ecs describe-task-definition\` prints or \`register-task-definition\`
                   takes, or a list of container definitions; - is standard input. Asks nothing of AWS, and shows no
                   value of environment variables, commands, options or secrets

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

Options of check
  --accept FILE        findings that are known and meant, as JSON:
                       {"acceptedFindings": [{"id": "user-not-set", "reason": "our images set their user"}]}
  --severity danger    leave out advice

Options of plan, apply and lifecycle
  --region R       else AWS_REGION, AWS_DEFAULT_REGION or the profile's
  --profile P      else AWS_PROFILE or the credentials of the environment

Options of all
  --json           print the result as JSON instead of tables
  -h, --help       this text

Exit codes
  plan             0 nothing would go   2 something would go    3 a gap or a stop blocks removals   1 error
  apply            0 all done           3 blocked, stopped, postponed or declined   1 error, or a removal failed
  plan and apply   3 another run holds the store
  lifecycle        0 AWS accepts it   2 and there are findings that nobody accepted   1 AWS refuses it, or an error
  check            0 nothing was found   2 findings that nobody accepted, advice alone too   1 a file that cannot be
                   read or holds no task definition; the others are shown
  all              64 wrong usage, also apply without --store, or without a terminal and without --yes
                   130 interrupted
`;
