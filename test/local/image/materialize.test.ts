import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProcessImage } from '../../../lib/local/image/build';
import { type Manifest, parseManifest } from '../../../lib/local/image/manifest';
import { type MaterializeOptions, materialize } from '../../../lib/local/image/materialize';
import { ImageStore } from '../../../lib/local/image/store';
import { acquireLock } from '../../../lib/local/lock';
import { files, folder, SERVICE } from './fixture';

const never = new AbortController().signal;

async function image(prepare?: string) {
  const store = new ImageStore(folder());
  const context = files(folder(), SERVICE);
  const built = await buildProcessImage(store, { context, dockerfile: join(context, 'Dockerfile'), prepare });
  if (!built.ok) throw new Error(built.errors.join());
  const { digest, manifest } = built.value;
  const start = (options: Partial<MaterializeOptions> = {}, signal = never) =>
    materialize(store, digest, parseManifest(manifest) as Manifest, { environment: process.env, ...options }, signal);
  return { store, digest, start, place: join(store.folder, 'roots', digest.slice('sha256:'.length)) };
}

describe('the root of a process image', () => {
  it('holds the copied files, completed by prepare, which runs in the context', async () => {
    const { start, place } = await image('cp notes.md "$IMAGE_ROOT/app/prepared.md"');
    const root = await start();
    expect(root).toEqual({ ok: true, value: join(place, 'root') });
    expect(readdirSync(join(place, 'root/app')).sort()).toEqual(['config.txt', 'prepared.md', 'run.sh', 'src']);
    expect(existsSync(join(place, 'context'))).toBe(false);
  });

  it('is prepared once, also by several at once', async () => {
    const log = join(folder(), 'log');
    const { start } = await image(`echo once >> '${log}'`);
    const roots = await Promise.all([start(), start(), start()]);
    await start();
    expect(roots.every((root) => root.ok)).toBe(true);
    expect(readFileSync(log, 'utf8')).toBe('once\n');
  });

  it('stops prepare at the first command that fails, tells its words, and leaves nothing', async () => {
    const { start, store } = await image('echo about to fail\nfalse\necho never');
    const failed = await start();
    expect(failed.ok ? '' : failed.errors.join()).toBe(
      'local.prepare failed (exit 1): echo about to fail\nfalse\necho never\nabout to fail',
    );
    expect(readdirSync(join(store.folder, 'roots'))).toEqual([]);
  });

  it('shows prepare the way to tools and indexes, and nothing else of the build', async () => {
    const { start } = await image('env');
    const lines: string[] = [];
    const environment = {
      PATH: process.env['PATH'],
      UV_CACHE_DIR: '/cache',
      https_proxy: 'p',
      AWS_SECRET_ACCESS_KEY: 'canary',
      VERSION: 'canary',
      HOME: '/canary',
    };
    await start({ environment, onOutput: (line) => lines.push(line) });
    expect(lines).toEqual(expect.arrayContaining(['UV_CACHE_DIR=/cache', 'https_proxy=p']));
    expect(lines.join('\n')).not.toContain('canary');
  });

  it('ends prepare when it is stopped', async () => {
    const { start, store } = await image('echo started; exec sleep 600');
    const abort = new AbortController();
    const stopped = await start({ onOutput: () => abort.abort() }, abort.signal);
    expect(stopped.ok ? '' : stopped.errors.join()).toContain('local.prepare failed (stopped)');
    expect(readdirSync(join(store.folder, 'roots'))).toEqual([]);
  });

  it('starts again where another process was killed half way', async () => {
    const { start, place } = await image('true');
    files(place, { 'root/half': 'x' });
    writeFileSync(`${place}.lock`, JSON.stringify({ pid: 2 ** 22 - 1, start: '1', purpose: 'killed' }));
    expect(await start()).toMatchObject({ ok: true });
    expect(existsSync(join(place, 'root/half'))).toBe(false);
  });

  it('waits for another process no longer than it is told, and names it', async () => {
    const { start, place } = await image('true');
    files(place, {});
    const lock = acquireLock(`${place}.lock`, 'test');
    const waited = await start({ lockTimeout: 0 });
    expect(waited.ok ? '' : waited.errors.join()).toContain(`process ${process.pid} has been preparing sha256:`);
    if (lock.held) lock.release();
    expect(await start()).toMatchObject({ ok: true });
  });
});
