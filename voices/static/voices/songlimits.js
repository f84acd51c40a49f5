// What recordings may be, and what of the day and of the room for files is left.

import { get } from "./api.js";
import { byId, clock, make, number, say } from "./page.js";

const MEGABYTE = 2 ** 20;
const megabytes = (bytes) => number.format(Math.floor(bytes / MEGABYTE));

/** Write them below the form; they are asked anew when something was sent. */
export async function showLimits() {
  const [{ song }, { now, today, limits }] = await Promise.all([get("limits/"), get("account/usage/?days=1")]);
  const [, longest] = song.seconds;
  const left = (most, used) => Math.max(0, most - used);
  const rows = [
    say("limitSong", { time: clock(longest), rate: number.format(song.song_rate_hz / 1000) }),
    say("limitSize", { megabytes: megabytes(song.upload_bytes) }),
    say("limitBatch", { count: number.format(song.batch_recordings), megabytes: megabytes(song.batch_zip_bytes) }),
    limits.storage_bytes && say("limitStorage", { left: megabytes(left(limits.storage_bytes, now.storage_bytes)), most: megabytes(limits.storage_bytes) }),
    limits.jobs_waiting && say("limitWaiting", { left: number.format(left(limits.jobs_waiting, now.jobs_waiting)), most: number.format(limits.jobs_waiting) }),
    limits.work_seconds_per_day && say("limitWork", { left: clock(left(limits.work_seconds_per_day, today.worked_seconds)), most: clock(limits.work_seconds_per_day) }),
  ];
  byId("limits").replaceChildren(...rows.filter(Boolean).map((text) => make("li", { text })));
}
