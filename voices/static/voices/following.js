// A job until it ends: how far it is, and its sentences as they become ready.

import { get, getBytes } from "./api.js";
import { wait } from "./page.js";

const ACTIVE = ["queued", "running"];
const SHORTEST_MILLISECONDS = 150;
const LONGEST_MILLISECONDS = 1000;
const PATIENCE = 60; // silences of the server in a row that are forgiven: it may be starting anew

export const isActive = (job) => ACTIVE.includes(job.status);

const isPassing = (error) => error.status === 0 || error.status === 429 || error.status >= 500;

/** Resolves with the ended job. `progress` hears of every look at it, `lost` of an answer that did not
 *  come; `live` gets the pieces. */
export async function follow(job, { progress, lost, live }) {
  const pieces = new Pieces(job.id, live);
  let pause = SHORTEST_MILLISECONDS;
  let silent = 0;
  for (;;) {
    progress(job);
    const more = await pieces.take(job);
    if (!isActive(job)) break;
    if (!more) await wait(pause);
    pause = Math.min(pause * 1.2, LONGEST_MILLISECONDS);
    try {
      job = await get(`jobs/${job.id}/`);
      silent = 0;
    } catch (error) {
      silent += 1;
      if (!isPassing(error) || silent > PATIENCE) throw error;
      lost();
      await wait(LONGEST_MILLISECONDS);
    }
  }
  if (job.status === "succeeded") {
    while (await pieces.take(job)) { /* an answer has some of them */ }
  }
  live?.end();
  return job;
}

class Pieces {
  constructor(id, live) {
    this.id = id;
    this.live = live;
    this.next = 0;
  }

  /** Fetch what is new; false when there is nothing. */
  async take(job) {
    if (!this.live?.wanted || job.progress.parts_ready <= this.next) return false;
    try {
      const { bytes, headers } = await getBytes(`jobs/${this.id}/parts/?first=${this.next}`);
      if (!bytes.byteLength) return false;
      this.next = Number(headers.get("X-Parts-Next"));
      await this.live.push(bytes);
      return true;
    } catch {
      this.live = null; // the finished file will do
      return false;
    }
  }
}
