import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openForAppending } from '../../../lib/local/engine/records';
import type { Event } from '../../../lib/local/event';
import { readHistory } from '../../../lib/local/history';
import { openJournal, parseJournal, readJournal } from '../../../lib/local/journal';
import { openRun } from '../../../lib/local/run-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base = { time: '2026-01-01T00:00:00.000Z', execution: 'e1' };
const at = { ...base, stage: 'Dev', action: 'Dev/Deploy' };
const started: Event = {
  ...base,
  kind: 'pipeline-started',
  pipeline: 'p',
  structure: 's',
  type: 'STANDARD',
  trigger: 't',
  variables: {},
  stages: [],
};
const output = (text: string): Event => ({ ...at, kind: 'output', stream: 'stdout', text });
const ended: Event = { ...base, kind: 'pipeline-ended', status: 'Succeeded' };

describe('a journal file', () => {
  test('holds one record a line, in the order of appending, whatever is in a line', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = openJournal(path);
    const events = [started, output('a\nb\u2028"\u0000'), output('héllo 🚢'), ended, output('after')];
    for (const event of events) journal.append(event);
    await journal.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(events.length + 1);
    expect(readJournal(path)).toEqual({ ok: true, value: events });
  });

  test('takes output no faster than the file does: all but 64 KB of it is written when append returns', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = openJournal(path);
    const text = 'a line of output\n'.repeat(500);
    for (let count = 1; count <= 200; count++) {
      journal.append(output(text));
      expect(count * text.length - statSync(path).size).toBeLessThan(64 * 1024);
    }
    await journal.close();
  });

  test('of an earlier version has a line in each event of output', () => {
    const { text, ...rest } = output('a line') as Extract<Event, { kind: 'output' }>;
    const old = JSON.stringify({ ...rest, line: text });
    expect(parseJournal(`${old}\n`, 'j')).toEqual({ ok: true, value: [output('a line')] });
    expect(parseJournal(`${JSON.stringify(rest)}\n`, 'j')).toMatchObject({ ok: false });
  });

  test('has a state event, and the output before it, as soon as it is appended', () => {
    const path = join(folder, 'journal.jsonl');
    const journal = openJournal(path);
    journal.append(output('before'));
    journal.append(ended);
    expect(readJournal(path)).toEqual({ ok: true, value: [output('before'), ended] });
    return journal.close();
  });

  test('writes lines of output in batches, loses none, and keeps none back for long', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = openJournal(path);
    const sizes = new Set<number>();
    for (let n = 0; n < 20_000; n++) {
      journal.append(output(`line ${n}`));
      sizes.add(statSync(path).size);
    }
    const steps = [...sizes].map((size, index, all) => size - (all[index - 1] ?? 0));
    expect(steps.slice(1).every((step) => step >= 64 * 1024)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const read = readJournal(path);
    expect(read.ok && read.value.map((event) => event.kind === 'output' && event.text)).toEqual(
      Array.from({ length: 20_000 }, (_, n) => `line ${n}`),
    );
    await journal.close();
  });

  test('is never written over: opened again, it goes on where it ended', async () => {
    const path = join(folder, 'journal.jsonl');
    for (const event of [started, ended]) {
      const journal = openJournal(path);
      journal.append(event);
      await journal.close();
    }
    expect(readJournal(path)).toEqual({ ok: true, value: [started, ended] });
  });

  test('whose last record was cut at any byte goes on after the last whole one', () => {
    const path = join(folder, 'journal.jsonl');
    const first = Buffer.from(`${JSON.stringify(started)}\n`);
    const second = Buffer.from(JSON.stringify(output('ö 🚢')));
    for (let end = 0; end <= second.length; end++) {
      writeFileSync(path, Buffer.concat([first, second.subarray(0, end)]));
      const file = openForAppending(path);
      writeSync(file, `${JSON.stringify(ended)}\n`);
      closeSync(file);
      const whole = end === second.length ? [output('ö 🚢')] : [];
      expect(readJournal(path)).toEqual({ ok: true, value: [started, ...whole, ended] });
    }
  });

  test('is mended however long the record is that was cut', async () => {
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, `${JSON.stringify(started)}\n${JSON.stringify(output('x'.repeat(100_000))).slice(0, -9)}`);
    const journal = openJournal(path);
    journal.append(ended);
    await journal.close();
    expect(readJournal(path)).toEqual({ ok: true, value: [started, ended] });
  });

  test('tells subscribers at once and in order, until they leave', () => {
    const journal = openJournal(join(folder, 'journal.jsonl'));
    const seen: string[] = [];
    const leave = journal.subscribe(({ kind }) => seen.push(kind));
    journal.append(started);
    expect(seen).toEqual(['pipeline-started']);
    leave();
    journal.append(ended);
    expect(seen).toEqual(['pipeline-started']);
    return journal.close();
  });

  const onFullDisk = existsSync('/dev/full') ? test : test.skip;
  onFullDisk('that cannot be written keeps the first reason, and still tells its subscribers', async () => {
    const journal = openJournal('/dev/full', openSync('/dev/full', 'w'));
    const seen: string[] = [];
    journal.subscribe(({ kind }) => seen.push(kind));
    journal.append(started);
    journal.append(ended);
    expect(journal.error?.message).toMatch(/cannot write the run's journal \/dev\/full: .*ENOSPC/);
    expect(seen).toEqual(['pipeline-started', 'pipeline-ended']);
    await journal.close();
  });
});

