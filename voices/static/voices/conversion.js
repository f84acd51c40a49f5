// The page of songs: what was asked for, and what came of it.

import { startForm, useSong } from "./conversionform.js";
import { hideCurve, showCurve, startCurve } from "./curve.js";
import { buttonOf, JobList } from "./joblist.js";
import { hideMixer, showMixer, startMixer } from "./mixer.js";
import { byId, say, showError } from "./page.js";
import { loadBatches } from "./songbatches.js";
import { showLimits } from "./songlimits.js";

const CONVERTING = ["separating", "listening", "pitch", "learning", "converting", "shifting", "mixing", "reporting", "storing"];

const jobs = new JobList({
  kinds: "songs",
  place: "mixer",
  stages: (job) => (job.kind === "separation"
    ? ["separating", "encoding", "storing"]
    : CONVERTING.filter((stage) => stage !== "shifting" || job.params.settings.key_shift)),
  facts: (job) => [job.voice.name || say("separation"), job.params.settings.preview_from != null && say("ofPreview")],
  buttons: (job) => {
    const word = job.status === "succeeded" ? "another" : "anew";
    return [buttonOf("button ghost", say(word), say(`${word}Named`, { name: job.name }), () => useSong(job))];
  },
  open: (job) => {
    showMixer(job);
    showCurve(job);
  },
  hide: () => {
    hideMixer();
    hideCurve();
  },
  also: () => loadBatches(() => jobs.load()),
});

const tellLimits = () => showLimits().catch((error) => showError(byId("error"), error.message));

startMixer();
startCurve();
startForm((ids) => {
  tellLimits();
  return jobs.sent(ids);
});
tellLimits();
jobs.start();
