import { errorsOf, fileWith } from './read';

const duration = 'a duration such as 5m, 1h30m or 2d';

/** Name of the case, what is added to the file, what is said about it (without the file's name). */
const cases: [string, string, string[]][] = [
  [
    'no environment',
    'environments: {}',
    ['3:15 environments: expected at least one environment, got an empty mapping'],
  ],
  [
    'a list of environments',
    'environments: [dev]',
    ['3:15 environments: expected a mapping of environment names to their settings, got a list'],
  ],
  [
    'an environment in capitals',
    'environments: { Dev: }',
    [
      '3:17 environments.Dev: expected an environment name of 1 to 20 lower-case letters, digits and single dashes that starts with a letter',
    ],
  ],
  [
    'a bake that is no duration',
    'environments: { dev: { bake: soon } }',
    [`3:30 environments.dev.bake: expected ${duration}, got "soon"`],
  ],
  [
    'a bake without a unit',
    'environments: { dev: { bake: 5 } }',
    [`3:30 environments.dev.bake: expected ${duration}, or false, got 5`],
  ],
  [
    'a bake out of range',
    'environments: { dev: { bake: 13h } }',
    ['3:30 environments.dev.bake: expected whole minutes from 1m to 12h, got "13h"'],
  ],
  [
    'a bake in seconds',
    'environments: { dev: { bake: 90s } }',
    ['3:30 environments.dev.bake: expected whole minutes from 1m to 12h, got "90s"'],
  ],
  [
    'an approval that AWS refuses: too short',
    'environments: { dev: { approvals: [{ name: QA, timeout: 4m }] } }',
    ['3:57 environments.dev.approvals[0].timeout: expected whole minutes from 5m to 60d, got "4m"'],
  ],
  [
    'an approval that AWS refuses: too long',
    'environments: { dev: { approvals: [{ name: QA, timeout: 61d }] } }',
    ['3:57 environments.dev.approvals[0].timeout: expected whole minutes from 5m to 60d, got "61d"'],
  ],
  [
    'an approval without a name',
    'environments: { dev: { approvals: [{ timeout: 5m }] } }',
    ['3:36 environments.dev.approvals[0].name: missing; expected a name of 1 to 100 letters, digits and . @ - _'],
  ],
  [
    'an approval twice',
    'environments: { dev: { approvals: [{ name: QA }, { name: QA }] } }',
    ['3:58 environments.dev.approvals[1].name: the approval QA is there twice'],
  ],
  [
    'a message with a variable',
    'environments: { dev: { approvals: [{ name: QA, message: "#{Build.VERSION}?" }] } }',
    [
      '3:57 environments.dev.approvals[0].message: expected a text of 1 to 1000 characters without #{, got "#{Build.VERSION}?"',
    ],
  ],
  [
    'a url of another kind',
    'environments: { dev: { url: "ftp://x" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "ftp://x"',
    ],
  ],
  [
    'a url with a password',
    'environments: { dev: { url: "https://u:p@x" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "https://u:p@x"',
    ],
  ],
  [
    'a url with no such port',
    'environments: { dev: { url: "http://x:99999" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "http://x:99999"',
    ],
  ],
  [
    'a url with a variable of the pipeline',
    'environments: { dev: { url: "https://x/#{Build.VERSION}" } }',
    [
      '3:29 environments.dev.url: expected an address that starts with http:// or https://, without user, # or spaces, got "https://x/#{Build.VERSION}"',
    ],
  ],
  [
    'a namespace that Kubernetes refuses',
    'environments: { dev: { namespace: a_b } }',
    [
      '3:35 environments.dev.namespace: expected a Kubernetes namespace: 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends (RFC 1123), got "a_b"',
    ],
  ],
  [
    'a namespace of the cluster',
    'environments: { dev: { namespace: kube-system } }',
    ['3:35 environments.dev.namespace: the namespace kube-system is not for services; name another'],
  ],
  [
    'a namespace twice',
    'environments: { dev: { namespace: x }, qa: { namespace: x } }',
    ['3:57 environments.qa.namespace: the namespace x is that of dev; give each its own'],
  ],
  [
    "another's default namespace",
    'environments: { dev: , qa: { namespace: shop-dev } }',
    ['3:41 environments.qa.namespace: the namespace shop-dev is that of dev; give each its own'],
  ],
  [
    'a name of a fixed stage',
    'environments: { test: }',
    [
      '3:17 environments.test: its stage would be named Test, which every pipeline has already; name the environment otherwise',
    ],
  ],
  [
    'two names of one stage',
    'environments: { a-b1: , a-b-1: }',
    ['3:25 environments.a-b-1: its stage would be named AB1, which a-b1 has already; name the environment otherwise'],
  ],
  [
    'a name of an approval stage',
    'environments: { sign-off: , production: }',
    [
      '3:29 environments.production: its stage would be named SignOff, which sign-off has already; name the environment otherwise',
    ],
  ],
  [
    'too many environments',
    `environments: { ${Array.from({ length: 21 }, (_, index) => `e${index}: `).join(', ')} }`,
    ['3:15 environments: expected at most 20 environments, got a mapping'],
  ],
];

describe('errors of environments', () => {
  it.each(cases)('%s', (_, added, expected) => {
    expect(errorsOf(fileWith(added))).toEqual(expected.map((line) => `slipway.yaml:${line}`));
  });
});
