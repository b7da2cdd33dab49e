import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../../lib/local/assembly';
import { readPlan } from '../../../lib/local/read-plan';
import { BINDINGS, DELIVERY } from './delivery-assembly';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assembly ä '));
  cpSync(DELIVERY, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, content: unknown): void =>
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));

/** `file path: message` of every error. */
function errorsOf(directory = folder): string[] {
  const assembly = readAssembly(directory);
  if (assembly.ok) throw new Error('expected errors');
  return assembly.errors.map(({ file, path, message }) => `${file} ${path}: ${message}`);
}

const stack = (templateFile: string, more: object = {}): object => ({
  type: 'aws:cloudformation:stack',
  environment: 'aws://unknown-account/unknown-region',
  properties: { templateFile },
  ...more,
});

describe('readAssembly', () => {
  test('reads stacks and assets, in a folder with spaces and letters that are not ASCII', () => {
    const assembly = readAssembly(folder);
    if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
    expect(assembly.value.stacks.map(({ name, file }) => [name, file])).toEqual([
      ['VisitsSource', 'VisitsSource.template.json'],
      ['SlipwayCluster', 'SlipwayCluster.template.json'],
      ['VisitsDelivery', 'VisitsDelivery.template.json'],
    ]);
    expect(assembly.value.assets).toEqual([
      {
        bucket: 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}',
        key: '5b0c.zip',
        path: join(folder, 'asset.5b0c'),
        packaging: 'zip',
      },
    ]);
  });

  test('takes the name, account and region that a stack is bound to', () => {
    const artifact = stack('VisitsSource.template.json', { environment: 'aws://999988887777/us-east-1' });
    const properties = { templateFile: 'VisitsSource.template.json', stackName: 'given' };
    write('manifest.json', { version: '55.0.0', artifacts: { A: { ...artifact, properties } } });
    const assembly = readAssembly(folder);
    expect(assembly).toMatchObject({
      value: { stacks: [{ name: 'given', account: '999988887777', region: 'us-east-1' }] },
    });
  });

  test('reads the assemblies of CDK stages', () => {
    mkdirSync(join(folder, 'assembly-Prod'));
    cpSync(DELIVERY, join(folder, 'assembly-Prod'), { recursive: true });
    const nested = { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } };
    write('manifest.json', { version: '55.0.0', artifacts: { Prod: nested } });
    const assembly = readAssembly(folder);
    if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
    expect(assembly.value.stacks.map(({ file }) => file)).toContain('assembly-Prod/VisitsDelivery.template.json');
    const plans = readPlan(assembly.value, BINDINGS);
    expect(plans).toMatchObject({ ok: true, value: [{ pipeline: 'visits-development' }] });
  });

  test('reads nested stacks', () => {
    write('asset.child.json', { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
    const child = { Type: 'AWS::CloudFormation::Stack', Metadata: { 'aws:asset:path': 'asset.child.json' } };
    write('VisitsSource.template.json', { Resources: { Child: child } });
    const assembly = readAssembly(folder);
    if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
    expect(assembly.value.stacks.map(({ name, parent }) => [name, parent?.logicalId])).toContainEqual([
      'VisitsSource-Child',
      'Child',
    ]);
  });
});

describe('an assembly that is not whole is an error that names the file', () => {
  test('missing', () => {
    expect(errorsOf(join(folder, 'nowhere'))).toEqual([
      expect.stringMatching(/manifest\.json : There is no cloud assembly at .*nowhere; synthesize again/),
    ]);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'without a manifest',
      () => rmSync(join(folder, 'manifest.json')),
      /^manifest\.json : The file is missing; synthesize again/,
    ],
    ['with half a manifest', () => write('manifest.json', '{"version": "55.'), /^manifest\.json : Is not valid JSON/],
    ['with a list for a manifest', () => write('manifest.json', []), /^manifest\.json : Expected a JSON object/],
    [
      'without a version',
      () => write('manifest.json', { artifacts: {} }),
      /^manifest\.json version: Expected the assembly's schema version/,
    ],
    [
      'of an old CDK',
      () => write('manifest.json', { version: '21.0.0', artifacts: {} }),
      /^manifest\.json version: .*21\.0\.0, older than/,
    ],
    [
      'without artifacts',
      () => write('manifest.json', { version: '55.0.0' }),
      /^manifest\.json artifacts: Expected an object/,
    ],
    [
      'with an artifact that is none',
      () => write('manifest.json', { version: '55.0.0', artifacts: { A: 5 } }),
      /artifacts\.A: Expected an object/,
    ],
    [
      'without a template',
      () => rmSync(join(folder, 'VisitsSource.template.json')),
      /^VisitsSource\.template\.json : The file is missing/,
    ],
    [
      'with half a template',
      () => write('VisitsSource.template.json', '{"Res'),
      /^VisitsSource\.template\.json : Is not valid JSON/,
    ],
    [
      'with a list of resources',
      () => write('VisitsSource.template.json', { Resources: [] }),
      /^VisitsSource\.template\.json Resources: Expected an object/,
    ],
    [
      'with a macro',
      () => write('VisitsSource.template.json', { Transform: 'AWS::Serverless', Resources: {} }),
      /Transform: Macros and transforms run only in CloudFormation/,
    ],
    [
      'that names no template',
      () => write('manifest.json', { version: '55.0.0', artifacts: { A: { type: 'aws:cloudformation:stack' } } }),
      /artifacts\.A\.properties\.templateFile: Expected a file name/,
    ],
    [
      'that leads out of its folder',
      () => write('manifest.json', { version: '55.0.0', artifacts: { A: stack('../outside.json') } }),
      /artifacts\.A: "\.\.\/outside\.json" lies outside the assembly/,
    ],
    [
      'with a nested stack without a template',
      () => write('VisitsSource.template.json', { Resources: { Child: { Type: 'AWS::CloudFormation::Stack' } } }),
      /^VisitsSource\.template\.json Resources\.Child: The nested stack names no template/,
    ],
  ])('%s', (_, change, message) => {
    change();
    expect(errorsOf()).toEqual([expect.stringMatching(message)]);
  });

  test('every error at once', () => {
    rmSync(join(folder, 'VisitsSource.template.json'));
    write('VisitsDelivery.template.json', '');
    expect(errorsOf()).toHaveLength(2);
  });
});
