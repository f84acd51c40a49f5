// What was measured of a recording, and what could be done better.

import { verdictOn } from "./enrolment.js";
import { make, number, say } from "./page.js";

const percent = (share) => say("percent", { value: number.format(Math.round(share * 1000) / 10) });

/** [word, value] of each figure that is known; figures that this page does not know are passed over. */
function rows(recording) {
  const found = recording.figures ?? {};
  const lines = [["speechSeconds", say("secondsOf", {
    speech: number.format(Math.round(recording.speech_seconds * 10) / 10),
    all: number.format(Math.round(recording.seconds * 10) / 10),
  })]];
  if ("snr_db" in found) {
    lines.push(["snr_db", found.snr_db === null ? say("snrUnknown") : say("snrValue", { value: number.format(Math.round(found.snr_db)) })]);
  }
  if (found.clipped_share !== undefined) {
    lines.push(["clipped_share", found.clipped_share < 0.0005 ? say("clippedNone") : percent(found.clipped_share)]);
  }
  if (found.decay_seconds) lines.push(["decay_seconds", say("secondsValue", { value: number.format(found.decay_seconds) })]);
  if (found.music_share !== undefined) lines.push(["music_share", percent(found.music_share)]);
  if (found.main_speaker_share !== undefined) lines.push(["other_speakers", percent(1 - found.main_speaker_share)]);
  if (found.denoised) lines.push(["denoised", say("yes")]);
  return lines;
}

export function quality(recording) {
  if (recording.speech_seconds === null) return null;
  const figures = rows(recording).map(([key, value]) => make("div", {}, make("dt", { text: say(key) }), make("dd", { text: value })));
  return make("div", {}, make("dl", { class: "figures" }, ...figures), verdictOn(recording, false));
}
