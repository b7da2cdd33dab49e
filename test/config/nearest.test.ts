import { distance, nearest } from '../../lib/config/nearest';

describe('distance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['coverage', 'coverage', 0],
    ['coverge', 'coverage', 1],
    ['covverage', 'coverage', 1],
    ['cowerage', 'coverage', 1],
    ['coveraeg', 'coverage', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
  ])('from %s to %s is %d', (one, other, edits) => {
    expect(distance(one, other)).toBe(edits);
    expect(distance(other, one)).toBe(edits);
  });
});

describe('nearest', () => {
  it('takes the closest candidate, the first of equals', () => {
    expect(nearest('pat', ['path', 'part', 'name'])).toBe('path');
    expect(nearest('stagging', ['staging', 'stage'])).toBe('staging');
  });
  it('ignores case', () => expect(nearest('PYLINT', ['pylint'])).toBe('pylint'));
  it('finds nothing in what is no typo', () => {
    expect(nearest('quux', ['development', 'production'])).toBeUndefined();
    expect(nearest('x', ['name', 'path'])).toBeUndefined();
    expect(nearest('name', [])).toBeUndefined();
  });
});
