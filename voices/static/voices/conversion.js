// The page of songs: what was asked for, and what came of it.

import { startForm, useSong } from "./conversionform.js";
import { buttonOf, JobList } from "./joblist.js";
import { hideMixer, showMixer, startMixer } from "./mixer.js";
import { say } from "./page.js";

const jobs = new JobList({
  kinds: "songs",
  place: "mixer",
  stages: {
    conversion: ["separating", "listening", "pitch", "learning", "converting", "mixing", "reporting", "storing"],
    separation: ["separating", "encoding", "storing"],
  },
  facts: (job) => [job.voice.name || say("separation"), job.params.settings.preview_from != null && say("ofPreview")],
  buttons: (job) => [buttonOf("button ghost", say("another"), say("anotherNamed", { name: job.name }), () => useSong(job))],
  open: showMixer,
  hide: hideMixer,
});

startMixer();
startForm((ids) => jobs.sent(ids));
jobs.start();
