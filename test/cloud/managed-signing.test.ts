import { readAssembly } from '../../lib/local/assembly';
import { type Estate, readEstate } from '../../lib/permissions/calls';
import { declaredCalls } from '../../lib/permissions/declared-calls';
import { deliver } from './delivery';
import { configOf, slipwayApp } from './fixtures';
import { denied, forbidden, may, simulated, tooWide, unused } from './least-privilege';

const ON = 'images: { signing: ecr }';
const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

// biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever JSON they are
type Template = Record<string, any>;

const ofType = (resources: Template, type: string): [string, Template][] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

it('is off unless it is asked for: nothing of it is in the template', () => {
  for (const yaml of ['', 'images: { signing: none }']) {
    expect(JSON.stringify(deliver(yaml).template.toJSON())).not.toMatch(/signer:|AWS::Signer::|SigningConfiguration/);
  }
});

describe('with `images.signing: ecr`', () => {
  const assembly = readAssembly(slipwayApp(configOf(ON)).app.synth().directory);
  if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));

  /** What is wrong with the signing that the templates make; `change`: of the delivery stack's resources first. */
  function problems(change: (resources: Template) => void = () => undefined): string[] {
    if (!assembly.ok) throw new Error('unreachable');
    let delivery: Template = {};
    const stacks = assembly.value.stacks.map((stack) => {
      const template = structuredClone(stack.template) as Template;
      if (stack.name !== 'VisitsDelivery') return { ...stack, template: template as typeof stack.template };
      delivery = template['Resources'];
      change(delivery);
      return { ...stack, template: template as typeof stack.template };
    });
    const estate = readEstate({ ...assembly.value, stacks }, place);
    return [...configurationProblems(delivery), ...waitingProblems(delivery), ...roleProblems(estate)];
  }

  it('has one profile, one configuration for exactly the images, and exactly the image builds may sign', () => {
    expect(problems()).toEqual([]);
  });

  it('lets IAM allow what ECR calls in the name of an image build, and nothing too much', async () => {
    const estate = readEstate(assembly.value, place);
    const calls = declaredCalls(estate).filter(({ action }) => action === 'signer:SignPayload');
    expect(calls.map(({ why }) => why)).toEqual(['buildspecs/image.yml', 'buildspecs/image.yml']);
    for (const call of calls) {
      const role = estate.permissions.roles.find(({ arn }) => arn === call.role);
      expect(role && (await simulated(estate, role, call))).toBeUndefined();
    }
    expect((await tooWide(estate)).filter((each) => each.includes('signer:'))).toEqual([]);
  });

  const configuration = (r: Template): Template => ofType(r, 'AWS::ECR::SigningConfiguration')[0]?.[1] as Template;
  const rule = (r: Template): Template => configuration(r)['Properties'].Rules[0];
  const imagePolicy = (r: Template): Template => policy(r, 'ProductionTestImage');
  const policy = (r: Template, role: string): Template =>
    Object.entries(r).find(([id]) => id.startsWith(`${role}RolePolicy`))?.[1].Properties.PolicyDocument;
  const signing = (r: Template): Template =>
    imagePolicy(r)['Statement'].find(({ Action }: Template) => Action === 'signer:SignPayload');

  it.each<readonly [string, (resources: Template) => void, RegExp]>([
    ['of the layer cache too', (r) => Object.assign(rule(r)['RepositoryFilters'][0], { Filter: 'visits*' }), /filters/],
    ['of every repository', (r) => delete rule(r)['RepositoryFilters'], /filters/],
    ['of another repository', (r) => Object.assign(rule(r)['RepositoryFilters'][0], { Filter: 'shop' }), /filters/],
    ['by two rules', (r) => configuration(r)['Properties'].Rules.push(rule(r)), /2 rules/],
    [
      'for functions',
      (r) => {
        const [, profile] = ofType(r, 'AWS::Signer::SigningProfile')[0] as [string, Template];
        profile['Properties'].PlatformId = 'AWSLambda-SHA384-ECDSA';
      },
      /platform/,
    ],
    [
      'with a profile of somebody else',
      (r) => {
        rule(r)['SigningProfileArn'] = 'arn:aws:signer:eu-west-1:444455556666:/signing-profiles/other';
      },
      /another profile/,
    ],
    [
      'after the first run only',
      (r) => {
        for (const [, pipeline] of ofType(r, 'AWS::CodePipeline::Pipeline'))
          pipeline['DependsOn'] = pipeline['DependsOn'].filter((id: string) => !id.startsWith('RegistrySigning'));
      },
      /visits-development does not wait/,
    ],
    [
      'without the right to sign',
      (r) => imagePolicy(r)['Statement'].splice(imagePolicy(r)['Statement'].indexOf(signing(r)), 1),
      /ProductionTestImage.*: signer:SignPayload on/,
    ],
    [
      'with every profile',
      (r) => {
        signing(r)['Resource'] = '*';
      },
      /ProductionTestImage.*: signer:SignPayload with any profile/,
    ],
    [
      'with more than that',
      (r) => {
        signing(r)['Action'] = ['signer:SignPayload', 'signer:RevokeSignature'];
      },
      /not needed: .*signer:RevokeSignature/,
    ],
    [
      'by a build of tests',
      (r) => policy(r, 'DevelopmentTestUnit')['Statement'].push({ Effect: 'Allow', Action: 'signer:*', Resource: '*' }),
      /DevelopmentTestUnit.*: signer:SignPayload/,
    ],
    [
      'by the build that releases',
      (r) => policy(r, 'ProductionTestRelease')['Statement'].push(signing(r)),
      /ProductionTestRelease.*: signer:SignPayload/,
    ],
  ])('tells signing %s', (_, change, told) => {
    expect(problems(change).join('\n')).toMatch(told);
  });
});

