import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { ReleaseStore } from '../../../lib/deploy/release';
import { openStore, type StoreOptions } from '../../../lib/deploy/releases/open-store';
import { type Surroundings, surroundings } from '../../local/aws/fixture';
import { errorsIn, valueIn } from '../render/fixture';
import { attempted, release } from './fixture';

const NOW = new Date('2026-11-21T13:00:00Z');
const options = (changes: Partial<StoreOptions> = {}): StoreOptions => ({
  signal: new AbortController().signal,
  now: () => NOW,
  ...changes,
});

interface Place {
  /** A store with a view of its own. */
  open(): ReleaseStore;
  /** Where an object's bytes are on this machine. */
  fileOf(key: string): string;
  close(): Promise<void>;
}

function folder(): Place {
  const path = join(mkdtempSync(join(tmpdir(), 'releases-')), 'new');
  return {
    open: () => valueIn(openStore(path, options())),
    fileOf: (key) => join(path, key),
    close: async () => rmSync(dirname(path), { recursive: true }),
  };
}

async function bucket(): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), 'bucket-'));
  const here = await surroundings({ buckets: [{ bucket: 'releases', folder: root }] });
  return {
    open: () => valueIn(openStore('s3://releases/some/where/', options({ client: new S3Client(here.client()) }))),
    fileOf: (key) => join(root, 'some/where', key),
    async close() {
      await here.close();
      rmSync(root, { recursive: true });
    },
  };
}

