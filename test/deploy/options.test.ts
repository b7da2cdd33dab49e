import { Command } from 'commander';
import { type DeployOptions, duration, image, withCommonOptions, withReleaseOptions } from '../../lib/deploy/options';

const PLACE = ['--service', 'web', '--environment', 'dev', '--namespace', 'web-dev', '--releases', 'r'];
const DIGEST = `sha256:${'a'.repeat(64)}`;

function parse(...words: string[]): DeployOptions {
  const command = withReleaseOptions(withCommonOptions(new Command(), () => new Date('2026-11-21T12:00:00Z')));
  command.exitOverride().configureOutput({ writeErr: () => {} });
  return command
    .parse([...PLACE, '--manifests', 'k8s', '--image', `web=r.example:5000/web@${DIGEST}`, ...words], { from: 'user' })
    .opts();
}

test('defaults, and values with their units', () => {
  expect(parse()).toMatchObject({
    rolloutTimeout: 300,
    settle: 5,
    smoke: true,
    strategy: { kind: 'rolling' },
    requestedAt: '2026-11-21T12:00:00.000Z',
    image: { name: 'web', repository: 'r.example:5000/web', digest: DIGEST },
  });
  expect(parse('--rollout-timeout', '5m', '--settle', '250ms', '--no-smoke', '--helm-values', 'a', 'b')).toMatchObject({
    rolloutTimeout: 300,
    settle: 0.25,
    smoke: false,
    helmValues: ['a', 'b'],
  });
});

test.each([
  ['--rollout-timeout', 'soon', 'expected a time'],
  ['--image', 'web=r/web:1.0', 'expected name=repository@sha256'],
  ['--service', 'Web_1', 'lower-case letters'],
  ['--url', 'dev.example.com', 'expected http'],
  ['--requested-at', 'now', 'expected a time such as'],
  ['--strategy', '{"kind":"big-bang"}', 'strategy'],
  ['--strategy', '{', 'JSON'],
])('%s %s: %s', (option, value, message) => {
  expect(() => parse(option, value)).toThrow(message);
});

test.each([
  ['90', 90],
  ['1h', 3600],
  ['0.5s', 0.5],
])('%s are %d seconds', (text, seconds) => {
  expect(duration(text)).toBe(seconds);
  expect(() => image(text)).toThrow('expected name=');
});
