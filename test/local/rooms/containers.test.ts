import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endStrayBuilds } from '../../../lib/local/executors/stray-builds';
import { linesOf } from '../../../lib/local/output-text';
import { containerName } from '../../../lib/local/rooms/container-flags';
import { findProgram } from '../../../lib/local/tools/kubectl';
import { type BuildRequest, testHost } from '../codebuild/host';
import { inEveryRoom, kindOf, TEST_IMAGE } from './rooms';

jest.setTimeout(60_000);

const buildspec = (...commands: string[]): string =>
  [
    'version: 0.2',
    'phases:',
    '  build:',
    '    commands:',
    ...commands.map((each) => `      - ${JSON.stringify(each)}`),
  ].join('\n');

inEveryRoom((name) => {
  if (name === 'host') return void test('is no container', () => {});
  const host = testHost();
  const state = join(host.root, '.slipway');
  const run = async (request: BuildRequest) => host.run({ rooms: await kindOf(name, state), ...request });
  const engine = (...words: string[]) =>
    spawnSync(findProgram(name, process.env['PATH'] ?? '') ?? '', words, { encoding: 'utf8' });

  test("a build sees CodeBuild's paths, is root, and not this machine's files", async () => {
    const { lines, outcome } = await run({
      buildspec: buildspec(
        'pwd; id -u; echo "$HOME $TMPDIR"; tty || true',
        `test ! -e ${host.root} && echo apart`,
        'command -v codebuild-breakpoint',
      ),
    });
    expect(outcome.status).toBe('Succeeded');
    expect(lines).toEqual([
      expect.stringMatching(/^\/codebuild\/output\/src\d+\/src$/),
      '0',
      expect.stringMatching(/^\/root \/\S+$/),
      'not a tty',
      'apart',
      expect.stringMatching(/codebuild-breakpoint$/),
    ]);
  });

  test('this machine is reached at its loopback address', async () => {
    const server = (await import('node:http')).createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const get = `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; tail -1 <&3; echo`;
    const { lines } = await run({ buildspec: buildspec(`bash -c ${JSON.stringify(get)}`) });
    server.close();
    expect(lines).toEqual(['hello']);
  });

  test('it is privileged only where the project says so, and has its name and labels', async () => {
    const seen: string[] = [];
    const look = (event: { kind: string; text?: string }) => {
      if (event.kind !== 'output' || !linesOf(event.text ?? '').includes('go')) return;
      const format = '{{.HostConfig.Privileged}} {{.Name}} {{index .Config.Labels "slipway.build"}} {{.Config.Tty}}';
      const [found = ''] = engine('ps', '--quiet', '--filter', 'label=slipway.build').stdout.trim().split('\n');
      seen.push(
        engine('inspect', '--format', format, found)
          .stdout.trim()
          .replace(/^(\w+) \//, '$1 '),
      );
    };
    for (const privileged of [false, true])
      await run({ privileged, onEvent: look, buildspec: buildspec('echo go; sleep 1') });
    const uuid = '[0-9a-f-]{36}';
    const line = (privileged: boolean) => new RegExp(`^${privileged} slipway-[0-9a-f]{8}-${uuid} ${uuid} false$`);
    expect(seen).toEqual([expect.stringMatching(line(false)), expect.stringMatching(line(true))]);
  });

  test('an image that cannot be had fails PROVISIONING with the words of the engine and what to do', async () => {
    const image = 'localhost:1/none/such:1';
    const { outcome, events } = await run({ image, buildspec: buildspec('echo never') });
    const reason = outcome.status === 'Failed' ? outcome.reason : '';
    expect(reason).toMatch(/^PROVISIONING: /);
    expect(reason).toContain(`${name} cannot get the image ${image}: `);
    expect(reason).toContain(`--executor-image '${image}=IMAGE'`);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'phase-ended', phase: 'PROVISIONING', status: 'FAILED' }),
    );
  });

  test('a container whose first process cannot run fails PROVISIONING', async () => {
    const { outcome } = await run({
      rooms: await kindOf(name, state, { flags: ['--no-such-flag'] }),
      buildspec: buildspec('echo never'),
    });
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(/^PROVISIONING: .*no-such-flag/s),
    });
  });

  test('a container that dies under its command fails it', async () => {
    const { outcome, lines } = await run({
      onEvent: (event) => {
        if (event.kind !== 'output' || !linesOf(event.text ?? '').includes('go')) return;
        const [record = ''] = readdirSync(join(state, 'rooms'));
        engine('kill', record.replace('.json', ''));
      },
      buildspec: buildspec('echo go; sleep 60; echo never', 'echo never'),
    });
    expect([outcome.status, lines]).toEqual(['Failed', ['go']]);
  });

  test('one that a killed run left ends by itself; if it cannot, the next run removes it', async () => {
    // As the runner starts it, without a runner that holds its input.
    const stray = containerName(state, 'stray');
    mkdirSync(join(state, 'rooms'), { recursive: true });
    const program = findProgram(name, process.env['PATH'] ?? '') ?? '';
    writeFileSync(join(state, 'rooms', `${stray}.json`), JSON.stringify({ program, name: stray }));
    const flags = (process.env[`SLIPWAY_${name.toUpperCase()}_FLAGS`] ?? '').split(/\s+/).filter(Boolean);
    const started = engine(
      'run',
      '--detach',
      '--name',
      stray,
      '--network',
      'host',
      ...flags,
      TEST_IMAGE,
      'sleep',
      '600',
    );
    expect(started.stderr).toBe('');
    await endStrayBuilds(state, process.env);
    expect(engine('ps', '--all', '--quiet', '--filter', `name=${stray}`).stdout).toBe('');
    expect(existsSync(join(state, 'rooms', `${stray}.json`))).toBe(false);
  });

  test('the stand-in for docker runs on this machine, with paths mapped, input, output and status', async () => {
    const standIn = join(host.root, 'bin', 'docker');
    mkdirSync(join(host.root, 'bin'), { recursive: true });
    const script =
      '#!/bin/sh\necho "$* in $(basename "$PWD")"; cat "$1"; cat; echo "$GIVEN" > "$2"; echo oh >&2; exit 3\n';
    writeFileSync(standIn, script, { mode: 0o755 });
    const { lines, outcome } = await run({
      extra: { GIVEN: 'from outside' },
      user: { PATH: '/usr/bin:/bin' },
      files: { 'context/file': 'content' },
      buildspec: buildspec(
        'cd context; out="$(mktemp)"; echo word | docker "$PWD/file" "$out"; echo "status $?"; cat "$out"',
        'docker "$PWD/file" /dev/null < /dev/null || true; cd /; docker; echo "status $?"',
      ),
    });
    expect(outcome.status).toBe('Succeeded');
    expect(lines.join('\n')).toMatch(
      /^\S+\/src\/context\/file \S+ in context\ncontentword\noh\nstatus 3\nfrom outside\n\S+\/file \/dev\/null in context\ncontentoh\ndocker: .*outside the container.*\nstatus 125$/,
    );
  });
});
