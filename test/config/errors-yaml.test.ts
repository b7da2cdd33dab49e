import { errorsOf, fileWith } from './read';

/** Name of the case, what is added to the file, what is said about it (without the file's name). */
const cases: [string, string, string[]][] = [
  ['a second document', '---\na: b', ['3:1: expected one YAML document, got a second one after ---']],
  ['a tab', 'build:\n\tcontext: .', ['4:1: a tab indents this line; YAML wants spaces']],
  ['an alias of nothing', 'build: *b', ['3:8: the anchor &b is not there (or comes later)']],
  [
    'a merge of what is no mapping',
    'local: { images: { <<: redis } }',
    ['3:24: expected what << merges to be a mapping, an alias of one, or a list of those'],
  ],
  [
    'a merge of an alias of what is no mapping',
    'tags: { a: &a x }\nlocal: { <<: *a }',
    ['4:14: expected what << merges to be a mapping, an alias of one, or a list of those'],
  ],
  [
    'a tag of another language',
    'build: !!python/object {}',
    ['3:8: not valid YAML: Unresolved tag: tag:yaml.org,2002:python/object'],
  ],
];

describe('errors of the YAML itself', () => {
  it.each(cases)('%s', (_, added, expected) => {
    expect(errorsOf(fileWith(added))).toEqual(expected.map((line) => `slipway.yaml:${line}`));
  });
});

describe('hostile YAML', () => {
  it('with aliases of aliases is refused at once', () => {
    const levels = Array.from({ length: 9 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]' : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
    );
    expect(errorsOf(levels.join('\n'))).toEqual([
      'slipway.yaml:1:1: aliases of aliases grow this file more than 100-fold; write the values out',
    ]);
  });

  it('that contains itself is refused', () => {
    expect(errorsOf(fileWith('local: &l [*l]'))).toEqual([
      'slipway.yaml:3:11 local: expected a mapping of keys to values, got a list',
    ]);
  });

  it('that is nested without end is refused', () => {
    expect(errorsOf('['.repeat(30_000))).toEqual(['slipway.yaml:1:1: the YAML is nested too deeply']);
  });
});
