import { Failure, report } from '../../bin/failure';

let said = '';
beforeEach(() => {
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const trouble = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code}: raw words`), { code, ...more });

test('a failure says its message and nothing else', () => {
  expect(report(new Failure('no such thing', 2))).toBe(2);
  expect(said).toBe('no such thing\n');
});

test.each([
  ['EACCES', { path: '/p/x' }, 'no permission for /p/x: make it writable'],
  ['EPERM', {}, 'no permission for a file: make it writable'],
  ['EROFS', { path: '/p/x' }, '/p/x is read-only: slipway keeps its state in .slipway/'],
  ['ENOSPC', {}, 'no space left on the device: free some; `slipway resume` goes on'],
  ['EMFILE', {}, 'too many files are open: raise the limit (ulimit -n 4096)'],
  ['ENFILE', {}, 'too many files are open'],
  ['ENOMEM', { syscall: 'spawn' }, 'the system has no memory or no process left (ENOMEM in spawn)'],
  ['EAGAIN', { syscall: 'spawn' }, 'the system has no memory or no process left (EAGAIN in spawn)'],
  [
    'ENOENT',
    { syscall: 'spawn kubectl', path: 'kubectl' },
    "kubectl can't be started: it is not there; `slipway doctor`",
  ],
])(
  '%s is the machine’s fault: words, no stack, exit code 3; as the cause of another error, too',
  (code, more, words) => {
    expect(report(trouble(code, more))).toBe(3);
    expect(said).toContain(words);
    expect(said).not.toMatch(/raw words|^\s+at /m);
    said = '';
    expect(report(new Error('outer', { cause: new Error('middle', { cause: trouble(code, more) }) }))).toBe(3);
    expect(said).toContain(words);
  },
);

test.each([
  ['an error without a code', new Error('oops')],
  ['a file that slipway expected', trouble('ENOENT', { syscall: 'open', path: '/p/x' })],
  ['a code that it does not know', trouble('ECONNRESET')],
])('%s is slipway’s own fault: it asks for a report, with the stack, exit code 70', (_, error) => {
  expect(report(error)).toBe(70);
  expect(said).toMatch(/^slipway itself broke; please report this:\nError: /);
  expect(said).toMatch(/^\s+at /m);
});

test('what is thrown and is no error is shown', () => {
  expect(report('a text')).toBe(70);
  expect(said).toContain('a text');
});
