import { describe, expect, test } from '@jest/globals';
import { parsePattern } from '../../../lib/local/events/pattern';

const event = {
  source: 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  resources: ['arn:aws:codecommit:eu-west-1:111122223333:visits', 'second'],
  detail: {
    event: 'referenceUpdated',
    referenceName: 'feature/x',
    count: 5,
    flag: true,
    nothing: null,
    empty: '',
    address: '10.0.0.7',
    list: [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
    words: ['one', 'two'],
  },
};

const matches = (pattern: object): boolean => {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) throw new Error(parsed.errors.join('; '));
  return parsed.value(event);
};
const detail = (fields: object) => ({ detail: fields });

// [what, pattern, whether the event above matches]
const table: readonly (readonly [string, object, boolean])[] = [
  ['an exact value', { source: ['aws.codecommit'] }, true],
  ['another value', { source: ['aws.s3'] }, false],
  ['one of a list', { source: ['aws.s3', 'aws.codecommit'] }, true],
  ['all fields, one of which differs', { source: ['aws.codecommit'], ...detail({ event: ['x'] }) }, false],
  ['one element of an array', { resources: ['second'] }, true],
  ['no element of an array', { resources: ['third'] }, false],
  ['a field that is not there', detail({ missing: ['x'] }), false],
  ['a number', detail({ count: [5] }), true],
  ['a number as text', detail({ count: ['5'] }), false],
  ['true', detail({ flag: [true] }), true],
  ['null', detail({ nothing: [null] }), true],
  ['null where there is nothing', detail({ missing: [null] }), false],
  ['null where there is an empty text', detail({ empty: [null] }), false],
  ['an empty text', detail({ empty: [''] }), true],
  ['prefix', detail({ referenceName: [{ prefix: 'feature/' }] }), true],
  ['another prefix', detail({ referenceName: [{ prefix: 'release/' }] }), false],
  ['prefix of any case', detail({ referenceName: [{ prefix: { 'equals-ignore-case': 'FEATURE/' } }] }), true],
  ['suffix', detail({ referenceName: [{ suffix: '/x' }] }), true],
  ['another suffix', detail({ referenceName: [{ suffix: '/y' }] }), false],
  ['suffix of any case', detail({ referenceName: [{ suffix: { 'equals-ignore-case': '/X' } }] }), true],
  ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'AWS.CodeCommit' }] }, true],
  ['equals-ignore-case of another', { source: [{ 'equals-ignore-case': 'AWS.S3' }] }, false],
  ['wildcard', detail({ referenceName: [{ wildcard: 'f*/x' }] }), true],
  ['wildcard at both ends', detail({ referenceName: [{ wildcard: '*ture*' }] }), true],
  ['wildcard that is anchored', detail({ referenceName: [{ wildcard: 'f*/' }] }), false],
  ['wildcard with a dot that is a dot', { source: [{ wildcard: 'aws.code*' }] }, true],
  ['wildcard whose dot is no wildcard', detail({ referenceName: [{ wildcard: 'feature.x' }] }), false],
  ['wildcard with an escaped star', detail({ referenceName: [{ wildcard: 'feature/\\*' }] }), false],
  ['anything-but', detail({ event: [{ 'anything-but': 'referenceDeleted' }] }), true],
  ['anything-but the value', detail({ event: [{ 'anything-but': ['a', 'referenceUpdated'] }] }), false],
  ['anything-but a number', detail({ count: [{ 'anything-but': [4, 6] }] }), true],
  ['anything-but where there is nothing', detail({ missing: [{ 'anything-but': 'x' }] }), false],
  ['anything-but a prefix', detail({ referenceName: [{ 'anything-but': { prefix: 'feature/' } }] }), false],
  ['anything-but prefixes', detail({ referenceName: [{ 'anything-but': { prefix: ['a', 'b'] } }] }), true],
  ['anything-but a suffix', detail({ referenceName: [{ 'anything-but': { suffix: 'x' } }] }), false],
  ['anything-but a wildcard', detail({ referenceName: [{ 'anything-but': { wildcard: 'r*' } }] }), true],
  [
    'anything-but whatever the case',
    detail({ event: [{ 'anything-but': { 'equals-ignore-case': 'REFERENCEUPDATED' } }] }),
    false,
  ],
  ['anything-but, one element of an array', detail({ words: [{ 'anything-but': 'one' }] }), true],
  ['numeric equal', detail({ count: [{ numeric: ['=', 5] }] }), true],
  ['numeric range', detail({ count: [{ numeric: ['>', 4, '<=', 5] }] }), true],
  ['numeric range, its lower end', detail({ count: [{ numeric: ['>', 5, '<', 9] }] }), false],
  ['numeric of a text', detail({ event: [{ numeric: ['>', 0] }] }), false],
  ['exists', detail({ event: [{ exists: true }] }), true],
  ['exists where there is nothing', detail({ missing: [{ exists: true }] }), false],
  ['exists: false', detail({ missing: [{ exists: false }] }), true],
  ['exists: false where there is something', detail({ event: [{ exists: false }] }), false],
  ['exists: false below what is not there', detail({ missing: { deeper: [{ exists: false }] } }), true],
  ['exists of null', detail({ nothing: [{ exists: true }] }), true],
  ['cidr', detail({ address: [{ cidr: '10.0.0.0/24' }] }), true],
  ['cidr elsewhere', detail({ address: [{ cidr: '10.0.1.0/24' }] }), false],
  ['cidr of what is no address', detail({ event: [{ cidr: '10.0.0.0/8' }] }), false],
  ['all fields in one element of a list', detail({ list: { a: [1], b: [2] } }), true],
  ['fields of different elements of a list', detail({ list: { a: [1], b: [4] } }), false],
  ['$or, one holds', { $or: [{ source: ['aws.s3'] }, detail({ event: ['referenceUpdated'] })] }, true],
  ['$or, none holds', { $or: [{ source: ['aws.s3'] }, { source: ['aws.ecr'] }] }, false],
  [
    '$or beside a field that differs',
    { source: ['aws.s3'], $or: [{ resources: ['second'] }, { source: ['x'] }] },
    false,
  ],
  ['$or further in', detail({ $or: [{ count: [5] }, { count: [6] }] }), true],
];