describe.each<[string, () => Place | Promise<Place>]>([
  ['a folder', folder],
  ['a bucket', bucket],
])('releases in %s', (_, make) => {
  let place: Place;
  beforeEach(async () => {
    place = await make();
  });
  afterEach(() => place.close());
  const ID = release().id;
  const RELEASE = `shop/dev/releases/${ID}.json`;
  const RECORD = 'shop/dev/record.json';

  test('what a deploy left is kept, in folders of its own, and never written over', async () => {
    const files = (text: string) =>
      new Map([
        ['result.json', Buffer.from(text)],
        ['evidence/1/pod.log', Buffer.from(text)],
      ]);
    expect(await place.open().keepReport('shop', 'dev', '1-deploy', files('first'))).toMatchObject({ ok: true });
    expect(await place.open().keepReport('shop', 'dev', '1-deploy', files('second'))).toMatchObject({ ok: true });
    for (const name of ['result.json', 'evidence/1/pod.log'])
      expect(readFileSync(place.fileOf(`shop/dev/reports/1-deploy/${name}`), 'utf8')).toBe('first');
  });

  test('a report that leads out of its folder stays in it', async () => {
    const files = new Map([['../../record.json', Buffer.from('x')]]);
    expect(await place.open().keepReport('shop', 'dev', '..', files)).toMatchObject({ ok: true });
    expect(() => readFileSync(place.fileOf(RECORD))).toThrow('ENOENT');
  });

  it('are not there at first, which is no error', async () => {
    const store = place.open();
    expect(valueIn(await store.record('shop', 'dev'))).toEqual({});
    expect(valueIn(await store.read('shop', 'dev', ID))).toBeUndefined();
  });

  it('come back as they were written, to another deployer too', async () => {
    const store = place.open();
    valueIn(await store.record('shop', 'dev'));
    valueIn(await store.write(release()));
    valueIn(await store.writeRecord('shop', 'dev', { attempted: attempted(ID) }));
    valueIn(await store.writeRecord('shop', 'dev', { attempted: attempted(ID), verified: ID, good: ID, previous: ID }));
    const other = place.open();
    expect(valueIn(await other.record('shop', 'dev'))).toEqual({
      attempted: attempted(ID),
      verified: ID,
      good: ID,
      previous: ID,
    });
    expect(valueIn(await other.read('shop', 'dev', ID))).toEqual(release());
    expect(valueIn(await other.record('shop', 'production'))).toEqual({});
  });

  it('are written once: the same again is no error, another under its id is', async () => {
    const store = place.open();
    valueIn(await store.write(release()));
    valueIn(await store.write(release()));
    expect(errorsIn(await store.write(release(ID, { version: '2' })))).toEqual([
      expect.stringMatching(/releases\/.*\.json is there already and is another release/),
    ]);
    expect(valueIn(await place.open().read('shop', 'dev', ID))).toEqual(release());
  });

  it('are not overwritten by a deployer that did not see what another wrote', async () => {
    const [one, two] = [place.open(), place.open()];
    valueIn(await one.write(release('1')));
    valueIn(await two.write(release('2')));
    for (const store of [one, two]) valueIn(await store.record('shop', 'dev'));
    valueIn(await one.writeRecord('shop', 'dev', { good: '1' }));
    const late = [expect.stringMatching(/record\.json was written by another deploy .*nothing was overwritten/)];
    expect(errorsIn(await two.writeRecord('shop', 'dev', { good: '2' }))).toEqual(late);
    valueIn(await one.writeRecord('shop', 'dev', { good: '1', previous: '1' }));
    expect(errorsIn(await place.open().writeRecord('shop', 'dev', { good: '2' }))).toEqual(late);
    expect(valueIn(await two.record('shop', 'dev'))).toEqual({ good: '1', previous: '1' });
    valueIn(await two.writeRecord('shop', 'dev', { good: '2', previous: '1' }));
    // A record that somebody deleted meanwhile is no empty one.
    rmSync(place.fileOf(RECORD));
    expect(errorsIn(await two.writeRecord('shop', 'dev', { good: '1' }))).toEqual(late);
  });

  it('are written by one of many deployers at once', async () => {
    const stores = Array.from({ length: 8 }, () => place.open());
    for (const store of stores) valueIn(await store.record('shop', 'dev'));
    valueIn(await (stores[0] as ReleaseStore).write(release('1')));
    const written = await Promise.all(stores.map((store) => store.writeRecord('shop', 'dev', { good: '1' })));
    expect(written.filter(({ ok }) => ok)).toHaveLength(1);
    expect(valueIn(await place.open().record('shop', 'dev'))).toEqual({ good: '1' });
  });

  it('must be there before the record names them', async () => {
    const store = place.open();
    valueIn(await store.record('shop', 'dev'));
    expect(errorsIn(await store.writeRecord('shop', 'dev', { good: 'x' }))).toEqual([
      expect.stringMatching(/releases\/x\.json is not there, so the record cannot name it/),
    ]);
  });

  it.each<[string, string, (text: string) => string, RegExp]>([
    [
      'one byte of a release',
      RELEASE,
      (text) => text.replace('1.2.0"', '1.2.1"'),
      /its SHA-256 is \w+, and .*record\.json says \w+/,
    ],
    ['the end of a release', RELEASE, (text) => text.slice(0, -20), /its SHA-256 is/],
    ['the end of the record', RECORD, (text) => text.slice(0, -20), /is no JSON/],
    [
      'a field of the record',
      RECORD,
      (text) => text.replace('"good": "', '"good": ["').replace(/(\["[^"]*")/, '$1]'),
      /good: .*expected string/,
    ],
    ['the record’s hashes', RECORD, (text) => text.replace('sha256"', 'sha"'), /sha256: /],
    [
      'the format',
      RECORD,
      (text) => text.replace('"format": 1', '"format": 2'),
      /newer deployer \(format 2, this one knows 1\)/,
    ],
  ])('are refused when %s was changed, and left as they are', async (_what, key, change, words) => {
    const store = place.open();
    valueIn(await store.record('shop', 'dev'));
    valueIn(await store.write(release()));
    valueIn(await store.writeRecord('shop', 'dev', { good: ID }));
    const file = place.fileOf(key);
    const changed = change(readFileSync(file, 'utf8'));
    expect(changed).not.toBe(readFileSync(file, 'utf8'));
    writeFileSync(file, changed);
    const [error] = errorsIn(await place.open().read('shop', 'dev', ID));
    expect(error).toMatch(words);
    expect(error).toMatch(
      /(record|1\.2\.0)\.json is damaged: .*It was left as it is; put (a good copy|an earlier version)/,
    );
    expect(readFileSync(file, 'utf8')).toBe(changed);
  });

  it('are refused when they stand under another’s id, though no record names them', async () => {
    valueIn(await place.open().write(release()));
    writeFileSync(place.fileOf('shop/dev/releases/x.json'), readFileSync(place.fileOf(RELEASE)));
    expect(errorsIn(await place.open().read('shop', 'dev', 'x'))).toEqual([
      expect.stringContaining(`is damaged: it is release ${ID} of shop in dev`),
    ]);
  });

  it.each<[string, (text: string) => string]>([
    ['no objects', (text) => text.replace(/"objects": \[[\s\S]*\]/, '"objects": []')],
    ['an object without a name', (text) => text.replace('"name": "c"', '"title": "c"')],
    ['no time', (text) => text.replace('2026-11-21T13:00', 'soon')],
  ])('are refused with %s, though no record names them', async (_what, change) => {
    valueIn(await place.open().write(release()));
    const file = place.fileOf(RELEASE);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    expect(errorsIn(await place.open().read('shop', 'dev', ID))).toEqual([expect.stringMatching(/is damaged: .*: /)]);
  });

  it('never leave their place, whatever a name holds', async () => {
    valueIn(await place.open().write(release('../../x/1+2')));
    expect(readdirSync(place.fileOf('shop/dev/releases'))).toContain('%2E%2E%2F..%2Fx%2F1%2B2.json');
    expect(valueIn(await place.open().read('shop', 'dev', '../../x/1+2'))?.id).toBe('../../x/1+2');
  });
});

describe('a folder of releases', () => {
  let place: Place;
  beforeEach(() => {
    place = folder();
  });
  afterEach(() => place.close());

  it('is read by its owner alone and holds no drafts', async () => {
    valueIn(await place.open().write(release('1')));
    expect(statSync(place.fileOf('shop/dev/releases/1.json')).mode & 0o777).toBe(0o600);
    expect(statSync(place.fileOf('shop/dev/releases')).mode & 0o777).toBe(0o700);
    expect(readdirSync(place.fileOf('shop/dev/releases'))).toEqual(['1.json']);
  });

  it('is taken over from a writer that was killed, not from one at work', async () => {
    const draft = place.fileOf('shop/dev/releases/1.json.next');
    mkdirSync(dirname(draft), { recursive: true });
    writeFileSync(draft, 'half');
    utimesSync(draft, NOW, NOW);
    expect(errorsIn(await place.open().write(release('1')))).toHaveLength(1);
    const before = new Date(NOW.getTime() - 11_000);
    utimesSync(draft, before, before);
    valueIn(await place.open().write(release('1')));
    expect(valueIn(await place.open().read('shop', 'dev', '1'))?.id).toBe('1');
  });

  it('tells what is in its way', async () => {
    const file = place.fileOf('shop');
    mkdirSync(dirname(file));
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    expect(errorsIn(await place.open().write(release('1')))).toEqual([
      expect.stringMatching(/1\.json cannot be written: a part of its path is no folder/),
    ]);
  });
});

describe('a bucket of releases', () => {
  const at = async (location: string, answer: { name: string } | Surroundings, key = '1') => {
    const client =
      'endpoint' in answer
        ? new S3Client(answer.client())
        : { send: () => Promise.reject(Object.assign(new Error('no'), answer)) };
    const store = valueIn(openStore(location, options({ client: client as S3Client })));
    return [await store.record('shop', 'dev'), await store.write(release(key))].map((result) => errorsIn(result));
  };

  it('that does not exist is told', async () => {
    const here = await surroundings();
    try {
      const words = (what: string) => [
        expect.stringMatching(
          new RegExp(`^s3://gone/shop/dev/.*json cannot be ${what}: the bucket gone does not exist`),
        ),
      ];
      expect(await at('s3://gone', here)).toEqual([words('read'), words('written')]);
    } finally {
      await here.close();
    }
  });

  it.each([
    [
      'AccessDenied',
      /cannot be read: .*needs s3:GetObject and s3:ListBucket/,
      /cannot be written: .*needs s3:PutObject/,
    ],
    ['ExpiredToken', /credentials have expired/, /credentials have expired/],
    ['TimeoutError', /TimeoutError: no/, /TimeoutError: no/],
  ])('that answers %s is told', async (name, read, written) => {
    expect(await at('s3://here', { name })).toEqual([[expect.stringMatching(read)], [expect.stringMatching(written)]]);
  });

  it('that refuses an object of which its list knows nothing has no such object', async () => {
    const answering = (KeyCount: number) => {
      const send = (command: { input: { Key?: string; Prefix?: string } }) =>
        command.input.Prefix === 'shop/dev/record.json'
          ? Promise.resolve({ KeyCount })
          : Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' }));
      return valueIn(openStore('s3://here', options({ client: { send } as unknown as S3Client })));
    };
    expect(valueIn(await answering(0).record('shop', 'dev'))).toEqual({});
    expect(errorsIn(await answering(1).record('shop', 'dev'))).toHaveLength(1);
  });

  it.each(['', 's3://', 's3://B', 'https://x/y', 's3:///x'])('or folder is not at %j', (location) => {
    expect(errorsIn(openStore(location, options()))).toEqual([
      expect.stringContaining('expected `s3://bucket/prefix` or a folder'),
    ]);
  });
});
