import type { Entry, Tree } from '../../../lib/local/image/context';
import { applyCopies } from '../../../lib/local/image/copy';

const file = (source: string, mode = 0o644): Entry => ({ type: 'file', source, size: 1, mode });

const context: Tree = new Map<string, Entry>([
  ['README.md', file('README.md')],
  ['absolute', { type: 'link', target: '/etc/passwd' }],
  ['escape', { type: 'link', target: '../../secret' }],
  ['link', { type: 'link', target: 'src/a.py' }],
  ['run.sh', file('run.sh', 0o755)],
  ['src', { type: 'folder' }],
  ['src/a.py', file('src/a.py')],
  ['src/deep', { type: 'folder' }],
  ['src/deep/b.py', file('src/deep/b.py')],
  ['src/inner', { type: 'link', target: 'deep/b.py' }],
]);

const apply = (...copies: { sources: string[]; destination: string; mode?: number }[]) =>
  applyCopies(
    context,
    copies.map((copy, index) => ({ line: index + 1, ...copy })),
    'Dockerfile',
  );

const paths = (...copies: Parameters<typeof apply>) => {
  const result = apply(...copies);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return [...result.value.keys()];
};

describe('COPY', () => {
  it.each<[string, string[], string, string[]]>([
    ['a file to a name', ['README.md'], '/a/b', ['a', 'a/b']],
    ['a file into a folder', ['README.md'], '/a/', ['a', 'a/README.md']],
    ['files into a folder', ['README.md', 'run.sh'], '/a/', ['a', 'a/README.md', 'a/run.sh']],
    [
      'the content of a folder, not the folder',
      ['src'],
      '/app',
      ['app', 'app/a.py', 'app/deep', 'app/deep/b.py', 'app/inner'],
    ],
    ['a pattern, which stays within a part', ['src/*.py'], '/app/', ['app', 'app/a.py']],
    ['a path below a folder', ['/src/deep/b.py'], '/', ['b.py']],
    ['what a link leads to', ['link'], '/app/', ['app', 'app/a.py']],
  ])('puts %s', (_, sources, destination, expected) => {
    expect(paths({ sources, destination })).toEqual(expected);
  });

  it('puts a file into a folder that is there already', () => {
    expect(paths({ sources: [], destination: '/app/' }, { sources: ['run.sh'], destination: '/app' })).toEqual([
      'app',
      'app/run.sh',
    ]);
  });

  it('copies the whole context', () => {
    expect(paths({ sources: ['.'], destination: '/app/' })).toHaveLength(context.size + 1);
  });

  it('keeps modes, or sets them', () => {
    const result = apply(
      { sources: ['run.sh', 'README.md'], destination: '/' },
      { sources: ['README.md'], destination: '/x', mode: 0o755 },
    );
    const modes = result.ok && [...result.value.values()].map((entry) => entry.type === 'file' && entry.mode);
    expect(modes).toEqual([0o644, 0o755, 0o755]);
  });

  it('makes absolute links relative to the image', () => {
    const result = apply({ sources: ['.'], destination: '/app/' });
    expect(result.ok && result.value.get('app/absolute')).toEqual({ type: 'link', target: '../etc/passwd' });
  });

  it.each<[string, string[], string, string]>([
    ['a source above the context', ['../secret'], '/', '../secret is outside the build context'],
    ['a source above it by a detour', ['src/../../secret'], '/', 'is outside the build context'],
    [
      'a link out of the context',
      ['escape'],
      '/',
      'escape is a symbolic link to ../../secret, outside the build context',
    ],
    ['an absolute link', ['absolute'], '/', 'absolute is a symbolic link to /etc/passwd, outside the build context'],
    [
      'a source that is not there',
      ['nope.txt'],
      '/',
      'nope.txt is not in the build context, or .dockerignore leaves it out',
    ],
    ['a pattern that matches nothing', ['*.txt'], '/', '*.txt is not in the build context'],
    ['a pattern of many files onto one', ['src/*'], '/x', 'src/* is more than one file'],
  ])('refuses %s', (_, sources, destination, expected) => {
    const result = apply({ sources, destination });
    expect(result.ok ? '' : result.errors.join()).toMatch(/^Dockerfile:1: /);
    expect(result.ok ? '' : result.errors.join()).toContain(expected);
  });

  it('refuses to write through a link', () => {
    const result = apply(
      { sources: ['.'], destination: '/app/' },
      { sources: ['README.md'], destination: '/app/absolute/x' },
    );
    expect(result).toMatchObject({
      ok: false,
      errors: [expect.stringContaining('Dockerfile:2: app/absolute/x would be written through')],
    });
  });
});
