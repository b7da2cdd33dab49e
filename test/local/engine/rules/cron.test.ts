import { describe, expect, test } from '@jest/globals';
import { isWithin, parseCron } from '../../../../lib/local/engine/rules/cron';
import { parseTimeZone, timeIn } from '../../../../lib/local/engine/rules/time-zone';

/** Whether `2026-11-21T16:30` (a Saturday) is in the window. */
const within = (cron: string, time: string): boolean => {
  const parsed = parseCron(cron);
  if (!parsed.ok) throw new Error(parsed.errors.join('; '));
  return isWithin(parsed.value, timeIn({ offset: 0 }, new Date(`${time}Z`)));
};

describe('a Quartz expression', () => {
  test.each([
    // Minutes and hours
    ['* * * * * ?', '2026-11-21T16:30:00', '-'],
    ['0 0/15 * * * ?', '2026-11-21T16:45:59', '2026-11-21T16:46:00'],
    ['* 5/15 * * * ?', '2026-11-21T16:50:00', '2026-11-21T16:45:00'],
    ['* */20 * * * ?', '2026-11-21T16:40:00', '2026-11-21T16:10:00'],
    ['* /20 * * * ?', '2026-11-21T16:40:00', '2026-11-21T16:10:00'],
    ['* 10-20/5 * * * ?', '2026-11-21T16:15:00', '2026-11-21T16:25:00'],
    ['* 0,30 * * * ?', '2026-11-21T16:30:00', '2026-11-21T16:31:00'],
    ['* * 9-17 * * ?', '2026-11-21T17:59:00', '2026-11-21T18:00:00'],
    ['* * 22-2 * * ?', '2026-11-21T01:00:00', '2026-11-21T03:00:00'],
    // Days of the month
    ['* * * 15 * ?', '2026-11-15T00:00:00', '2026-11-16T00:00:00'],
    ['* * * L * ?', '2028-02-29T00:00:00', '2028-02-28T00:00:00'],
    ['* * * L-3 * ?', '2026-02-25T00:00:00', '2026-02-28T00:00:00'],
    ['* * * LW * ?', '2026-02-27T00:00:00', '2026-02-28T00:00:00'],
    ['* * * 15W * ?', '2026-08-14T00:00:00', '2026-08-15T00:00:00'],
    ['* * * 16W * ?', '2026-08-17T00:00:00', '2026-08-16T00:00:00'],
    ['* * * 1W * ?', '2026-08-03T00:00:00', '2026-07-31T00:00:00'],
    ['* * * 31W * ?', '2026-05-29T00:00:00', '2026-05-31T00:00:00'],
    ['* * * 31W * ?', '2026-12-31T00:00:00', '2026-11-30T00:00:00'],
    // Months and years
    ['* * * 1 JAN-MAR ?', '2026-02-01T00:00:00', '2026-04-01T00:00:00'],
    ['* * * 1 nov-feb ?', '2026-01-01T00:00:00', '2026-03-01T00:00:00'],
    ['* * * * 6/3 ?', '2026-09-01T00:00:00', '2026-07-01T00:00:00'],
    ['* * * * * ? 2026-2027', '2027-01-01T00:00:00', '2028-01-01T00:00:00'],
    ['* * * * * ? *', '2199-01-01T00:00:00', '-'],
    // Days of the week: 1 is Sunday
    ['* * * ? * 1', '2026-11-22T00:00:00', '2026-11-23T00:00:00'],
    ['* * * ? * MON-FRI', '2026-11-20T00:00:00', '2026-11-21T00:00:00'],
    ['* * * ? * FRI-MON', '2026-11-23T00:00:00', '2026-11-24T00:00:00'],
    ['* * * ? * L', '2026-11-21T00:00:00', '2026-11-20T00:00:00'],
    ['* * * ? * 6L', '2026-11-27T00:00:00', '2026-11-20T00:00:00'],
    ['* * * ? * FRIL', '2026-11-27T00:00:00', '2026-11-20T00:00:00'],
    ['* * * ? * 6#3', '2026-11-20T00:00:00', '2026-11-13T00:00:00'],
    ['* * * ? * MON#5', '2026-11-30T00:00:00', '2026-11-23T00:00:00'],
    ['* * * ? * TUE,THU', '2026-11-19T00:00:00', '2026-11-20T00:00:00'],
  ])('%s has %s, and not %s', (cron, inside, outside) => {
    expect(within(cron, inside)).toBe(true);
    if (!outside.endsWith('-')) expect(within(cron, outside)).toBe(false);
  });

  test.each([
    ['', /6 or 7 fields .*found 0/],
    ['* * * * *', /found 5/],
    ['* * * ? * MON 2026 x', /found 8/],
    ['5 * * ? * MON', /seconds: expected \*, found 5/],
    ['* 60 * ? * MON', /minutes: expected 0 to 59, found "60"/],
    ['* 5- * ? * MON', /minutes/],
    ['* 0/0 * ? * MON', /minutes/],
    ['* 0/61 * ? * MON', /minutes/],
    ['* 5, * ? * MON', /minutes/],
    ['* * 24 ? * MON', /hours: expected 0 to 23/],
    ['* * * 0 * ?', /day of month: expected 1 to 31/],
    ['* * * 32W * ?', /day of month/],
    ['* * * L-31 * ?', /at most 30 days/],
    ['* * * 1,L * ?', /day of month/],
    ['* * * ? 13 MON', /month: expected 1 to 12 or JAN to DEC/],
    ['* * * ? * 8', /day of week: expected 1 to 7 or SUN to SAT/],
    ['* * * ? * MON#6', /#1 to #5/],
    ['* * * ? * MONTAG', /day of week/],
    ['* * * * * *', /exactly one of day of month and day of week must be \?/],
    ['* * * ? * ?', /exactly one/],
    ['* * * ? * MON 1969', /year: expected 1970 to 2199/],
    ['* * * ? * MON 2030-2026', /backwards/],
  ])('"%s" is an error', (cron, message) => {
    const parsed = parseCron(cron);
    expect(parsed.ok ? [] : parsed.errors).toEqual([expect.stringMatching(message)]);
  });

  test('with several faults tells them all', () => {
    const parsed = parseCron('7 61 25 ? 0 9');
    expect(parsed.ok ? [] : parsed.errors).toHaveLength(5);
  });
});

describe('a time zone', () => {
  const at = (zone: string, instant: string): string => {
    const parsed = parseTimeZone(zone);
    if (!parsed.ok) throw new Error(parsed.errors.join('; '));
    const { year, month, day, hour, minute } = timeIn(parsed.value, new Date(instant));
    return `${year}-${month}-${day} ${hour}:${minute}`;
  };

  test.each([
    ['UTC', '2026-11-21T16:30:00Z', '2026-11-21 16:30'],
    ['UTC+05:30', '2026-11-21T20:30:00Z', '2026-11-22 2:0'],
    ['UTC-08:00', '2026-01-01T00:00:00Z', '2025-12-31 16:0'],
    ['UTC+02:00', '2026-01-01T00:00:00Z', '2026-1-1 2:0'],
    ['CET', '2026-07-01T12:00:00Z', '2026-7-1 14:0'],
    ['EST', '2026-07-01T12:00:00Z', '2026-7-1 7:0'],
    ['PST', '2026-07-01T12:00:00Z', '2026-7-1 5:0'],
    ['Asia/Kolkata', '2026-11-21T00:00:00Z', '2026-11-21 5:30'],
    ['America/New_York', '2026-01-01T05:00:00Z', '2026-1-1 0:0'],
    // Summer time in Berlin: from 02:00 to 03:00 on 29 March, back from 03:00 to 02:00 on 25 October 2026.
    ['Europe/Berlin', '2026-03-29T00:59:00Z', '2026-3-29 1:59'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-3-29 3:0'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25 2:30'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25 2:30'],
    ['Europe/Berlin', '2026-10-25T02:00:00Z', '2026-10-25 3:0'],
  ])('%s shows at %s: %s', (zone, instant, shown) => {
    expect(at(zone, instant)).toBe(shown);
  });

  test.each(['', 'Berlin', 'Europe/Atlantis', 'UTC+19:00', 'UTC+01:60', 'utc+01:00', 'UTC+1', 'constructor'])(
    '"%s" is an error',
    (zone) => {
      const parsed = parseTimeZone(zone);
      expect(parsed.ok ? [] : parsed.errors).toEqual([expect.stringMatching(/is no time zone: expected Region\/City/)]);
    },
  );
});
