import { differs, enforced, holds, notApplicable, type Row, rejected, section } from '../row';

const PIPELINE = 'local/plan/pipeline-rules.test.ts';
const STORE = 'local/plan/store-rules.test.ts';
const ACTION = 'local/plan/action-rules.test.ts';
const VARIABLE = 'local/plan/variable-rules.test.ts';
const STARTS = 'conformance/starts.test.ts';
const KEYS = 'local/plan/keys.test.ts';

export const STRUCTURE: readonly Row[] = section('1.1', [
  ['A pipeline has at least 2 stages.', 'CP:limits', enforced(PIPELINE, 'one stage only')],
  ['A pipeline has at most 50 stages.', 'CP:limits', enforced(PIPELINE, '51 stages')],
  ['A stage has at least one action.', 'CP:limits', enforced(PIPELINE, 'a stage without actions')],
  [
    'A stage has at most 50 actions; the page of the limits also says 100, and the smaller number is checked.',
    'CP:limits',
    enforced(PIPELINE, '51 actions in a stage'),
    'uncertain',
  ],
  [
    'A pipeline has at most 1,000 actions.',
    'CP:limits',
    enforced('conformance/structure.test.ts', 'more than 1,000 actions'),
  ],
  ['A Region holds at most 1,000 pipelines, 300 of which poll.', 'CP:limits', notApplicable('A quota of an account.')],
  [
    'The first stage holds source actions only.',
    'CP:pipeline-requirements',
    enforced(PIPELINE, 'a build in the first stage'),
  ],
  [
    'Source actions stand in the first stage only.',
    'CP:pipeline-requirements',
    enforced(PIPELINE, 'a source in a later stage'),
  ],
  [
    'Names of stages are unique in a pipeline.',
    'CP:pipeline-requirements',
    enforced(PIPELINE, 'two stages of one name'),
  ],
  [
    'Names of actions are unique in a stage.',
    'CP:pipeline-requirements',
    enforced(PIPELINE, 'two actions of one name'),
  ],
  [
    'The name of a pipeline has 1 to 100 letters, digits and . @ - _.',
    'API:PipelineName',
    enforced(PIPELINE, 'a name with a space'),
  ],
  ['So has the name of a stage.', 'API:StageName', enforced(PIPELINE, 'a stage name with a slash')],
  ['So has the name of an action.', 'API:ActionName', enforced(PIPELINE, 'an action name of 101 letters')],
  ['So has the name of a rule.', 'API:RuleName', enforced('conformance/structure.test.ts', 'a rule name with a space')],
  [
    'The name of an artifact has 1 to 100 letters, digits and - _.',
    'API:ArtifactName',
    enforced(ACTION, 'an artifact name with a dot'),
  ],
  [
    'A namespace has 1 to 100 letters, digits and @ - _.',
    'API:ActionNamespace',
    enforced('conformance/structure.test.ts', 'a namespace with a dot'),
  ],
  [
    'Output artifacts have names that are unique in the pipeline.',
    'CP:action-requirements',
    enforced(ACTION, 'an output of two actions'),
  ],
  [
    'An input artifact is the output of some action.',
    'CP:action-requirements',
    enforced(ACTION, 'an input nobody makes'),
  ],
  [
    'That action comes before: in an earlier stage, or with a lower run order.',
    'API:OutputArtifact',
    enforced(ACTION, 'an input from a parallel action'),
  ],
  [
    'It may be any earlier one, not just the one right before.',
    'CP:action-requirements',
    holds('local/plan/read-plan.test.ts', 'holds the pipeline, its stages, and its actions by run order'),
  ],
  ['A run order is at least 1.', 'API:ActionRunOrder', enforced(ACTION, 'run order 0')],
  ['A run order is at most 999.', 'API:ActionRunOrder', enforced(ACTION, 'run order 1000')],
  ['A run order is a whole number.', 'API:ActionRunOrder', enforced(ACTION, 'run order 1.5')],
  [
    'Actions of equal run order run at once, those of a higher one afterwards; numbers may be left out.',
    'CP:action-requirements',
    holds(STARTS, 'of equal run order run at once, of a higher one afterwards, with gaps allowed'),
  ],
  [
    'A value of an action’s configuration has at most 1,000 characters, the variables of a build as a whole among them.',
    'API:ActionConfigurationValue',
    enforced(ACTION, 'a value of 1001 characters'),
  ],
  [
    'A key of a configuration has at most 50 characters; every key that an action does not know is refused.',
    'API:ActionConfigurationKey',
    enforced(KEYS, 'that nobody knows are an error that names them'),
  ],
  [
    'A value of a rule’s configuration has at most 10,000 characters.',
    'API:RuleConfigurationValue',
    enforced('local/plan/rule-rules.test.ts', 'a value of a rule with 10,001 characters'),
  ],
  [
    'The resolved configuration of an action takes at most 100 KB; the action fails otherwise.',
    'CP:limits',
    holds(STARTS, 'makes no configuration of more than 100 KB'),
  ],
  [
    'The output variables of an action take at most 122,880 bytes; the action fails otherwise.',
    'CP:limits',
    holds(STARTS, 'of an action with all others has at most 122,880 bytes'),
  ],
  [
    'A pipeline has an artifact store, or one for each region.',
    'CP:pipeline-requirements',
    enforced(STORE, 'no artifact store'),
  ],
  ['It does not have both.', 'CP:pipeline-requirements', enforced(STORE, 'a store and a map of stores')],
  [
    'The map has a store for the region of the pipeline.',
    'CP:pipeline-requirements',
    enforced(STORE, 'a map without a store for the pipeline itself'),
  ],
  [
    'The map has a store for every region of an action.',
    'CP:pipeline-requirements',
    enforced(STORE, 'a map without a store for the region of an action'),
  ],
  ['An artifact store is a bucket of S3.', 'API:ArtifactStoreType', enforced(STORE, 'a store that is not in S3')],
  [
    'An action may run in another region than its pipeline.',
    'CP:action-requirements',
    rejected(ACTION, 'another region'),
  ],
  [
    'Source artifacts have at most 1 GB from a repository, 7 GB in S3.',
    'CP:limits',
    differs('The disk of the machine is the limit.'),
  ],
  [
    'Each change of the structure makes a new version of the pipeline.',
    'CP:pipeline-requirements',
    holds(
      'local/plan/read-plan.test.ts',
      'gives the same structure hash to the same pipeline, and another one to another',
    ),
  ],
  [
    'The history of executions is kept for 12 months.',
    'CP:pipeline-requirements',
    differs('Runs are kept until they are deleted.'),
  ],
  [
    'A pipeline without a type is V1; what belongs to V2 is refused in it.',
    'CP:pipeline-types',
    enforced(PIPELINE, 'a pipeline of type V1 with %s is an error'),
  ],
  ['A namespace is unique in the pipeline.', 'CP:reference-variables', enforced(VARIABLE, 'a namespace twice')],

  [
    'Some stage holds an action that is no source: there are at least two stages, and only the first one has sources.',
    'CP:pipeline-requirements',
    enforced(PIPELINE, 'a source in a later stage'),
  ],
  [
    'Polling ends after 30 days without a run.',
    'API:PipelineMetadata',
    notApplicable('A pipeline here polls while somebody has started it.'),
  ],
  [
    'A change of the mode goes without a change of the definition.',
    'CP:troubleshooting',
    notApplicable('A matter of the deployment.'),
  ],
]);

export const ENCRYPTION: readonly Row[] = section('1.10', [
  ['The key of an artifact store is one of KMS.', 'API:EncryptionKey', enforced(STORE, 'a key of another kind')],
  [
    'With actions of another account the key is named by id or ARN, not by an alias.',
    'CP:S3-artifact-encryption',
    enforced(STORE, 'an alias as the key of a pipeline with actions of another account'),
  ],
  [
    'Artifacts are encrypted with it.',
    'CP:S3-artifact-encryption',
    differs('Artifacts lie in the folder of their run, readable by its user only.'),
  ],

  [
    'Objects in S3 are named <pipeline>/<artifact>/<random>.',
    'CP:welcome-introducing-artifacts',
    notApplicable('AWS does not promise it.'),
  ],
]);
