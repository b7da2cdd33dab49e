import { err, ok, type Result } from '../../../result';
import type { LocalTime } from './time-zone';

/** A Quartz expression, read: which minutes it names. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** undefined: every year. */
  readonly years: ReadonlySet<number> | undefined;
  readonly days: Days;
}

type Days =
  | { readonly kind: 'of-month'; readonly days: ReadonlySet<number> }
  /** `before` days before the month's last one; `weekday`: the nearest one of Monday to Friday. */
  | { readonly kind: 'last-of-month'; readonly before: number; readonly weekday: boolean }
  | { readonly kind: 'nearest-weekday'; readonly day: number }
  /** 1 is Sunday. */
  | { readonly kind: 'of-week'; readonly days: ReadonlySet<number> }
  | { readonly kind: 'last-of-week'; readonly day: number }
  | { readonly kind: 'nth-of-week'; readonly day: number; readonly nth: number };

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MINUTE: Field = { name: 'minutes', least: 0, most: 59 };
const HOUR: Field = { name: 'hours', least: 0, most: 23 };
const DAY: Field = { name: 'day of month', least: 1, most: 31 };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const MONTH: Field = { name: 'month', least: 1, most: 12, names: MONTHS };
const WEEKDAY: Field = {
  name: 'day of week',
  least: 1,
  most: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
const YEAR: Field = { name: 'year', least: 1970, most: 2199 };

/**
 * Reads the fields seconds, minutes, hours, day of month, month, day of week and, if given, year. A window has no seconds: `*`
 * is what AWS documents for them, its samples write `0`, and both mean the whole minute here. Sources: CodePipeline,
 * rule-reference-DeploymentWindow; Quartz, CronExpression. Errors: every field that cannot be read.
 */
export function parseCron(text: string): Result<Cron, string> {
  const fields = text.trim().toUpperCase().split(/\s+/);
  const wrong = (reason: string) => `the cron expression "${text}": ${reason}`;
  if (fields.length < 6 || fields.length > 7)
    return err(
      wrong(
        `expected 6 or 7 fields (seconds, minutes, hours, day of month, month, day of week, year), found ${fields.join('') === '' ? 0 : fields.length}`,
      ),
    );
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = '', year] = fields;
  const minutes = readList(minute, MINUTE);
  const hours = readList(hour, HOUR);
  const months = readList(month, MONTH);
  const years = year === undefined || year === '*' ? ok(undefined) : readList(year, YEAR);
  const days = readDays(day, weekday);
  const errors = [minutes, hours, days, months, years].flatMap((part) => (part.ok ? [] : part.errors));
  if (second !== '*' && second !== '0') errors.unshift(`seconds: expected *, found ${second}`);
  if (errors.length === 0 && minutes.ok && hours.ok && months.ok && years.ok && days.ok)
    return ok({
      minutes: minutes.value,
      hours: hours.value,
      months: months.value,
      years: years.value,
      days: days.value,
    });
  return err(...errors.map(wrong));
}

/** Whether the expression names this minute of the clock on the wall. */
export function isWithin(cron: Cron, time: LocalTime): boolean {
  return (
    cron.minutes.has(time.minute) &&
    cron.hours.has(time.hour) &&
    cron.months.has(time.month) &&
    (cron.years?.has(time.year) ?? true) &&
    isDay(cron.days, time)
  );
}

function isDay(days: Days, { year, month, day }: LocalTime): boolean {
  const last = lastDay(year, month);
  switch (days.kind) {
    case 'of-month':
      return days.days.has(day);
    case 'last-of-month': {
      const wanted = last - days.before;
      return wanted >= 1 && day === (days.weekday ? nearestWeekday(year, month, wanted) : wanted);
    }
    case 'nearest-weekday':
      return days.day <= last && day === nearestWeekday(year, month, days.day);
    case 'of-week':
      return days.days.has(weekdayOf(year, month, day));
    case 'last-of-week':
      return weekdayOf(year, month, day) === days.day && day + 7 > last;
    case 'nth-of-week':
      return weekdayOf(year, month, day) === days.day && Math.ceil(day / 7) === days.nth;
    default:
      return days satisfies never;
  }
}

