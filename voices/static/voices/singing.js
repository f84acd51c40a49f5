// The page that sings: a score, how it is to be sung, and what came of it.

import { buttonOf, JobList } from "./joblist.js";
import { hideMixer, showMixer, startMixer } from "./mixer.js";
import { say } from "./page.js";
import { startSingForm, useSong } from "./singform.js";

const jobs = new JobList({
  kinds: "song",
  place: "mixer",
  stages: () => ["singing", "playing", "encoding", "storing"],
  facts: (job) => [job.voice.name],
  buttons: (job) => [buttonOf("button ghost", say("another"), say("anotherNamed", { name: job.name }), () => useSong(job))],
  open: showMixer,
  hide: hideMixer,
});

startMixer();
startSingForm((ids) => jobs.sent(ids));
jobs.start();
