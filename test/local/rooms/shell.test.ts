import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createShell, type Shell, type ShellName } from '../../../lib/local/codebuild/shell';
import { linesOf } from '../../../lib/local/output-text';
import { temporaryFolder } from '../codebuild/host';
import { inEveryRoom, type OpenRoom, openRoom } from './rooms';

const root = temporaryFolder();
jest.setTimeout(60_000);

inEveryRoom((name) => {
  const rooms = new Map<ShellName, Promise<OpenRoom>>();
  afterAll(async () => {
    for (const opened of rooms.values()) {
      const { room } = await opened;
      await room.endAll();
      room.close();
    }
  });

  /** A new shell in the one room of its kind. */
  async function open(shell: ShellName, environment: Record<string, string> = {}) {
    const opened = rooms.get(shell) ?? openRoom(name, root, shell);
    rooms.set(shell, opened);
    const { room, scripts, directory } = await opened;
    const lines: string[] = [];
    const created: Shell = createShell({
      room,
      stateFolder: scripts,
      directory,
      environment: { PATH: '/usr/bin:/bin', ...environment },
      onOutput: (_, text) => lines.push(...linesOf(text)),
    });
    return { ...created, lines, room, scripts };
  }

  /** Runs the commands one after the other and gives what they printed. */
  async function output(
    shell: ShellName,
    commands: readonly string[],
    environment?: Record<string, string>,
  ): Promise<string[]> {
    const opened = await open(shell, environment);
    for (const command of commands) await opened.run(command);
    return opened.lines;
  }

  describe.each<ShellName>(['bash', '/bin/sh'])('%s', (shell) => {
    test.each<[string, string[], string[]]>([
      [
        'the directory is carried over',
        ['mkdir sub && cd sub', 'basename "$PWD"; basename "$(env pwd -P)"'],
        ['sub', 'sub'],
      ],
      ['variables are carried over without export', ['A="two  words"', 'echo "$A"'], ['two  words']],
      ['and reach child processes', ['A=1', 'sh -c "echo $A"'], ['1']],
      ['values of several lines and quotes are carried over', [`A="it's\n\\"x\\""`, 'echo "$A"'], ["it's", '"x"']],
      ['a variable that was unset stays unset', ['unset GIVEN', 'echo "${GIVEN-none}"'], ['none']],
      ['functions are not carried over', ['f() { echo f; }; f', 'f 2>/dev/null || echo gone'], ['f', 'gone']],
      ['set -e is not carried over', ['set -e', 'false; echo still here'], ['still here']],
      ['set -e inside a command holds', ['set -e\nfalse\necho never', 'echo next'], ['next']],
      ['traps end with their command', ['trap "echo trapped" EXIT', 'echo next'], ['trapped', 'next']],
      [
        'exit 0 leaves no state',
        ['A=1', 'A=2; cd /; exit 0', 'echo "$A $(test "$PWD" = / || echo there)"'],
        ['1 there'],
      ],
      [
        'a line without its end is passed on',
        ['printf one; printf two >&2', 'printf "\\n\\n"; printf x'],
        ['onetwo', '', '', 'x'],
      ],
      ['a command may write to /dev/stderr', ['echo one; echo two > /dev/stderr; echo three'], ['one', 'two', 'three']],
      ['what looks like an end is none', ['printf "\\n\\036abc 0\\n"; echo x'], ['', '\u001eabc 0', 'x']],
      ['the last status of several lines counts', ['false\necho two', 'echo "$CODEBUILD_LAST_EXIT"'], ['two', '0']],
      ['the status is carried over', ['(exit 7)', 'echo "$CODEBUILD_LAST_EXIT"'], ['7']],
      ['a here document may end the command', ['cat <<END\nhello\nEND'], ['hello']],
      ['a comment may end the command', ['echo a # b', 'echo c'], ['a', 'c']],
      ['standard input is empty', ['cat; echo end'], ['end']],
      [
        'stderr and stdout keep their order',
        ['for i in 1 2 3; do echo o$i; echo e$i >&2; done'],
        ['o1', 'e1', 'o2', 'e2', 'o3', 'e3'],
      ],
      ['a value is not expanded', ['printf "%s" "$LITERAL"'], ['$HOME `id` \\n']],
    ])('%s', async (_, commands, expected) => {
      expect(await output(shell, commands, { GIVEN: 'x', LITERAL: '$HOME `id` \\n' })).toEqual(expected);
    });

    test('a syntax error is told with line 4 as the first of the command, and leaves the state', async () => {
      const opened = await open(shell);
      await opened.run('A=1');
      expect(await opened.run('echo one; )')).toEqual({ kind: 'exit', code: 2 });
      expect(opened.lines.join('\n')).toMatch(/script\.sh: (line )?4:/);
      await opened.run('echo "$A"');
      expect(opened.lines.at(-1)).toBe('1');
    });

    test('a command ended by a signal says so', async () => {
      // A container engine tells no signals: as on CodeBuild, 128 and the signal's number.
      const killed = name === 'host' ? { kind: 'signal', signal: 'SIGKILL' } : { kind: 'exit', code: 137 };
      expect(await (await open(shell)).run('kill -KILL $$')).toEqual(killed);
    });

    test('what runs in the background does not hold its command up', async () => {
      const opened = await open(shell);
      await opened.run('sleep 60 & echo started');
      expect(opened.lines).toEqual(['started']);
    });

    test('what was kept can be put back', async () => {
      const opened = await open(shell);
      await opened.run('A=1');
      const putBack = opened.keep();
      await opened.run('A=2; cd /');
      putBack();
      await opened.run('echo "$A"; test "$PWD" = / || echo there');
      expect(opened.lines).toEqual(['1', 'there']);
    });

    test('a shell can be entered, with the environment and in the folder that the last command left', async () => {
      const opened = await open(shell, { GIVEN: "it's" });
      await opened.run('mkdir -p below && cd below; MORE=set');
      const argv = opened.room.enter(opened.directory(), 'env.sh').filter((word) => word !== '--tty');
      const [program = '', ...words] = argv;
      const input = 'echo "$GIVEN $MORE $(basename "$PWD")"\nexit\n';
      const entered = spawnSync(program, words, { input, encoding: 'utf8' });
      expect(entered.stdout).toContain("it's set below");
      expect(readFileSync(join(opened.scripts, 'env.sh'), 'utf8')).toContain('MORE');
    });

    test('variables are read as the last command left them; one that is not set is absent', async () => {
      const opened = await open(shell);
      await opened.run('A="x=y\nz"; B=; C=$(printf "\\303\\244")');
      expect(await opened.read(['A', 'B', 'C', 'D'])).toEqual({ A: 'x=y\nz', B: '', C: 'ä' });
    });

    test('a variable that the runner sets wins over what was saved', async () => {
      const opened = await open(shell, { CODEBUILD_BUILD_SUCCEEDING: '1' });
      await opened.run(':');
      opened.set('CODEBUILD_BUILD_SUCCEEDING', '0');
      await opened.run('sh -c \'echo "$CODEBUILD_BUILD_SUCCEEDING"\'');
      expect(opened.lines).toEqual(['0']);
    });
  });

  test('bash is bash', async () => {
    expect(await output('bash', ['[[ a == a ]] && echo "${BASH_VERSION:+bash}"'])).toEqual(['bash']);
  });

  test('an array cannot be exported, so it ends with its command', async () => {
    expect(await output('bash', ['A=(1 2); echo "${A[1]}"', 'echo "${A[1]-gone}"'])).toEqual(['2', 'gone']);
  });
});