describe('an event pattern matches', () => {
  test.each(table)('%s', (_, pattern, expected) => expect(matches(pattern)).toBe(expected));
});

describe('what is no event pattern is refused, with its place', () => {
  test.each([
    ['an empty one', {}, 'the pattern: expected an object that is not empty'],
    ['a text', 'x', 'the pattern: expected an object that is not empty'],
    ['a value that is no list', { source: 'aws.s3' }, 'source: must be an object or an array'],
    ['an empty list', detail({ event: [] }), 'detail.event: empty arrays are not allowed'],
    ['an unknown operator', { source: [{ matches: 'x' }] }, 'source[0]: unrecognized comparison operator matches'],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }, 'source[0]: expected a text, a number'],
    ['exists of a text', { source: [{ exists: 'yes' }] }, 'source[0]: exists: expected true or false'],
    ['an open range', { source: [{ numeric: ['>', 5, '<', 1] }] }, 'numeric: expected one comparison'],
    ['a number without comparison', { source: [{ numeric: [5] }] }, 'numeric: expected one comparison'],
    ['two stars', { source: [{ wildcard: 'a**b' }] }, 'two "*" in a row'],
    ['a lone $or', { $or: [{ source: ['x'] }] }, '$or: expected a list of two or more objects'],
    ['a network that is none', { source: [{ cidr: '10.0.0.0/99' }] }, 'cidr: expected a network'],
    ['an empty prefix', { source: [{ prefix: '' }] }, 'prefix: expected a text'],
    [
      'anything-but an unknown operator',
      { source: [{ 'anything-but': { numeric: ['=', 1] } }] },
      'anything-but: expected',
    ],
  ])('%s', (_, pattern, message) => {
    const parsed = parsePattern(pattern);
    expect(parsed.ok ? [] : parsed.errors).toEqual([expect.stringContaining(message)]);
  });

  test('all at once', () => {
    const parsed = parsePattern({ source: 'x', detail: { a: [], b: [{ no: 1 }] } });
    expect(parsed.ok ? 0 : parsed.errors.length).toBe(3);
  });
});