/** 1 is Sunday. */
const weekdayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The day of Monday to Friday that is nearest to a day, without leaving its month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === lastDay(year, month) ? day - 2 : day + 1;
  return day;
}

/** Exactly one of the two fields says something; the other one is `?`. */
function readDays(day: string, weekday: string): Result<Days, string> {
  if ((day === '?') === (weekday === '?'))
    return err(`exactly one of day of month and day of week must be ?, found ${day} and ${weekday}`);
  return weekday === '?' ? readDayOfMonth(day) : readDayOfWeek(weekday);
}

function readDayOfMonth(text: string): Result<Days, string> {
  const last = /^L(?:-(\d{1,2}))?(W?)$/.exec(text);
  if (last) {
    const before = Number(last[1] ?? 0);
    if (before > 30) return err(`day of month: expected at most 30 days before the last one, found ${text}`);
    return ok({ kind: 'last-of-month', before, weekday: last[2] === 'W' });
  }
  const nearest = /^(\d{1,2})W$/.exec(text);
  if (nearest) {
    const day = readNumber(nearest[1] ?? '', DAY);
    return day.ok ? ok({ kind: 'nearest-weekday', day: day.value }) : day;
  }
  const days = readList(text, DAY);
  return days.ok ? ok({ kind: 'of-month', days: days.value }) : days;
}

function readDayOfWeek(text: string): Result<Days, string> {
  if (text === 'L') return ok({ kind: 'of-week', days: new Set([7]) });
  const [, name = '', last, nth] = /^([A-Z]{3}|\d)(?:(L)|#(\d))$/.exec(text) ?? [];
  if (last === undefined && nth === undefined) {
    const days = readList(text, WEEKDAY);
    return days.ok ? ok({ kind: 'of-week', days: days.value }) : days;
  }
  const day = readNumber(name, WEEKDAY);
  if (!day.ok) return day;
  if (last !== undefined) return ok({ kind: 'last-of-week', day: day.value });
  const count = Number(nth);
  if (count < 1 || count > 5) return err(`day of week: expected #1 to #5, found ${text}`);
  return ok({ kind: 'nth-of-week', day: day.value, nth: count });
}

/** Numbers, names, ranges (over the end too: 22-2) and steps, with commas between. */
function readList(text: string, field: Field): Result<Set<number>, string> {
  const values = new Set<number>();
  const errors: string[] = [];
  for (const part of text.split(',')) {
    const read = readPart(part, field);
    if (read.ok) for (const value of read.value) values.add(value);
    else errors.push(...read.errors);
  }
  return errors.length > 0 ? err(...errors) : ok(values);
}

function readPart(text: string, field: Field): Result<number[], string> {
  const [, range = '', step] = /^([^/]*)(?:\/(\d+))?$/.exec(text) ?? [];
  const by = Number(step ?? 1);
  const size = field.most - field.least + 1;
  const malformed = text === '' || (range === '' && step === undefined);
  if (malformed || by < 1 || by > size) return err(`${field.name}: ${expectation(field)}, found "${text}"`);
  const whole = range === '*' || range === '';
  const [first = '', second] = whole ? [String(field.least), String(field.most)] : range.split(/-(.*)/);
  const from = readNumber(first, field);
  const to = second === undefined ? (step === undefined ? from : ok(field.most)) : readNumber(second, field);
  if (!from.ok) return from;
  if (!to.ok) return to;
  if (to.value < from.value && field === YEAR) return err(`year: a range cannot go backwards, found "${text}"`);
  const end = to.value < from.value ? to.value + size : to.value;
  const values: number[] = [];
  for (let value = from.value; value <= end; value += by) {
    values.push(((value - field.least) % size) + field.least);
  }
  return ok(values);
}

function readNumber(text: string, field: Field): Result<number, string> {
  const named = field.names?.indexOf(text) ?? -1;
  const number = named >= 0 ? named + field.least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= field.least && number <= field.most) return ok(number);
  return err(`${field.name}: ${expectation(field)}, found "${text}"`);
}

const expectation = ({ least, most, names }: Field): string =>
  `expected ${least} to ${most}${names ? ` or ${names[0]} to ${names.at(-1)}` : ''}`;
