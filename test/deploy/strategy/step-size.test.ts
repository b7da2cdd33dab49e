import { stepSize } from '../../../lib/deploy/strategy/step-size';

it.each([
  [1, 10, 1],
  [3, 10, 3],
  [30, 10, 10],
  [1, 0, 1],
  ['25%', 10, 3],
  ['25%', 4, 1],
  ['1%', 3, 1],
  ['50%', 1, 1],
  ['100%', 7, 7],
  ['100%', 0, 1],
])('a step of %s of %d pods has %d', (pods, wanted, expected) => {
  expect(stepSize(pods, wanted)).toBe(expected);
});
