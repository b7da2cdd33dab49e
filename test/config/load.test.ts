import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatConfigError, loadConfig } from '../../lib/config/load';

describe('loadConfig', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway config ü-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (content: string | Buffer): string[] => {
    const path = join(folder, 'slipway.yaml');
    writeFileSync(path, content);
    return errors(path);
  };
  const errors = (path: string): string[] => {
    const result = loadConfig(path, {});
    return result.ok ? [] : result.errors.map((error) => formatConfigError(error).replace(`${folder}/`, ''));
  };

  it("reads this repository's own slipway.yaml", () => {
    expect(errors(join(__dirname, '../../slipway.yaml'))).toEqual([]);
  });

  it('accepts a byte order mark and Windows line ends', () => {
    expect(load('\uFEFFservice:\r\n  name: shop\r\n')).toEqual([]);
  });

  it('says what kind of file it cannot read', () => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    expect(errors(join(folder, 'sub'))).toEqual(['sub: expected a file, got a folder']);
    const missing = 'no such file; write one (docs/configuration.md shows the smallest) or name it with --config';
    expect(errors(join(folder, 'none.yaml'))).toEqual([`none.yaml: ${missing}`]);
    writeFileSync(join(folder, 'file'), '');
    expect(errors(join(folder, 'file/below'))).toEqual([`file/below: ${missing}`]);
    expect(load(Buffer.from([0xff, 0xfe, 0x61]))).toEqual([
      'slipway.yaml: expected UTF-8 text; save the file in that encoding',
    ]);
    expect(load(`# ${'x'.repeat(70_000)}\n`)).toEqual(['slipway.yaml: expected at most 64 KiB, got 70003 bytes']);
  });

  it('says that an empty file needs a service', () => {
    for (const empty of ['', '\n\n', '# only a comment\n', 'null\n']) {
      expect(load(empty)).toEqual(['slipway.yaml:1:1: the file is empty; it needs at least service.name']);
    }
  });

  it('looks for the service beside the file', () => {
    expect(load('service: { name: shop, path: missing }')).toEqual([
      'slipway.yaml:1:30 service.path: expected a folder, got "missing"; there is none beside this file',
    ]);
    mkdirSync(join(folder, 'there'), { recursive: true });
    expect(load('service: { name: shop, path: there }')).toEqual([]);
  });
});
