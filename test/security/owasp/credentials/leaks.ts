import { join } from 'node:path';
import { projectRoot } from '../../../cloud/fixtures';
import { type Check, type Mutant, suite } from '../mutants';
import { type BuildText, buildWithSecret } from './build-with-secret';

/** Puts `s` into a program of Node that writes what `expression` gives. */
const write = (expression: string): string =>
  `node -e 'const s = process.env.CANARY; process.stdout.write(${expression})'; echo`;

const stays: Check<{ build: BuildText }> = {
  name: 'secret-stays-inside',
  holds:
    'What a build prints, reports, exports, hands on, caches or leaves behind of a secret is masked, refused or removed: nothing that a run keeps or shows holds it.',
  findings: async ({ build }) => {
    const { traces, held } = await buildWithSecret(build);
    return traces.length > 0 ? [] : held;
  },
};

/** A command, or several, of a build that has the secret in `$CANARY`; `sections` go on with the buildspec. */
const leak = (
  id: string,
  description: string,
  commands: string | readonly string[],
  more: { readonly sections?: string; readonly survives?: string } = {},
): Mutant<{ build: BuildText }> => ({
  id,
  description: `build that ${description}`,
  foundBy: stays.name,
  ...(more.survives !== undefined && { survives: more.survives }),
  apply: (subject) => {
    subject.build = {
      ...subject.build,
      commands: typeof commands === 'string' ? [commands] : commands,
      sections: more.sections ?? '',
    };
  },
});

const MODULES = join(projectRoot, 'node_modules');
/** Reads a value as a program of the repository would, with the build's own credentials. */
const read = (client: string, command: string, input: object, member: string): string =>
  `NODE_PATH=${MODULES} node -e 'const c = require("@aws-sdk/client-${client}"); new c.${client === 'ssm' ? 'SSMClient' : 'SecretsManagerClient'}({}).send(new c.${command}(${JSON.stringify(input)})).then((a) => console.log(a.${member}))'`;

const MADE_UP = 'Masking stops accidents; whoever may change the build can write a secret down in a way of his own.';

