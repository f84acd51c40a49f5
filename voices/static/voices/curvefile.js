// The pitch of a voice as the file "seconds,Hz" has it, and what can be done to a part of it.

export const LOWEST_HZ = 50;
export const HIGHEST_HZ = 1100;
export const OTHER_LENGTH_SECONDS = 0.5;
const SMOOTHED_SECONDS = 0.12;
const APART_SECONDS = 0.1; // what lies farther apart is not one phrase

/** { times, hz } of a file; null when it is none, as the service reads it. */
export function parsed(text) {
  const rows = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((row) => row.trim()).map((row) => row.split(","));
  const isNumber = (cell) => cell !== undefined && cell.trim() !== "" && Number.isFinite(Number(cell));
  if (rows.length && !isNumber(rows[0][0])) rows.shift();
  if (!rows.length || !rows.every((row) => isNumber(row[0]) && isNumber(row[1]))) return null;
  const times = Float64Array.from(rows, (row) => Number(row[0]));
  const hz = Float64Array.from(rows, (row) => Number(row[1]));
  const rises = times[0] >= 0 && times.every((time, index) => !index || time > times[index - 1]);
  const inRange = hz.every((value) => value === 0 || (value >= LOWEST_HZ && value <= HIGHEST_HZ));
  return rises && inRange ? { times, hz } : null;
}

export function written({ times, hz }) {
  const rows = Array.from(times, (time, index) => `${time.toFixed(4)},${hz[index].toFixed(2)}`);
  return `seconds,Hz\n${rows.join("\n")}\n`;
}

/** Index of the first measurement at or after a time. */
export function indexAt({ times }, seconds) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

const within = (value) => Math.min(Math.max(value, LOWEST_HZ), HIGHEST_HZ);

/** Move what is voiced in [first, stop). */
export function transposed(hz, first, stop, semitones) {
  for (let index = first; index < stop; index += 1) {
    if (hz[index] > 0) hz[index] = within(hz[index] * 2 ** (semitones / 12));
  }
}

export function silenced(hz, first, stop) {
  hz.fill(0, first, stop);
}

/** Each voiced value becomes the mean of those near it in its phrase, by octaves. */
export function smoothed({ times, hz }, first, stop) {
  const before = hz.slice();
  for (let index = first; index < stop; index += 1) {
    if (!before[index]) continue;
    let [sum, count] = [Math.log2(before[index]), 1];
    for (const step of [-1, 1]) {
      for (let near = index + step; before[near] > 0 && Math.abs(times[near] - times[index]) <= SMOOTHED_SECONDS / 2; near += step) {
        sum += Math.log2(before[near]);
        count += 1;
      }
    }
    hz[index] = 2 ** (sum / count);
  }
}

/** Let the pitch go from one point to the other. */
export function drawn(curve, from, to) {
  const [left, right] = from.seconds <= to.seconds ? [from, to] : [to, from];
  let [first, stop] = [indexAt(curve, left.seconds), indexAt(curve, right.seconds)];
  if (stop === first) first = Math.max(0, Math.min(first, curve.times.length - 1)); // a dot between two measurements
  stop = Math.min(Math.max(stop, first + 1), curve.times.length);
  for (let index = first; index < stop; index += 1) {
    const share = right.seconds > left.seconds ? (curve.times[index] - left.seconds) / (right.seconds - left.seconds) : 1;
    curve.hz[index] = within(left.hz * (right.hz / left.hz) ** Math.min(Math.max(share, 0), 1));
  }
}

/** [first, stop) of the phrase that is sung at a time, or next to it; null where none is near. */
export function phraseAt({ times, hz }, seconds) {
  const place = indexAt({ times }, seconds);
  const near = [place, place - 1, place + 1].find((index) => hz[index] > 0);
  if (near === undefined) return null;
  let [first, stop] = [near, near + 1];
  while (hz[first - 1] > 0 && times[first] - times[first - 1] < APART_SECONDS) first -= 1;
  while (hz[stop] > 0 && times[stop] - times[stop - 1] < APART_SECONDS) stop += 1;
  return [first, stop];
}
