import type { UsedPermission } from '../local/aws/call-log';
import type { Context } from '../local/iam/conditions';
import { type Estate, type Loose, listOf, ofType, type RoleCall } from './calls';

/** A call that a program was seen to make, with what depends on the project, the account or the moment as `{…}`. */
export interface RecordedUse {
  /** `buildspecs/deploy.yml`, or the function's name without the service's. */
  readonly program: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

/** A program that runs with a role, and what its calls may name. */
interface Program {
  readonly name: string;
  readonly role: string;
  /** Text in a resource -> the place holder for it. Longer texts first. */
  readonly names: readonly (readonly [text: string, holder: string])[];
}

export function programsOf(estate: Estate): Program[] {
  const { account, region } = estate.place;
  const place = [[account, '{account}'] as const, [region, '{region}'] as const];
  const builds = ofType(estate, 'AWS::CodeBuild::Project').map(({ properties }) => {
    const environment = Object.fromEntries(
      listOf(properties.Environment?.EnvironmentVariables).map(({ Name, Value }) => [Name, String(Value)]),
    );
    return {
      name: /^buildspecs\/[\w-]+\.yml/.exec(String(properties.Description))?.[0] ?? properties.Name,
      role: properties.ServiceRole as string,
      names: [...namesOf(environment, properties.EncryptionKey), ...place],
    };
  });
  const functions = ofType(estate, 'AWS::Lambda::Function')
    .filter(({ properties }) => typeof properties.FunctionName === 'string')
    .map(({ properties }) => ({
      name: `function ${String(properties.FunctionName).replace(/^.*-(\w+)$/, '$1')}`,
      role: properties.Role as string,
      names: place,
    }));
  return [...builds, ...functions];
}

function namesOf(environment: Readonly<Record<string, string>>, key: Loose): [string, string][] {
  const {
    SERVICE,
    ENVIRONMENT,
    CLUSTER,
    REPOSITORY,
    RELEASES,
    PROGRAM_S3,
    KUBECTL_S3,
    ATTESTATIONS,
    PROVENANCE_KEY,
    PIPELINE,
  } = environment;
  const inS3 = (url: string): string => url.replace(/^s3:\/\//, '');
  const named: [string | undefined, string][] = [
    [PROGRAM_S3 && inS3(PROGRAM_S3), '{PROGRAM_S3}'],
    [ATTESTATIONS && `${inS3(ATTESTATIONS)}/${SERVICE}/`, '{ATTESTATIONS}/{SERVICE}/'],
    [ATTESTATIONS && inS3(ATTESTATIONS), '{ATTESTATIONS}'],
    [PROVENANCE_KEY, '{PROVENANCE_KEY}'],
    [PIPELINE, '{PIPELINE}'],
    [KUBECTL_S3 && inS3(KUBECTL_S3), '{KUBECTL_S3}'],
    [RELEASES && inS3(RELEASES), '{RELEASES}'],
    [typeof key === 'string' ? key : undefined, '{KEY}'],
    [REPOSITORY && `repository/${REPOSITORY}`, 'repository/{REPOSITORY}'],
    [CLUSTER && `cluster/${CLUSTER}`, 'cluster/{CLUSTER}'],
    [ENVIRONMENT && `${SERVICE}/${ENVIRONMENT}/`, '{SERVICE}/{ENVIRONMENT}/'],
    [ENVIRONMENT && `alarm:${SERVICE}-${ENVIRONMENT}`, 'alarm:{SERVICE}-{ENVIRONMENT}'],
  ];
  return named.filter((each): each is [string, string] => each[0] !== undefined);
}

/** Names that a program makes up or is told: a release, a report, the digest of an image. */
const MADE_UP = /\d{8}T\d{9}Z-[^/]*?(?=\.json$|\/|$)|(?<=\/)[0-9a-f]{64}(?=\/)/g;

/** What was seen, as it would be in any project, account and run. A role of no program here is left out. */
export function recorded(used: readonly UsedPermission[], estate: Estate): RecordedUse[] {
  const programs = new Map(programsOf(estate).map((program) => [program.role, program]));
  const uses = used.flatMap(({ role, action, resource, context }) => {
    const program = programs.get(role);
    if (!program) return [];
    const general = (text: string): string =>
      program.names.reduce((rest, [name, holder]) => rest.replaceAll(name, holder), text).replace(MADE_UP, '{made up}');
    const values = Object.entries(context ?? {}).map(([key, value]) => [key, general(String(value))]);
    return [
      {
        program: program.name,
        action,
        resource: general(resource),
        ...(context && { context: Object.fromEntries(values) as Context }),
      },
    ];
  });
  const lines = [...new Set(uses.map((use) => JSON.stringify(use)))].sort();
  return lines.map((line) => JSON.parse(line) as RecordedUse);
}

/** The calls of a recording as every role makes them whose program was recorded. */
export function replayed(uses: readonly RecordedUse[], estate: Estate): RoleCall[] {
  return programsOf(estate).flatMap(({ name, role, names }) =>
    uses
      .filter(({ program }) => program === name)
      .map(({ action, resource, context }) => {
        const particular = (text: string): string =>
          names.reduce((rest, [value, holder]) => rest.replaceAll(holder, value), text).replaceAll('{made up}', '1');
        const values = Object.entries(context ?? {}).map(([key, value]) => [key, particular(String(value))]);
        return {
          role,
          action,
          resource: particular(resource),
          ...(context && { context: Object.fromEntries(values) as Context }),
          why: name,
        };
      }),
  );
}
