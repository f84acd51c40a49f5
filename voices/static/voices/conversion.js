// The page of songs: what was asked for, and what came of it.

import { startForm, useSong } from "./conversionform.js";
import { hideCurve, showCurve, startCurve } from "./curve.js";
import { buttonOf, JobList } from "./joblist.js";
import { hideMixer, showMixer, startMixer } from "./mixer.js";
import { byId, say, showError } from "./page.js";
import { loadBatches } from "./songbatches.js";
import { showLimits } from "./songlimits.js";

const jobs = new JobList({
  kinds: "songs",
  place: "mixer",
  stages: {
    conversion: ["separating", "listening", "pitch", "learning", "converting", "mixing", "reporting", "storing"],
    separation: ["separating", "encoding", "storing"],
  },
  facts: (job) => [job.voice.name || say("separation"), job.params.settings.preview_from != null && say("ofPreview")],
  buttons: (job) => [buttonOf("button ghost", say("another"), say("anotherNamed", { name: job.name }), () => useSong(job))],
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