function configurationProblems(resources: Template): string[] {
  const profiles = ofType(resources, 'AWS::Signer::SigningProfile');
  const rules = ofType(resources, 'AWS::ECR::SigningConfiguration').flatMap(([, each]) => each['Properties'].Rules);
  const repositories = ofType(resources, 'AWS::ECR::Repository').map(([, each]) => each['Properties'].RepositoryName);
  const images = repositories.filter((name) => !name.endsWith('-cache'));
  const filters = [images.map((Filter) => ({ Filter, FilterType: 'WILDCARD_MATCH' }))];
  const told: string[] = [];
  if (repositories.length !== 2 || images.length !== 1) told.push(`repositories: ${repositories}`);
  if (profiles.some(([, each]) => each['Properties'].PlatformId !== 'Notation-OCI-SHA384-ECDSA')) told.push('platform');
  if (rules.length !== 1) told.push(`${rules.length} rules`);
  const found = rules.map(({ RepositoryFilters }) => RepositoryFilters);
  if (JSON.stringify(found) !== JSON.stringify(filters)) told.push(`filters: ${JSON.stringify(found)}`);
  const used = rules.map(({ SigningProfileArn }) => SigningProfileArn['Fn::GetAtt']?.join('.'));
  if (used.join() !== profiles.map(([id]) => `${id}.Arn`).join()) told.push('another profile');
  return told;
}

/** Without the configuration a run that starts with its pipeline would push an image that nobody signs. */
function waitingProblems(resources: Template): string[] {
  const [configuration] = ofType(resources, 'AWS::ECR::SigningConfiguration')[0] ?? [];
  return ofType(resources, 'AWS::CodePipeline::Pipeline')
    .filter(([, { DependsOn }]) => !DependsOn.includes(configuration))
    .map(([, { Properties }]) => `${Properties.Name} does not wait for the configuration`);
}

/** Only what is about Signer; the rest is for least-privilege.test.ts. */
function roleProblems(estate: Estate): string[] {
  const calls = declaredCalls(estate);
  const isOurs = (told: string): boolean => told.includes('signer:');
  const profiles = estate.resources.filter(({ type }) => type === 'AWS::Signer::SigningProfile').map(estate.arnOf);
  const other = `arn:aws:signer:${place.region}:${place.account}:/signing-profiles/other`;
  const signers = estate.permissions.roles.filter((role) =>
    profiles.some((resource) => may(estate, role, { action: 'signer:SignPayload', resource })),
  );
  return [
    ...denied(estate, calls).filter(isOurs),
    ...unused(estate, calls)
      .filter(isOurs)
      .map((each) => `not needed: ${each}`),
    ...forbidden(estate).filter(isOurs),
    ...estate.permissions.roles
      .filter((role) => may(estate, role, { action: 'signer:SignPayload', resource: other }))
      .map(({ logicalId }) => `${logicalId}: signer:SignPayload with any profile`),
    ...(signers.length === 2 ? [] : [`${signers.length} roles sign`]),
  ];
}
