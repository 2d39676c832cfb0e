// Numbers as people read them. null and undefined are "–": nothing is known.

const none = '–';
const isKnown = (value) => typeof value === 'number' && Number.isFinite(value);

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const calendar = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** 1,234 */
export const count = (value) => (isKnown(value) ? grouped.format(value) : none);

/** A number with three digits that count: 0.25, 12.3, 1,234 */
export function rate(value) {
  if (!isKnown(value)) {
    return none;
  }
  if (value === 0) {
    return '0';
  }
  return value < 1 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : grouped.format(value);
}

/** Seconds in the unit that fits: 320 µs, 4.1 ms, 87 ms, 1.25 s */
export function duration(seconds) {
  if (!isKnown(seconds)) {
    return none;
  }
  if (seconds < 0.001) {
    return `${Math.round(seconds * 1e6)} µs`;
  }
  if (seconds < 1) {
    return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  }
  return `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`;
}

/** A span of seconds: 45 s, 12 min, 3 h, 2 d */
export function span(seconds) {
  if (!isKnown(seconds)) {
    return none;
  }
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min']];
  const [size, unit] = units.find(([limit]) => seconds >= limit * 2) ?? [1, 's'];
  return `${Math.max(0, Math.floor(seconds / size))} ${unit}`;
}

/** Bytes: 980 B, 12 KiB, 1.4 GiB */
export function bytes(value) {
  if (!isKnown(value)) {
    return none;
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const number = value / 1024 ** power;
  return `${power > 0 && number < 10 ? number.toFixed(1) : Math.round(number)} ${units[power]}`;
}

export const timeOfDay = (unix) => (isKnown(unix) ? clock.format(unix * 1000) : none);
export const dateAndTime = (unix) => (isKnown(unix) ? calendar.format(unix * 1000) : none);

/** A setting as text: what stands in forms, confirmations and messages. */
export function setting(value) {
  if (value === true || value === false) {
    return value ? 'on' : 'off';
  }
  return value === '' || value === null || value === undefined ? '(empty)' : String(value);
}
