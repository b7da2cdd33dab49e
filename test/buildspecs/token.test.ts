import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from './programs';
import { PROJECT } from './workshop';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-token-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Sources kubectl.sh with an `aws` that numbers its tokens, then runs `script`; gives its output. */
const withTokens = (script: string): string => {
  const folder = programs(root, {
    kubectl: `echo 'Client Version: v1.35.2'`,
    aws: `case "$1 $2" in
'eks update-kubeconfig') printf 'users:\\n- user:\\n    exec:\\n      command: aws\\n' > "\${!#}" ;;
*) [ -e "$STATE/broken" ] && { echo 'no credentials' >&2; exit 255; }
   echo asked >> "$STATE/asked"; echo "token $(wc -l < "$STATE/asked") $*" ;;
esac`,
  });
  const text = `set -eu
. ${join(PROJECT, 'buildspecs/lib/kubectl.sh')}
ask() { "$(sed -n 's/.*command: //p' "$KUBECONFIG")" eks get-token; }
${script.replaceAll('$STATE', folder)}`;
  return execFileSync('bash', ['--norc', '-c', text], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env['PATH']}`, KUBECTL_VERSION: '1.35', CLUSTER: 'c', TMPDIR: root },
  });
};

test('one token serves all commands of a build', () => {
  expect(withTokens('ask; ask; ask')).toBe('token 1 eks get-token\n'.repeat(3));
});

test('after ten minutes another one is asked for, well before it ends', () => {
  const output = withTokens('ask; echo "$token"');
  const file = join(output.trim().split('\n').at(-1) ?? '', 'token');
  const elevenMinutesAgo = Date.now() / 1000 - 660;
  utimesSync(file, elevenMinutesAgo, elevenMinutesAgo);
  execFileSync('bash', ['--norc', '-c', `'${join(file, '../aws')}' again`], {
    env: { PATH: `${programs(root, { aws: 'echo fresh "$@"' })}:${process.env['PATH']}` },
  });
  expect(readFileSync(file, 'utf8')).toBe('fresh again\n');
});

test('a token that could not be had is not kept', () => {
  expect(withTokens('touch "$STATE/broken"; ask 2>&1 || true; rm "$STATE/broken"; ask')).toBe(
    'no credentials\ntoken 1 eks get-token\n',
  );
});
