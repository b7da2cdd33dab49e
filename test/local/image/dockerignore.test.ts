import { readDockerignore } from '../../../lib/local/image/dockerignore';

describe('.dockerignore', () => {
  it.each<[string, string, Record<string, boolean>]>([
    [
      'a name at the top, with all below it',
      'node_modules',
      { node_modules: true, 'node_modules/a': true, 'a/node_modules': false, node_modulesx: false },
    ],
    ['a leading and a trailing slash say nothing', '/a/', { a: true, 'a/b': true, 'b/a': false }],
    ['a star stays within a part', '*.md', { 'a.md': true, 'docs/a.md': false }],
    ['two stars cross parts, and match none', '**/*.pyc', { 'a.pyc': true, 'x/y/a.pyc': true, 'a.py': false }],
    ['two stars at the end', 'a/**', { a: false, 'a/b': true, 'a/b/c': true }],
    ['two stars in the middle', 'a/**/z', { 'a/z': true, 'a/b/c/z': true, 'b/z': false }],
    ['a question mark is one character', '?.txt', { 'a.txt': true, 'ab.txt': false, '/.txt': false }],
    ['sets', '[ab]x', { ax: true, bx: true, cx: false }],
    ['negated sets', '[^a]x', { ax: false, bx: true }],
    ['an escaped star is a star', '\\*.md', { '*.md': true, 'a.md': false }],
    ['the last line that matches decides', '*.md\n!README.md\nREADME.md', { 'README.md': true, 'a.md': true }],
    [
      'an exception takes back in',
      '*\n!src\n**/__pycache__',
      { a: true, src: false, 'src/x.py': false, 'src/__pycache__/x': true },
    ],
    ['comments and empty lines', '# a\n\n  b  \r\nc', { '# a': false, a: false, b: true, c: true }],
    ['characters that mean something to expressions', 'a+(b).txt', { 'a+(b).txt': true, 'aab.txt': false }],
  ])('%s', (_, text, expected) => {
    const ignore = readDockerignore(text);
    expect(Object.fromEntries(Object.keys(expected).map((path) => [path, ignore.ignores(path)]))).toEqual(expected);
  });
});