/** What a build may do with a secret, one thing a mutant. */
export const LEAKS: readonly Mutant<{ build: BuildText }>[] = [
  leak('raw', 'prints it', 'printf "%s\\n" "$CANARY"'),
  leak('stderr', 'prints it to stderr', 'printf "%s\\n" "$CANARY" >&2'),
  leak('environment', 'prints its whole environment', 'env; export -p; set'),
  leak('trace', 'traces its commands', 'set -x; true "$CANARY"'),
  leak('quoted', 'prints it quoted for a shell', `bash -c 'printf "%q\n" "$CANARY"'`),
  leak('base64', 'prints it in base64', write('Buffer.from(s).toString("base64")')),
  leak('base64-1', 'prints it in base64 after one byte', write('Buffer.from("u" + s).toString("base64")')),
  leak('base64-2', 'prints it in base64 after two bytes', write('Buffer.from("u:" + s).toString("base64")')),
  leak(
    'basic',
    'prints the header of an HTTP request',
    write('"Authorization: Basic " + Buffer.from("visits:" + s).toString("base64")'),
  ),
  leak('base64url', 'prints it in base64url', write('Buffer.from(s).toString("base64url")')),
  leak('hex', 'prints it in hex', write('Buffer.from(s).toString("hex")')),
  leak('hex-upper', 'prints it in hex, in upper case', write('Buffer.from(s).toString("hex").toUpperCase()')),
  leak('hex-spaced', 'prints it as a dump of bytes', write('Buffer.from(s).toString("hex").replace(/../g, "$& ")')),
  leak('url', 'prints it URL-encoded', write('encodeURIComponent(s)')),
  leak('url-form', 'prints it as a form', write('new URLSearchParams({s}).toString()')),
  leak('json', 'prints it as JSON', write('JSON.stringify({s})')),
  leak(
    'xml',
    'prints it as XML',
    write('s.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\\u0022/g, "&quot;")'),
  ),
  leak('two-writes', 'prints it in two writes', [
    'node -e \'const s = process.env.CANARY; const { writeSync } = require("fs"); writeSync(1, s.slice(0, 9)); setTimeout(() => writeSync(1, s.slice(9) + "\\n"), 60)\'',
  ]),
  leak('long-line', 'prints it deep in a very long line', write('"a".repeat(16370) + s + "b".repeat(40000)')),
  leak('no-newline', 'prints it and ends without a newline', 'printf "%s" "$CANARY"'),
  leak('background', 'prints it from a process in the background', '(sleep 0.05; printf "%s\\n" "$CANARY") & wait'),
  leak('message', 'fails with it in its message', "node -e 'throw new Error(process.env.CANARY)'"),
  leak('command', 'fails in a command that a run tells', 'ls "/no/such/$CANARY"'),
  leak(
    'read-late',
    'reads it from Secrets Manager and prints it',
    read('secrets-manager', 'GetSecretValueCommand', { SecretId: 'late' }, 'SecretString'),
  ),
  leak(
    'read-json',
    'reads a JSON secret and prints all of it',
    read('secrets-manager', 'GetSecretValueCommand', { SecretId: 'canary' }, 'SecretString'),
  ),
  leak(
    'read-parameter',
    'reads it decrypted from Parameter Store and prints it',
    read('ssm', 'GetParameterCommand', { Name: '/late', WithDecryption: true }, 'Parameter.Value'),
  ),
  leak('exported', 'exports it', 'export COPY="$CANARY"', { sections: 'env:\n  exported-variables: [COPY]\n' }),
  leak('exported-encoded', 'exports it in base64', 'export COPY="$(printf %s "$CANARY" | base64 -w0)"', {
    sections: 'env:\n  exported-variables: [COPY]\n',
  }),
  leak('artifact', 'hands it on in an artifact', 'printf "%s" "$CANARY" > config.env', {
    sections: 'artifacts:\n  files: [config.env]\n',
  }),
  leak(
    'artifact-encoded',
    'hands it on in an artifact, in base64',
    'printf "%s" "$CANARY" | base64 -w0 > secret.yaml',
    { sections: 'artifacts:\n  files: [secret.yaml]\n' },
  ),
  leak(
    'artifact-deep',
    'hands it on deep in a large artifact',
    write('require("fs").writeFileSync("large.bin", "a".repeat(4194290) + s + "b".repeat(100)) ?? ""'),
    { sections: 'artifacts:\n  files: [large.bin]\n' },
  ),
  leak(
    'report',
    'reports it',
    write(
      `require("fs").writeFileSync("unit.xml", "<testsuite><testcase name=\\u0022a\\u0022><failure message=\\u0022" + s.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\\u0022/g, "&quot;") + "\\u0022></failure></testcase></testsuite>") ?? ""`,
    ),
    { sections: 'reports:\n  unit:\n    files: [unit.xml]\n' },
  ),
  leak('left', 'leaves it in its folder and fails', 'printf "%s" "$CANARY" > .npmrc; false'),
  leak(
    'cached',
    'leaves it in a folder that is cached',
    'mkdir cache; printf "%s" "$CANARY" > cache/token; echo fine > cache/fine',
    { sections: 'cache:\n  paths: [cache/**/*]\n' },
  ),
  leak('reversed', 'prints it backwards', write('[...s].reverse().join("")'), { survives: MADE_UP }),
  leak('letters', 'prints one character a line', write('[...s].join("\\n")'), {
    survives: `A line holds one character, which may be anything. ${MADE_UP}`,
  }),
  leak('zipped', 'prints it compressed', write('require("zlib").gzipSync(s).toString("base64")'), {
    survives: `What is compressed or encrypted has no form of its own. ${MADE_UP}`,
  }),
];

export const NO_LEAK: BuildText = { commands: ['test -n "$CANARY"'], sections: '', value: 'secret' };

/** A build that has a secret, really run. */
export const inRuns = suite({
  name: 'a build that has a secret',
  subject: () => ({ build: NO_LEAK }),
  checks: [stays],
  mutants: LEAKS,
});
