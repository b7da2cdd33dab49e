import { operationsHere } from '../lib/local/aws/operations';

/** What stands behind a service's answers, and where they differ; every service of the endpoint has its words. */
const SERVICES: Readonly<Record<string, { readonly name: string; readonly behind: string }>> = {
  codebuild: {
    name: 'CodeBuild',
    behind:
      'projects of the templates; a build is one attempt of a CodeBuild action, known from its start. StopBuild ends it and so fails its action',
  },
  codecommit: {
    name: 'CodeCommit',
    behind: 'the repositories that `slipway up` serves; during `slipway run` there are none',
  },
  codepipeline: {
    name: 'CodePipeline',
    behind:
      "the pipelines of the templates and the journals of their executions. GetPipeline has the present version alone; an action's configuration is shown as resolved where all its variables are known",
  },
  ecr: { name: 'ECR', behind: 'the repositories of the templates, with their tag mutability' },
  eks: { name: 'EKS', behind: 'the clusters of the templates: the embedded one, once it is up' },
  events: { name: 'EventBridge', behind: 'the rules of the templates, evaluated by `slipway up`' },
  logs: {
    name: 'CloudWatch Logs',
    behind:
      'output in the journals, while it is written: `/aws/codebuild/<project>` (a stream a build), `/aws/lambda/<function>`, `/aws/codepipeline/<pipeline>`. Filter patterns of plain terms. `aws logs tail` needs nothing else',
  },
  monitoring: {
    name: 'CloudWatch',
    behind:
      "the templates' alarms, evaluated on what the embedded cluster tells or on what PutMetricData puts in its place. A state by SetAlarmState holds for one period of the alarm by the clock, however fast the alarms' time runs. Metrics end with the process; no metric math",
  },
  s3: {
    name: 'S3',
    behind:
      "the assembly's file assets, to read; the templates' buckets, with versions; the artifacts of executions, where ListActionExecutions says that they are",
  },
  kms: {
    name: 'KMS',
    behind:
      "the templates' keys that sign (ECC_NIST_P256), each with a key pair of this machine, made once and kept in `.slipway/keys` for you alone; keys that encrypt are not here",
  },
  secretsmanager: {
    name: 'Secrets Manager',
    behind: 'the file of secrets ([local-run.md](local-run.md)): one version each, AWSCURRENT',
  },
  sns: { name: 'SNS', behind: 'the topics of the templates; a message is shown where `slipway up` runs' },
  ssm: {
    name: 'Systems Manager',
    behind: 'the file of secrets: each parameter is a String in version 1, so WithDecryption changes nothing',
  },
  sts: {
    name: 'STS',
    behind: 'sessions that the endpoint gave',
  },
};

/** The table of docs/endpoint.md. */
export function endpointReference(): string {
  const rows = Object.entries(operationsHere()).map(([signingName, operations]) => {
    const service = SERVICES[signingName];
    if (!service) throw new Error(`scripts/endpoint-reference.ts: no words for the service ${signingName}`);
    return { ...service, operations };
  });
  const sorted = rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    '| service | operations | what stands behind them |',
    '|---|---|---|',
    ...sorted.map(({ name, operations, behind }) => `| ${name} | ${operations.join(', ')} | ${behind} |`),
  ].join('\n');
}
