import { bucketArn, readObject, writeObject } from './artifact-calls';
import { arnIn, type Estate, type Loose, listOf, ofType, type RoleCall } from './calls';

const GUIDE = 'https://docs.aws.amazon.com/codepipeline/latest/userguide';
const ROLE = `${GUIDE}/how-to-custom-role.html`;

/** An object that CodePipeline makes: `<pipeline, 20 characters>/<artifact, 10 characters>/<seven letters>`. */
export const artifactKey = (pipeline: string, artifact: string): string =>
  `${pipeline.slice(0, 20)}/${artifact.slice(0, 10)}/aBcDeFg`;

/** What CodePipeline calls with the roles of its pipelines. */
export function pipelineCalls(estate: Estate): RoleCall[] {
  return ofType(estate, 'AWS::CodePipeline::Pipeline').flatMap(({ properties }) => {
    const { Name: name, RoleArn: role, ArtifactStore: store } = properties;
    const actions = listOf(properties.Stages).flatMap((stage) => [
      ...listOf(stage.Actions).map((action) => ({ ...action, stage: stage.Name })),
      ...rulesOf(stage).map((rule) => ({ ...rule, ActionTypeId: rule.RuleTypeId, stage: stage.Name })),
    ]);
    const outputs = [
      ...new Set(actions.flatMap(({ OutputArtifacts }) => listOf(OutputArtifacts).map(({ Name }) => Name))),
    ];
    const calls = [
      ...['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'].map((action) => ({
        action,
        resource: bucketArn(estate, store.Location),
        why: 'CodePipeline looks at its artifact store',
        page: ROLE,
      })),
      ...outputs.flatMap((artifact) => [
        ...readObject(estate, store.Location, artifactKey(name, artifact), 'CodePipeline hands artifacts over', ROLE),
        ...writeObject(estate, store.Location, artifactKey(name, artifact), 'CodePipeline keeps artifacts', ROLE),
      ]),
      ...useOfStoreKey(store.EncryptionKey?.Id),
      ...actions.flatMap((action) => actionCalls(estate, action)),
    ];
    return calls.map((call) => ({ role: role as string, ...call }));
  });
}

const rulesOf = (stage: Loose): Loose[] =>
  [stage.BeforeEntry, stage.OnSuccess, stage.OnFailure].flatMap((each) =>
    listOf(each?.Conditions).flatMap(({ Rules }) => listOf(Rules)),
  );

const useOfStoreKey = (key: Loose): Omit<RoleCall, 'role'>[] =>
  typeof key !== 'string'
    ? []
    : ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
        action,
        resource: key,
        why: 'CodePipeline encrypts artifacts with the key of its store',
        page: `${GUIDE}/pipelines-create-cross-account.html`,
      }));

function actionCalls(
  estate: Estate,
  { ActionTypeId, Configuration: configuration, stage, Name }: Loose,
): Omit<RoleCall, 'role'>[] {
  const arn = arnIn(estate);
  const at = `${stage}/${Name}`;
  const all = (actions: readonly string[], resource: string, page: string): Omit<RoleCall, 'role'>[] =>
    actions.map((action) => ({ action, resource, why: `CodePipeline runs ${at}`, page: `${GUIDE}/${page}.html` }));
  switch (ActionTypeId.Provider) {
    case 'CodeBuild':
      return all(
        ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'],
        arn('codebuild', `project/${configuration.ProjectName}`),
        'action-reference-CodeBuild',
      );
    case 'CodeCommit':
      return all(
        [
          'codecommit:CancelUploadArchive',
          'codecommit:GetBranch',
          'codecommit:GetCommit',
          'codecommit:GetUploadArchiveStatus',
          'codecommit:UploadArchive',
        ],
        arn('codecommit', configuration.RepositoryName),
        'action-reference-CodeCommit',
      );
    case 'CodeStarSourceConnection': {
      const service = String(configuration.ConnectionArn).split(':')[2];
      return all(
        [`${service}:UseConnection`],
        configuration.ConnectionArn,
        'action-reference-CodestarConnectionSource',
      );
    }
    case 'Lambda':
      return all(
        ['lambda:InvokeFunction'],
        arn('lambda', `function:${configuration.FunctionName}`),
        'action-reference-Lambda',
      );
    default:
      return [];
  }
}
