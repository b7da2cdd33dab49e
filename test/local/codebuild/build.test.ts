import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractZip } from '../../../lib/local/codebuild/unzip';
import { plain, testHost } from './host';

const host = testHost();

const phases = (lines: readonly string[]): string =>
  ['version: 0.2', 'phases:', ...lines.map((line) => `  ${line}`)].join('\n');

test('a build hands over its artifacts and its exported variables', async () => {
  const result = await host.run({
    files: { 'src/app.py': 'print(1)', 'run.sh*': '#!/bin/sh\necho ran' },
    outputs: ['Package'],
    environment: plain({ COMMIT: 'abc' }),
    buildspec: `
version: 0.2
env:
  shell: bash
  exported-variables: [VERSION]
phases:
  install:
    commands: [./run.sh]
  build:
    commands:
      - mkdir dist && cp src/app.py dist/ && VERSION="1.0-$COMMIT"
artifacts:
  files: [dist/*.py]
`,
  });
  expect(result.outcome).toMatchObject({ status: 'Succeeded', variables: { VERSION: '1.0-abc' } });
  expect(result.lines).toEqual(['ran']);
  if (result.outcome.status !== 'Succeeded') return;
  const folder = join(host.root, 'extracted');
  mkdirSync(folder);
  expect(await extractZip(result.outcome.artifacts['Package'] ?? '', folder)).toEqual({ ok: true, value: undefined });
  expect(readFileSync(join(folder, 'dist/app.py'), 'utf8')).toBe('print(1)');
});

test('what a build leaves is its log, its reports and its artifacts', async () => {
  const { workspace } = await host.run({ buildspec: phases(['build:', '  commands: [echo hello]']) });
  expect(['home', 'tmp', 'state', 'src'].filter((name) => existsSync(join(workspace, name)))).toEqual([]);
  expect(readFileSync(join(workspace, 'log.txt'), 'utf8')).toMatch(/\[slipway\] Running command echo hello\nhello\n$/);
});