describe('reading', () => {
  const whole = [started, output('ö 🚢'), ended].map((event) => JSON.stringify(event));
  const bytes = Buffer.from(`${whole.join('\n')}\n`);
  const lastStart = bytes.length - Buffer.byteLength(whole[2] ?? '') - 1;

  test('drops a last record that is cut at any byte, and only that', () => {
    for (let end = lastStart; end < bytes.length - 1; end++)
      expect(parseJournal(bytes.subarray(0, end).toString('utf8'), 'j')).toEqual({
        ok: true,
        value: [started, output('ö 🚢')],
      });
    expect(parseJournal(bytes.subarray(0, -1).toString('utf8'), 'j')).toMatchObject({ value: { length: 3 } });
  });

  test('cut anywhere at all gives the events that are whole', () => {
    for (let end = 0; end <= bytes.length; end++) {
      const read = parseJournal(bytes.subarray(0, end).toString('utf8'), 'j');
      expect(read.ok && read.value.length).toBe(
        whole.filter((_, index) => end >= Buffer.byteLength(whole.slice(0, index + 1).join('\n'))).length,
      );
    }
  });

  test.each(['nonsense', '{}', 'null', '[]', '{"kind":"new-kind","time":"t","execution":"e"}', ''])(
    'a line %j in the middle is an error with its number',
    (line) => {
      expect(parseJournal(`${whole[0]}\n${line}\n${whole[2]}\n`, 'j.jsonl')).toEqual({
        ok: false,
        errors: [expect.stringContaining('j.jsonl:2: expected an event')],
      });
    },
  );

  test('a journal that is not there is an error', () => {
    expect(readJournal(join(folder, 'none'))).toMatchObject({ ok: false });
  });
});

describe('history', () => {
  const executions = async (unreadable: string[] = []): Promise<string[]> => {
    const found: string[] = [];
    for await (const { execution } of readHistory(folder, (reason) => unreadable.push(reason)).runs())
      found.push(execution);
    return found;
  };

  test('has the newest execution first, by when it started', async () => {
    for (const [execution, time] of [
      ['c', '2026-01-01'],
      ['a', '2026-01-03'],
      ['b', '2026-01-02'],
    ] as const) {
      const { journal } = openRun(folder, execution);
      journal.append({ ...started, execution, time: `${time}T00:00:00.000Z` });
      await journal.close();
    }
    expect(await executions()).toEqual(['a', 'b', 'c']);
  });

  test('tells of a journal that cannot be read and goes on; other files and empty runs are none', async () => {
    const { journal } = openRun(folder, 'good');
    journal.append(started);
    await journal.close();
    await openRun(folder, 'empty').journal.close();
    mkdirSync(join(folder, 'bad'));
    writeFileSync(join(folder, 'bad/journal.jsonl'), 'nonsense\n');
    writeFileSync(join(folder, 'latest'), '');
    const unreadable: string[] = [];
    expect(await executions(unreadable)).toEqual(['good']);
    expect(unreadable).toEqual([expect.stringContaining('bad/journal.jsonl:1')]);
  });

  test('of a folder that is not there is empty', async () => {
    rmSync(folder, { recursive: true });
    expect(await executions()).toEqual([]);
  });
});
