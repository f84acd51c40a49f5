// An own voice that is being fitted to its recordings: how far it is, and what came of it.

import { get, post } from "./api.js";
import { follow } from "./following.js";
import { byId, isBusy, make, number, say, setBusy, timeLeft } from "./page.js";

const followed = new Map(); // job → as it was seen last; a card may be drawn anew meanwhile
const STAGES = ["listening", "fitting", "comparing"];

/** On a voice's card as long as it is being fitted. */
export function fittingBox(voice, actions) {
  if (!voice.fitting) return null;
  const cancel = make("button", {
    type: "button", class: "button ghost", text: say("fittingStop"), onclick: stop,
    "aria-label": say("fittingStopNamed", { name: voice.name }),
  });
  async function stop() {
    if (isBusy(cancel)) return;
    setBusy(cancel, true);
    await post(`jobs/${voice.fitting}/cancel/`, {}).catch((error) => actions.complain(error.message));
  }
  const box = make("div", { class: "waiting fitting", id: `fitting-${voice.fitting}` },
    make("p", { role: "status" }), make("progress", { "aria-label": say("fittingNamed", { name: voice.name }) }), cancel);
  draw(box, followed.get(voice.fitting));
  if (!followed.has(voice.fitting)) watch(voice, actions);
  return box;
}

function draw(box, job) {
  const [status, bar] = box.children;
  const { done = 0, total = 0, stage = "" } = job?.progress ?? {};
  const known = job?.status === "running" && STAGES.includes(stage);
  status.textContent = say(known ? `fitting_${stage}` : "fitting_queued", { left: known ? timeLeft(job) : "" });
  bar.hidden = !known || stage === "listening";
  bar.max = total || 1;
  bar.value = done;
}

async function watch(voice, actions) {
  const id = voice.fitting;
  followed.set(id, null);
  const progress = (job) => {
    followed.set(id, job);
    const box = byId(`fitting-${id}`);
    if (box) draw(box, job);
  };
  try {
    const job = await follow(await get(`jobs/${id}/`), { progress, lost() {} });
    const { results: [newest] } = await get(`voices/${voice.id}/versions/?page_size=1`);
    actions.redraw(await get(`voices/${voice.id}/`));
    if (job.status === "succeeded") actions.tell(outcome(voice, newest));
    if (job.status === "failed") actions.complain(job.error.message);
  } catch (error) {
    if (error.status !== 404) actions.complain(error.message); // deleted meanwhile
  }
}

const outcome = (voice, { figures }) => `${say(figures.better ? "fittedBetter" : "fittedNoBetter", { name: voice.name })} ${comparison(figures)}`;

/** "Likeness 0.71 → 0.76", of a fitted version. */
export function comparison(figures) {
  if (figures.likeness_before === undefined) return "";
  const percent = (share) => number.format(Math.round(100 * share));
  return say("comparison", {
    likeness: number.format(figures.likeness), before: number.format(figures.likeness_before),
    misheard: percent(figures.misheard), misheardBefore: percent(figures.misheard_before),
  });
}
