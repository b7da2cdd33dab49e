import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../result';
import type { EnvironmentRecord, Release, ReleaseStore } from '../release';
import type { Blobs } from './blobs';
import { readRelease, readStoredRecord, type StoredRecord, writeRelease, writeStoredRecord } from './format';

interface Known extends StoredRecord {
  /** Undefined: there is no record yet. */
  readonly etag: string | undefined;
}

/**
 * A release store on objects by key. The record holds the hash of each release that it names, and a release that does not match is
 * refused. A record is written over the one that this store read, or wrote, last; if another deployer wrote it since, the write
 * is refused and nothing is lost.
 */
export class BlobStore implements ReleaseStore {
  /** Folder of an environment -> its record as this store saw it last. */
  private readonly known = new Map<string, Known>();
  /** Key -> hash of the releases that this store wrote. */
  private readonly written = new Map<string, string>();

  constructor(private readonly blobs: Blobs) {}

  get location(): string {
    return this.blobs.location;
  }

  async record(service: string, environment: string): Promise<Result<EnvironmentRecord, string>> {
    const found = await this.load(folderOf(service, environment));
    return found.ok ? ok(found.value.record) : found;
  }

  async writeRecord(service: string, environment: string, record: EnvironmentRecord): Promise<Result<void, string>> {
    const folder = folderOf(service, environment);
    const key = recordKey(folder);
    const before = this.known.get(folder);
    const sha256: Record<string, string> = {};
    for (const id of new Set([record.attempted?.release, record.verified, record.good, record.previous])) {
      if (id === undefined) continue;
      const hash = before?.sha256[id] ?? this.written.get(releaseKey(folder, id)) ?? (await this.hashOf(folder, id));
      if (typeof hash !== 'string') return hash;
      sha256[id] = hash;
    }
    const written = await this.blobs.write(key, writeStoredRecord({ record, sha256 }), before?.etag);
    if (written.ok) {
      this.known.set(folder, { record, sha256, etag: written.value });
      return ok(undefined);
    }
    return err(
      ...written.errors.map((failure) =>
        failure.kind === 'failed'
          ? failure.message
          : `${this.blobs.nameOf(key)} was written by another deploy since this one read it; nothing was overwritten: run this deploy again`,
      ),
    );
  }

  async read(service: string, environment: string, id: string): Promise<Result<Release | undefined, string>> {
    const folder = folderOf(service, environment);
    const key = releaseKey(folder, id);
    const record = this.known.has(folder) ? ok(this.known.get(folder) as Known) : await this.load(folder);
    if (!record.ok) return record;
    const blob = await this.blobs.read(key);
    if (!blob.ok) return blob;
    if (!blob.value) return ok(undefined);
    const expected = record.value.sha256[id];
    const actual = sha256Of(blob.value.bytes);
    if (expected !== undefined && expected !== actual)
      return err(
        this.damaged(key, `its SHA-256 is ${actual}, and ${this.blobs.nameOf(recordKey(folder))} says ${expected}`),
      );
    const release = readRelease(blob.value.bytes);
    if (!release.ok) return err(...release.errors.map((problem) => this.damaged(key, problem)));
    const { service: itsService, environment: itsEnvironment, id: itsId } = release.value;
    if (itsService !== service || itsEnvironment !== environment || itsId !== id)
      return err(this.damaged(key, `it is release ${itsId} of ${itsService} in ${itsEnvironment}`));
    return release;
  }

  async write(release: Release): Promise<Result<void, string>> {
    const key = releaseKey(folderOf(release.service, release.environment), release.id);
    const bytes = writeRelease(release);
    const written = await this.blobs.write(key, bytes, undefined);
    if (written.ok) {
      this.written.set(key, sha256Of(bytes));
      return ok(undefined);
    }
    if (written.errors.some(({ kind }) => kind === 'conflict')) {
      const present = await this.blobs.read(key);
      if (!present.ok) return present;
      if (present.value?.bytes.equals(bytes)) {
        this.written.set(key, sha256Of(bytes));
        return ok(undefined);
      }
    }
    return err(
      ...written.errors.map((failure) =>
        failure.kind === 'failed'
          ? failure.message
          : `${this.blobs.nameOf(key)} is there already and is another release; releases are never overwritten`,
      ),
    );
  }

  async keepReport(
    service: string,
    environment: string,
    id: string,
    files: ReadonlyMap<string, Buffer>,
  ): Promise<Result<void, string>> {
    const folder = `${folderOf(service, environment)}/reports/${segment(id)}`;
    for (const [name, bytes] of files) {
      const key = [folder, ...name.split('/').map(segment)].join('/');
      const written = await this.blobs.write(key, bytes, undefined);
      // A store that is away is not asked for each file anew.
      const failures = written.ok ? [] : written.errors.flatMap((each) => (each.kind === 'failed' ? each.message : []));
      if (failures.length > 0) return err(...failures);
    }
    return ok(undefined);
  }

  private async load(folder: string): Promise<Result<Known, string>> {
    const key = recordKey(folder);
    const blob = await this.blobs.read(key);
    if (!blob.ok) return blob;
    const stored = blob.value ? readStoredRecord(blob.value.bytes) : ok({ record: {}, sha256: {} });
    if (!stored.ok) return err(...stored.errors.map((problem) => this.damaged(key, problem)));
    const known = { ...stored.value, etag: blob.value?.etag };
    this.known.set(folder, known);
    return ok(known);
  }

  /** Of a release that another deployer wrote; an error if it is not there. */
  private async hashOf(folder: string, id: string): Promise<string | Result<never, string>> {
    const key = releaseKey(folder, id);
    const blob = await this.blobs.read(key);
    if (!blob.ok) return blob;
    return blob.value
      ? sha256Of(blob.value.bytes)
      : err(`${this.blobs.nameOf(key)} is not there, so the record cannot name it; write the release first`);
  }

  private damaged(key: string, problem: string): string {
    return `${this.blobs.nameOf(key)} is damaged: ${problem}. It was left as it is; ${this.blobs.remedyFor(key)}`;
  }
}

const folderOf = (service: string, environment: string): string => `${segment(service)}/${segment(environment)}`;
const recordKey = (folder: string): string => `${folder}/record.json`;
const releaseKey = (folder: string, id: string): string => `${folder}/releases/${segment(id)}.json`;

/** One part of a path, whatever the name holds; never `..`. */
const segment = (name: string): string => encodeURIComponent(name).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
