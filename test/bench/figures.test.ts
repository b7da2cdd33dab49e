import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineFigures } from '../../bench/engine';
import { gitlabFigures, jobFigures } from '../../bench/jobs';
import { logFigure } from '../../bench/log';
import type { Figure } from '../../bench/measure';
import { memoryFigures } from '../../bench/memory';
import { lineOf } from '../../bench/print';
import { resumeFigures } from '../../bench/resume';
import { temporaryFolder } from '../local/codebuild/host';

const root = temporaryFolder();

const isTaken = ({ ours, yardstick }: Figure): boolean => Number.isFinite(ours) && Number.isFinite(yardstick);

test('the engine against bare processes: every shape in every size', async () => {
  const figures = await engineFigures({ counts: [1, 3], rounds: () => 1 });
  expect(figures.map(({ name }) => name)).toEqual(
    [1, 3].flatMap((count) => ['sequential', 'parallel', 'in a chain'].map((shape) => `engine, ${count} ${shape}`)),
  );
  expect(figures.filter((figure) => !isTaken(figure))).toEqual([]);
});

test('memory of a run', async () => {
  const figures = await memoryFigures(20);
  expect(figures.map(({ amount, unit }) => [Number.isFinite(amount), unit])).toEqual([
    [true, 'MB'],
    [true, 'MB'],
  ]);
});

test('resume runs the action that was interrupted, and none of those before', async () => {
  const figures = await resumeFigures(1_000, 1);
  expect(figures.map(isTaken)).toEqual([true, true]);
});

test('a log of many lines', async () => {
  const figure = await logFigure(2_000);
  expect([figure.name, isTaken(figure)]).toEqual(['a log of 2,000 lines', true]);
});

test('jobs against another runner', async () => {
  const runner = join(root, 'runner');
  writeFileSync(runner, '#!/bin/sh\ntest -f .gitlab-ci.yml\n', { mode: 0o755 });
  const figures = await jobFigures(runner, { jobs: 2, rounds: 1 });
  expect(figures.map(({ name }) => name)).toEqual([
    'a job more of 2 parallel, builds',
    'a chain of 2 jobs, builds',
    'a job more of 2 parallel, processes',
    'a chain of 2 jobs, processes',
  ]);
  expect(figures.filter((figure) => !isTaken(figure))).toEqual([]);
});

test('a runner that is not installed is told, not left out', async () => {
  const [line] = await gitlabFigures(root);
  expect(line && lineOf(line)).toMatch(/^jobs against gitlab-ci-local +NOT RUN \(gitlab-ci-local is not installed/);
});

test('a line tells whether the aim is met', () => {
  const figure = { name: 'x', ours: 30, yardstick: 10, against: 'y' };
  const amount = { name: 'x', amount: 3, unit: 'MB', against: 'y' };
  const verdicts = [
    { ...figure, aim: 3 },
    { ...figure, aim: 2.9 },
    { ...amount, most: 3 },
    { ...amount, most: 2 },
  ].map((line) => / met | MISSED /.exec(lineOf(line))?.[0].trim());
  expect(verdicts).toEqual(['met', 'MISSED', 'met', 'MISSED']);
});
