import { imageRepository } from '../../../../lib/cloud/rules/image-repository';
import type { Json } from '../../../../lib/cloud/rules/rule';
import { image } from '../../../../lib/deploy/options';
import { ofArtifacts } from '../integrity/artifacts';
import { ofImages } from '../integrity/images';
import { ofPrograms } from '../integrity/programs';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { only, project, resources, ruleCheck, type Templates, templates } from '../templates';

const variablesOf = ({ properties }: { properties: Json }): Record<string, Json> =>
  Object.fromEntries((properties.Environment.EnvironmentVariables ?? []).map(({ Name, Value }: Json) => [Name, Value]));

const pins: Check<Templates> = {
  name: 'programs-have-pins',
  holds: 'Whatever program a project takes from S3 has its SHA-256 beside its address.',
  findings: (all) =>
    resources(all, 'AWS::CodeBuild::Project').flatMap((build) => {
      const variables = variablesOf(build);
      return Object.keys(variables)
        .filter((name) => name.endsWith('_S3'))
        .filter((name) => !/^[0-9a-f]{64}$/.test(String(variables[name.replace(/_S3$/, '_SHA256')])))
        .map((name) => `${build.properties.Name} takes ${name} without a hash`);
    }),
};

const versioned: Check<Templates> = {
  name: 'artifacts-keep-versions',
  holds:
    'Buckets of artifacts and releases keep what was overwritten, so that what was put in another’s place is seen.',
  findings: (all) => {
    const logs = resources(all, 'AWS::S3::Bucket').map(
      ({ properties }) => properties.LoggingConfiguration?.DestinationBucketName?.Ref,
    );
    return resources(all, 'AWS::S3::Bucket')
      .filter(({ id, properties }) => !logs.includes(id) && properties.VersioningConfiguration?.Status !== 'Enabled')
      .map(({ id }) => `${id} keeps no versions`);
  },
};

/** What CodePipeline hands to the build that deploys. */
interface Handed {
  image: string;
}

const byDigest: Check<Handed> = {
  name: 'deploys-by-digest',
  holds: 'The deployer takes an image by its digest only.',
  findings: (handed) => {
    try {
      const { digest } = image(handed.image);
      return /^sha256:[0-9a-f]{64}$/.test(digest) ? [] : [`taken as ${digest}`];
    } catch (error) {
      return [(error as Error).message];
    }
  },
};

const DEPLOY = 'visits-production-production-deploy';

const inTemplates = (
  foundBy: string,
  id: string,
  description: string,
  apply: (all: Templates) => unknown,
): Mutant<Templates> => ({ id, description, foundBy, apply });

const variable = (all: Templates, name: string): Json =>
  project(all, DEPLOY).Environment.EnvironmentVariables.find(({ Name }: Json) => Name === name);
const repository = (all: Templates): Json =>
  only(all, 'AWS::ECR::Repository', ({ RepositoryName }) => RepositoryName === 'visits').properties;

const ofTemplates = suite({
  name: 'the templates',
  subject: () => templates(),
  checks: [ruleCheck(imageRepository), pins, versioned],
  mutants: [
    inTemplates(
      'image-repository',
      'mutable',
      'registry whose tags may move',
      (all) => (repository(all).ImageTagMutability = 'MUTABLE'),
    ),
    inTemplates(
      'image-repository',
      'mutable-by-default',
      'registry that says nothing of its tags',
      (all) => delete repository(all).ImageTagMutability,
    ),
    inTemplates(
      'image-repository',
      'unscanned',
      'registry that scans nothing',
      (all) => delete repository(all).ImageScanningConfiguration,
    ),
    inTemplates(
      'programs-have-pins',
      'deployer-unpinned',
      'deployer without a hash',
      (all) => (variable(all, 'PROGRAM_SHA256').Value = ''),
    ),
    inTemplates(
      'programs-have-pins',
      'kubectl-unpinned',
      'kubectl whose hash is named otherwise',
      (all) => (variable(all, 'KUBECTL_SHA256').Name = 'KUBECTL_HASH'),
    ),
    inTemplates(
      'programs-have-pins',
      'short-hash',
      'hash that is cut off',
      (all) => (variable(all, 'PROGRAM_SHA256').Value = 'abc123'),
    ),
    inTemplates('artifacts-keep-versions', 'no-versions', 'bucket that forgets what was overwritten', (all) => {
      const found = resources(all, 'AWS::S3::Bucket').find(
        ({ properties }) => properties.LoggingConfiguration !== undefined,
      );
      delete found?.properties.VersioningConfiguration;
    }),
  ],
});

const ofOptions = suite({
  name: 'the image that a deploy is handed',
  subject: (): Handed => ({
    image: `visits=111122223333.dkr.ecr.eu-west-1.amazonaws.com/visits@sha256:${'a'.repeat(64)}`,
  }),
  checks: [byDigest],
  mutants: [
    ['by-tag', 'image by its tag', (text: string) => text.replace(/@.*/, ':1.0.0')],
    ['by-nothing', 'image by its name alone', (text: string) => text.replace(/@.*/, '')],
    ['short-digest', 'digest that is cut off', (text: string) => text.slice(0, -1)],
    ['other-digest', 'digest of a kind that is broken', (text: string) => text.replace('sha256', 'md5')],
  ].map(
    ([id, description, change]): Mutant<Handed> => ({
      id: id as string,
      description: description as string,
      foundBy: byDigest.name,
      apply: (handed) => {
        handed.image = (change as (text: string) => string)(handed.image);
      },
    }),
  ),
});

export const integrity: Row = {
  number: 9,
  risk: 'Improper Artifact Integrity Validation',
  controls: [
    'A version’s tag is given once and stays; what passed the tests is deployed by its digest.',
    'The deployer, kubectl and helm are taken with the hash that the stack was made with, or not at all.',
    'What is signed about an image (provenance, bill of materials) is verified by the deployer before kubectl is started: signature, digest, builder, source and kind of build.',
    'An artifact is encrypted, kept in versions, and refused by its reader when its bytes are not those that were packed.',
  ],
  suites: [ofTemplates, ofPrograms, ofOptions, ofImages, ofArtifacts],
  proofs: [
    { file: 'test/deploy/provenance/deploy.test.ts', title: '%s: refused before kubectl' },
    { file: 'test/deploy/provenance/deploy.test.ts', title: 'a flipped byte in the payload' },
    { file: 'test/deploy/provenance/deploy.test.ts', title: 'no provenance' },
    { file: 'test/deploy/provenance/deploy.test.ts', title: 'another builder' },
    { file: 'test/deploy/provenance/restore.test.ts', title: 'a release is not put back where %s' },
    { file: 'test/provenance/verify.test.ts', title: 'any flipped byte is refused' },
    { file: 'test/provenance/verify.test.ts', title: 'the signature of another key' },
    { file: 'test/buildspecs/deploy.test.ts', title: 'a program that is not the one of the stack is not run' },
    {
      file: 'test/buildspecs/deploy.test.ts',
      title: 'an archive of kubectl and helm that is not the one of the stack is not unpacked',
    },
    {
      file: 'test/buildspecs/deploy.test.ts',
      title: 'a deploy is given the release by digest, and everything that the environment says',
    },
  ],
  notRun: [
    'An artifact that somebody packs anew: its checksum fits. On AWS the bucket’s policy and the roles are what keeps others from writing; on this machine nothing does.',
  ],
};
