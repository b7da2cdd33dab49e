import { describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../../lib/local/events/bus-event';
import { isPath, type TargetInput, transform } from '../../../lib/local/events/transform';

const event: BusEvent = {
  version: '0',
  id: 'e1',
  'detail-type': 'CodeCommit Repository State Change',
  source: 'aws.codecommit',
  account: '111122223333',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:a', 'arn:b'],
  detail: { commitId: 'abc', title: 'a "quoted"\nline', count: 3, tags: { k: 'v' }, list: [{ n: 1 }, { n: 2 }] },
};
const rule = { name: 'push', arn: 'arn:rule' };
const now = new Date('2026-01-01T00:00:05Z');
const made = (input: TargetInput) => transform(input, event, rule, now);
const filled = (template: string, paths: Record<string, string> = {}) => {
  const result = made({ kind: 'template', paths, template });
  return result.ok ? result.value : result.errors[0];
};
const commit = { commit: '$.detail.commitId' };

describe('an input template', () => {
  test('of Slipway pins the commit', () => {
    const template =
      '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":<commit>}]}';
    expect(filled(template, commit)).toBe(
      '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":"abc"}]}',
    );
  });

  // [template, paths, what comes of it]
  test.each([
    ['"commit <commit> came"', commit, '"commit abc came"'],
    [
      '{"a": <commit>, "b": "<commit>", "c": "is \\"<commit>\\""}',
      commit,
      '{"a": "abc", "b": "abc", "c": "is \\"abc\\""}',
    ],
    ['{"n": <n>, "o": <o>}', { n: '$.detail.count', o: '$.detail.tags' }, '{"n": 3, "o": {"k":"v"}}'],
    ['{"t": <t>, "u": "<t>"}', { t: '$.detail.title' }, '{"t": "a \\"quoted\\"\\nline", "u": "a \\"quoted\\"\\nline"}'],
    ['{"first": <r>}', { r: '$.resources[0]' }, '{"first": "arn:a"}'],
    ['{"all": <n>}', { n: '$.detail.list[*].n' }, '{"all": [1,2]}'],
    ['{"gone": <x>, "also": "<x>"}', { x: '$.detail.missing' }, '{"gone": "", "also": ""}'],
    ['{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>"}', {}, '{"rule": "push", "arn": "arn:rule"}'],
    ['{"at": <aws.events.event.ingestion-time>}', {}, '{"at": "2026-01-01T00:00:05.000Z"}'],
    ['"one <commit>"\n"two"', commit, '"one abc"\n"two"'],
  ])('%s', (template, paths, expected) => expect(filled(template, paths as Record<string, string>)).toBe(expected));

  test('gives the whole event, or all of it but its detail', () => {
    expect(JSON.parse(filled('{"e": <aws.events.event.json>}') as string).e).toEqual(event);
    expect(JSON.parse(filled('{"e": <aws.events.event>}') as string).e).not.toHaveProperty('detail');
  });

  test('that gives no JSON says so', () => {
    expect(filled('{"a": <commit>', commit)).toContain('gives no JSON');
  });
});

test('a target gets the event, a fixed text, or a part', () => {
  expect(made({ kind: 'event' })).toEqual({ ok: true, value: JSON.stringify(event) });
  expect(made({ kind: 'constant', text: '{"x":1}' })).toEqual({ ok: true, value: '{"x":1}' });
  expect(made({ kind: 'path', path: '$.detail.tags' })).toEqual({ ok: true, value: '{"k":"v"}' });
  expect(made({ kind: 'path', path: '$.nothing' }).ok).toBe(false);
});

test.each([
  ['$', true],
  ['$.detail.commitId', true],
  ['$.detail-type', true],
  ['$.a[0].b', true],
  ['$.a[*].b', true],
  ['detail.commitId', false],
  ['$.a[?(@.x)]', false],
  ['$..a', false],
])('%s is a path: %s', (path, expected) => expect(isPath(path)).toBe(expected));
