import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { SourceStack } from '../../lib/cloud/source-stack';
import { newApp, propertiesOf, resourcesOf } from './fixtures';

function serviceFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-seed-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('src/app.py', 'print("hello")\n');
  write('.gitignore', '# ours\nsecrets.env\n\n');
  write('secrets.env', 'TOKEN=1\n');
  write('.venv/bin/python', '');
  write('.git/HEAD', 'ref: refs/heads/main\n');
  write('src/__pycache__/app.pyc', '');
  return folder;
}

const seed = serviceFolder();
afterAll(() => rmSync(seed, { recursive: true }));

const app = newApp({ staged: true });
const stack = new SourceStack(app, 'VisitsSource', {
  service: 'visits',
  repository: 'visits',
  seed,
  branch: 'develop',
});
const assembly = app.synth();
const template = Template.fromStack(stack);

it('the repository is seeded with the service’s source on the development branch, and nothing else of its folder', () => {
  const [repository] = propertiesOf(template, 'AWS::CodeCommit::Repository');
  expect(repository).toMatchObject({ RepositoryName: 'visits', Code: { BranchName: 'develop' } });
  const key = repository.Code.S3.Key.replace('.zip', '');
  expect(readdirSync(join(assembly.directory, `asset.${key}`), { recursive: true }).sort()).toEqual([
    '.gitignore',
    'src',
    'src/app.py',
  ]);
});

it('the repository and its key outlive the stack', () => {
  for (const type of ['AWS::CodeCommit::Repository', 'AWS::KMS::Key'])
    for (const resource of Object.values(resourcesOf(template, type))) {
      expect(resource.DeletionPolicy).toBe('Retain');
      expect(resource.UpdateReplacePolicy).toBe('Retain');
    }
});

it('the key opens through CodeCommit, for this account, and rotates', () => {
  const [key] = propertiesOf(template, 'AWS::KMS::Key');
  expect(key.EnableKeyRotation).toBe(true);
  const open = key.KeyPolicy.Statement.find(({ Condition }: { Condition?: object }) => Condition);
  expect(Object.keys(open.Condition.StringEquals).sort()).toEqual(['kms:CallerAccount', 'kms:ViaService']);
});
